"""The Bicep compiler: what it says of the template, and whether the snapshots are still what the template makes.

It is found by the setting ``BICEP`` or on PATH. It ends with 0 on a property that does not exist, so any line that it
prints is a fault.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.infra.snapshots import FOLDER, NAMES, ROOT

NONE_HERE = "no Bicep compiler here: put bicep on PATH, or name it by BICEP"
_SOMEWHERE = [
    *("--subscription-id", "00000000-0000-0000-0000-000000000001"),
    *("--tenant-id", "00000000-0000-0000-0000-000000000002"),
    *("--location", "swedencentral"),
]
"""No subscription of anybody: names that are made from its id are of this one."""
_COLOUR = re.compile(r"\x1b\[[\d;]*m")


def bicep() -> str | None:
    return os.environ.get("BICEP") or shutil.which("bicep")


def compiler_faults(compiler: str, infra: Path) -> Iterator[str]:
    """What it says of the template."""
    yield from _said(compiler, infra, "build", "main.bicep", "--stdout")
    yield from _said(compiler, infra, "lint", "main.bicep")


def snapshot_faults(compiler: str, infra: Path, names: Iterable[str] = NAMES) -> Iterator[str]:
    """What the template makes that a snapshot does not have, or has otherwise."""
    for name in names:
        file = f"snapshots/{name}.bicepparam"
        done = _run(compiler, infra, "snapshot", file, *_SOMEWHERE, "--mode", "validate")
        if done.returncode or done.stderr.strip():
            yield f"infra/{file}: write it again by python -m tests.infra.snapshots, and look at what changed"
            yield from _lines(done.stdout + done.stderr)


def compiled(compiler: str, infra: Path) -> dict[str, object]:
    """The template as Azure takes it."""
    done = _run(compiler, infra, "build", "main.bicep", "--stdout")
    template: dict[str, object] = json.loads(done.stdout)
    return template


def refused(compiler: str, infra: Path, parameters: str) -> str:
    """What is said when a set of parameters is evaluated that the template does not take; empty if it takes it."""
    file = infra / "snapshots" / "refused.bicepparam"
    file.write_text(parameters, "utf-8")
    done = _run(compiler, infra, "snapshot", f"snapshots/{file.name}", *_SOMEWHERE, "--mode", "overwrite")
    return "\n".join(_lines(done.stdout + done.stderr)) if done.returncode else ""


def write_snapshots(folder: Path = FOLDER) -> int:
    compiler = bicep()
    if compiler is None:
        print(NONE_HERE, file=sys.stderr)
        return 1
    for name in NAMES:
        done = _run(
            compiler, folder.parent, "snapshot", f"snapshots/{name}.bicepparam", *_SOMEWHERE, "--mode", "overwrite"
        )
        if done.returncode:
            print(done.stdout + done.stderr, file=sys.stderr)
            return 1
        _in_order(folder / f"{name}.snapshot.json")
    return 0


def _in_order(file: Path) -> None:
    """The compiler writes outputs in an order that changes from run to run."""
    document = json.loads(file.read_text("utf-8"))
    document["outputs"] = dict(sorted(document["outputs"].items()))
    file.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _said(compiler: str, infra: Path, *words: str) -> Iterator[str]:
    done = _run(compiler, infra, *words)
    shown = done.stderr if "--stdout" in words else done.stdout + done.stderr
    lines = _lines(shown)
    yield from (line.replace(f"{infra.resolve()}/", "") for line in lines)
    if done.returncode and not lines:
        yield f"bicep {' '.join(words)} ended with status {done.returncode}"


def _lines(text: str) -> list[str]:
    return [line for line in _COLOUR.sub("", text).splitlines() if line.strip()]


def _run(compiler: str, infra: Path, *words: str) -> subprocess.CompletedProcess[str]:
    folder = infra if infra.is_absolute() else ROOT / infra
    return subprocess.run([compiler, *words], cwd=folder, capture_output=True, text=True, check=False, timeout=300)
