"""Pins: which exact packages, and whether those installed are the ones pinned.

Arrives: the pin files. Leaves: their fingerprints in stamp files, single pins for the tools, and, by ``pin``, the
files themselves made anew.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from local.setup.steps import ROOT, TOOLS, SetupError, Steps

PYTHON_PINS = ROOT / "requirements-dev.txt"
CHECK_PINS = ROOT / "requirements-checks.txt"
TOOL_PINS = ROOT / "requirements-tools.txt"
NODE_PINS = (ROOT / "package.json", ROOT / "package-lock.json")


def fingerprint(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def is_current(folder: Path, stamp: str) -> bool:
    file = folder / ".pins"
    return file.is_file() and file.read_text() == stamp


def write_stamp(folder: Path, stamp: str) -> None:
    (folder / ".pins").write_text(stamp)


def tool_pin(name: str) -> str:
    """The lines of requirements-tools.txt that pin one package, hashes included."""
    found = re.search(rf"^{re.escape(name)}==.*\n(?:[ ]+--hash=.*\n?)+", TOOL_PINS.read_text(), re.MULTILINE)
    if not found:
        raise SetupError(f"{TOOL_PINS.name} does not pin {name}; run ./dev pin")
    return found.group()


def write_tool_pin(name: str) -> Path:
    TOOLS.mkdir(exist_ok=True)
    path = TOOLS / f"{name}.txt"
    path.write_text(tool_pin(name))
    return path


COMPILE = [
    *("pip", "compile", "--quiet", "--universal", "--python-version", "3.13", "--generate-hashes"),
    *("--no-annotate", "--custom-compile-command", "./dev pin"),
]


def pin(steps: Steps, uv: Path, npm: list[str], upgrade: bool) -> None:
    """Make every pin file anew from pyproject.toml, package.json and bench/requirements.in."""
    more = ["--upgrade"] if upgrade else []
    compile_pins = [str(uv), *COMPILE, *more]
    steps.run("requirements.txt", [*compile_pins, "-o", "requirements.txt", "pyproject.toml"], "pin")
    runtime = ["pyproject.toml", "-c", "requirements.txt", "--group", "dev"]
    steps.run("requirements-dev.txt", [*compile_pins, "-o", "requirements-dev.txt", *runtime], "pin")
    steps.run("requirements-tools.txt", [*compile_pins, "-o", "requirements-tools.txt", "--group", "tools"], "pin")
    steps.run("requirements-checks.txt", [*compile_pins, "-o", "requirements-checks.txt", "--group", "checks"], "pin")
    steps.run("bench/requirements.txt", [*compile_pins, "-o", "bench/requirements.txt", "bench/requirements.in"], "pin")
    if upgrade:
        (ROOT / "package-lock.json").unlink(missing_ok=True)
    steps.run("package-lock.json", [*npm, "install", "--package-lock-only", "--ignore-scripts"], "pin")
    _strip_addresses(ROOT / "package-lock.json")


def _strip_addresses(lock: Path) -> None:
    """Leave no address in the lock file: neither of downloads nor of sponsors or licences."""
    document = json.loads(lock.read_text())
    for package in document["packages"].values():
        for member in [name for name, value in package.items() if "://" in json.dumps(value)]:
            del package[member]
    lock.write_text(json.dumps(document, indent=2) + "\n")


def remove(folder: Path) -> None:
    """The stamp goes first: a folder half removed must not look current."""
    (folder / ".pins").unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
