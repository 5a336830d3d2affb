"""./dev check --security: a checker that finds something and one that cannot look both fail, and are named."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from local.commands.security import PINNED, check_security
from local.setup.commands import main
from local.setup.steps import ROOT

type Out = pytest.CaptureFixture[str]

STAND_IN = """
import json, sys
from pathlib import Path
arguments = sys.argv[1:]
tool = arguments[1] if arguments[0] == "-m" else "npm"
status, out, file = json.loads(Path(__file__).with_suffix(".json").read_text())[tool]
if file is not None:
    Path(arguments[arguments.index("--outfile") + 1]).write_text(file)
print(out)
print("said by", tool, file=sys.stderr)
sys.exit(status)
"""
"""Stands in for each checker, which it tells by the first arguments."""

PINS = len(re.findall(r"^[\w.-]+==", (ROOT / PINNED).read_text(), re.MULTILINE))
PACKAGE = {"name": "wheels", "version": "1.0", "vulns": []}
FAULTY = PACKAGE | {"vulns": [{"id": "FAULT-1"}]}
UNKNOWN = {"name": "wheels", "skip_reason": "nobody knows wheels"}
SAFE: dict[str, tuple[int, Any, Any]] = {
    "pip_audit": (0, {"dependencies": [PACKAGE]}, None),
    "npm": (0, {"vulnerabilities": {}, "metadata": {"dependencies": {"total": 7}}}, None),
    "bandit": (0, {"results": [], "errors": [], "metrics": {"_totals": {"loc": 10}}}, None),
    "cyclonedx_py": (0, "", {"components": [{}] * PINS}),
}


def checked(folder: Path, **answers: tuple[int, Any, Any]) -> int:
    """The status when the checkers answer like this, and else find nothing."""
    texts = {
        tool: (status, out if isinstance(out, str) else json.dumps(out), file if file is None else json.dumps(file))
        for tool, (status, out, file) in (SAFE | answers).items()
    }
    (folder / "tool.py").write_text(STAND_IN)
    (folder / "tool.json").write_text(json.dumps(texts))
    command = [sys.executable, str(folder / "tool.py")]
    return check_security(command, command, folder / "made" / "bill.json")


def test_when_all_looked_and_found_nothing_it_says_at_how_much(tmp_path: Path, capsys: Out) -> None:
    assert checked(tmp_path) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[:3] == [
        "pip-audit: no fault known of 1 packages",
        "npm audit: no fault known of 7 packages",
        "bandit: nothing found in 10 lines",
    ]
    assert told[3].startswith(f"sbom: {PINS} packages are listed in ")
    assert told[4:] == ["security: nothing found"]


BLIND = {"results": [], "errors": [], "metrics": {"_totals": {"loc": 0}}}
UNREAD = BLIND | {"errors": [{"filename": "shared/x.py", "reason": "syntax error"}]}
WEAK = BLIND | {"results": [{"filename": "shared/x.py", "line_number": 3, "issue_text": "a shell"}]}
FAILURES: list[tuple[str, str, tuple[int, Any, Any], str]] = [
    ("pip_audit", "pip-audit", (1, {"dependencies": [PACKAGE, FAULTY]}, None), "wheels 1.0: FAULT-1"),
    ("pip_audit", "pip-audit", (0, {"dependencies": [PACKAGE, UNKNOWN]}, None), "1 of 2 packages could not be asked"),
    ("pip_audit", "pip-audit", (0, {"dependencies": []}, None), "found no package"),
    ("pip_audit", "pip-audit", (1, "", None), "it could not look: it ended with status 1, saying said by pip_audit"),
    ("pip_audit", "pip-audit", (0, "", None), "it could not look"),
    ("npm", "npm audit", (1, {"vulnerabilities": {"bolts": {"severity": "high"}}}, None), "bolts: high"),
    ("npm", "npm audit", (1, {"message": "405 from the service", "error": {}}, None), "could not look: 405 from the"),
    ("npm", "npm audit", (1, "[]", None), "it could not look"),
    ("bandit", "bandit", (1, WEAK, None), "shared/x.py:3 a shell"),
    ("bandit", "bandit", (0, UNREAD, None), "shared/x.py: syntax error"),
    ("bandit", "bandit", (0, BLIND, None), "0 findings in 0 lines"),
    ("bandit", "bandit", (2, "no such module", None), "it could not look"),
    ("cyclonedx_py", "sbom", (1, "", None), "no bill was written; it ended with status 1"),
    ("cyclonedx_py", "sbom", (0, "", {"components": [{}]}), f"lists 1 packages and requirements.txt pins {PINS}"),
]


@pytest.mark.parametrize(("tool", "name", "answer", "told"), FAILURES)
def test_one_that_finds_something_or_cannot_look_fails_and_is_named_and_the_others_run(
    tmp_path: Path, capsys: Out, tool: str, name: str, answer: tuple[int, Any, Any], told: str
) -> None:
    assert checked(tmp_path, **{tool: answer}) == 1
    out = capsys.readouterr().out
    assert told in out
    assert [line.partition(":")[0] for line in out.splitlines() if "FAILED" in line] == [name]
    assert out.endswith(f"security: {name} failed\n")
    assert len(re.findall(r"^(pip-audit|npm audit|bandit|sbom): ", out, re.MULTILINE)) == 4


def test_a_bill_of_an_earlier_run_does_not_pass_for_a_new_one(tmp_path: Path) -> None:
    assert checked(tmp_path) == 0
    assert checked(tmp_path, cyclonedx_py=(0, "", None)) == 1


def test_a_checker_that_is_not_there_is_told(tmp_path: Path, capsys: Out) -> None:
    missing = [str(tmp_path / "nothing")]
    assert check_security(missing, missing, tmp_path / "bill.json") == 1
    assert capsys.readouterr().out.endswith("security: pip-audit, npm audit, bandit, sbom failed\n")


@pytest.mark.parametrize("arguments", [["--security", "--nonsense"], ["--security", "a", "b"], ["bill.json"]])
def test_other_arguments_are_status_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["check", *arguments])
