"""The checks of ``./dev check --security``: known faults of the packages, weaknesses of the code, a bill of materials.

Each checker ends with status 0 in some case in which it has looked at nothing, so their reports count; not to have been
able to look is a failure too.
"""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.setup.steps import ROOT

PINNED = "requirements.txt"
CODE = ("shared", "functions", "function_app.py", "local", "dev")
_SECONDS = 600
_NAMED = 20


class CheckError(Exception):
    """Something was found, or nothing could be looked at; the message says which."""


def check_security(python: list[str], npm: list[str], bill: Path) -> int:
    """Run every checker, whatever the others found; status 1 if one failed."""
    checks: list[tuple[str, Callable[[], str]]] = [
        ("pip-audit", lambda: audit_python(python)),
        ("npm audit", lambda: audit_node(npm)),
        ("bandit", lambda: read_code(python)),
        ("sbom", lambda: write_bill(python, bill)),
    ]
    failed = []
    for name, check in checks:
        try:
            print(f"{name}: {check()}", flush=True)
        except CheckError as fault:
            failed.append(name)
            print(f"{name}: FAILED: {fault}", flush=True)
    print(f"security: {', '.join(failed)} failed" if failed else "security: nothing found")
    return 1 if failed else 0


def audit_python(python: list[str]) -> str:
    """Ask what is known of each package that Azure installs."""
    flags = ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
    report = _report([*python, "-m", "pip_audit", "-r", PINNED, *flags], "dependencies")
    packages = report["dependencies"]
    found = [f"{each['name']} {each['version']}: {fault['id']}" for each in packages for fault in each.get("vulns", ())]
    unknown = [each["skip_reason"] for each in packages if "vulns" not in each]
    if found:
        raise CheckError(_lines(f"{len(found)} known faults", found))
    if unknown or not packages:
        reason = unknown[0] if unknown else f"it found no package in {PINNED}"
        raise CheckError(f"{len(unknown)} of {len(packages)} packages could not be asked about, the first: {reason}")
    return f"no fault known of {len(packages)} packages"


def audit_node(npm: list[str]) -> str:
    """The same of the packages of package-lock.json; they are for development only."""
    report = _report([*npm, "audit", "--package-lock-only", "--json"], "vulnerabilities")
    found = [f"{name}: {each['severity']}" for name, each in sorted(report["vulnerabilities"].items())]
    if found:
        raise CheckError(_lines(f"{len(found)} packages with known faults", found))
    return f"no fault known of {report['metadata']['dependencies']['total']} packages"


def read_code(python: list[str]) -> str:
    """Look for weaknesses; what is left out, and why, is in pyproject.toml and beside the lines."""
    flags = ["--quiet", "--configfile", "pyproject.toml", "--format", "json"]
    report = _report([*python, "-m", "bandit", *flags, "--recursive", *CODE], "results")
    found = [f"{each['filename']}:{each['line_number']} {each['issue_text']}" for each in report["results"]]
    found += [f"{each['filename']}: {each['reason']}" for each in report["errors"]]
    lines = report["metrics"]["_totals"]["loc"]
    if found or not lines:
        raise CheckError(_lines(f"{len(found)} findings in {lines} lines", found))
    return f"nothing found in {lines} lines"


def write_bill(python: list[str], bill: Path) -> str:
    """Write the bill of materials of what Azure installs, in CycloneDX."""
    bill.parent.mkdir(parents=True, exist_ok=True)
    bill.unlink(missing_ok=True)
    flags = ["--output-reproducible", "--outfile", str(bill)]
    done = _run([*python, "-m", "cyclonedx_py", "requirements", *flags, PINNED])
    try:
        listed = len(json.loads(bill.read_bytes())["components"])
    except (OSError, ValueError, LookupError) as fault:
        raise CheckError(f"no bill was written; {_said(done)}") from fault
    pinned = len(re.findall(r"^[\w.-]+==", (ROOT / PINNED).read_text(), re.MULTILINE))
    if listed != pinned:
        raise CheckError(f"{bill} lists {listed} packages and {PINNED} pins {pinned}")
    return f"{listed} packages are listed in {bill}"


def _report(command: list[str], member: str) -> dict[str, Any]:
    """The JSON report of a checker; a report has ``member``, anything else is an error."""
    done = _run(command)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        report = None
    if isinstance(report, dict) and member in report:
        return report
    message = report.get("message") if isinstance(report, dict) else None
    raise CheckError(f"it could not look: {message or _said(done)}")


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise CheckError(f"it could not look: {fault}") from fault


def _said(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
    return f"it ended with status {done.returncode}, saying {lines[-1] if lines else 'nothing'}"


def _lines(heading: str, found: list[str]) -> str:
    more = [f"and {len(found) - _NAMED} more"] if len(found) > _NAMED else []
    return "\n  ".join([heading, *found[:_NAMED], *more])
