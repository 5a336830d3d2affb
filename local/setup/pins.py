"""Pins: which exact packages, and whether those installed are the ones pinned.

Packages come in levels: what trying the app needs, and what working on it needs. A stamp file in the folder that holds
them names the level and the fingerprint of its pin files; ``pin`` writes those.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.setup.steps import ROOT, TOOLS, Steps, exists


@dataclass(frozen=True)
class Level:
    """Packages to install into one folder; a greater level holds all of the smaller ones."""

    name: str
    files: tuple[Path, ...]

    @property
    def stamp(self) -> str:
        return f"{self.name} {fingerprint(self.files)}"


def _python_level(name: str) -> Level:
    return Level(name, (ROOT / f"requirements-{name}.txt",))


def _node_level(name: str) -> Level:
    return Level(name, (ROOT / "package.json", ROOT / "package-lock.json"))


PYTHON_LEVELS = (_python_level("local"), _python_level("dev"))
NODE_LEVELS = (_node_level("local"), _node_level("dev"))
CHECK_LEVELS = (_python_level("checks"),)
NODE, UV = _python_level("node"), _python_level("uv")
"""Tools that set-up brings where the machine has none."""


def missing(folder: Path, wanted: str, levels: Sequence[Level], vital: Path) -> Level | None:
    """The level to install so that the folder holds the wanted one and its vital file; None if it does already.

    A greater level than the wanted one is kept and renewed: after ``./dev test``, ``./dev up`` takes nothing away.
    """
    names = [level.name for level in levels]
    enough = levels[names.index(wanted) :]
    there = read_stamp(folder)
    if there in [level.stamp for level in enough] and exists(vital):
        return None
    return next((level for level in enough if there.startswith(f"{level.name} ")), enough[0])


def fingerprint(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def is_current(folder: Path, stamp: str) -> bool:
    return read_stamp(folder) == stamp


def read_stamp(folder: Path) -> str:
    """Empty where there is none, or none that can be read: then nothing there counts as installed."""
    try:
        return (folder / ".pins").read_text()
    except (OSError, ValueError):
        return ""


def write_stamp(folder: Path, stamp: str) -> None:
    (folder / ".pins").write_text(stamp)


def install_tool(steps: Steps, title: str, tool: Level, folder: Path, installer: Sequence[str]) -> None:
    """Install a tool, and nothing that it requires, into a folder of its own."""
    TOOLS.mkdir(exist_ok=True)
    remove(folder)
    flags = ["--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    steps.run(title, [*installer, *flags, "--target", folder, "-r", *tool.files], tool.name)
    write_stamp(folder, tool.stamp)


COMPILE = [
    *("pip", "compile", "--quiet", "--universal", "--python-version", "3.13", "--generate-hashes"),
    *("--no-annotate", "--custom-compile-command", "./dev pin"),
]


_MADE_OF = {
    "requirements.txt": ("pyproject.toml",),
    "requirements-local.txt": ("pyproject.toml", "-c", "requirements.txt", "--group", "local"),
    "requirements-dev.txt": ("pyproject.toml", "-c", "requirements-local.txt", "--group", "local", "--group", "dev"),
    "requirements-node.txt": ("--group", "node"),
    "requirements-uv.txt": ("--group", "uv"),
    "requirements-checks.txt": ("--group", "checks"),
    "bench/requirements.txt": ("bench/requirements.in",),
}


def pin(steps: Steps, uv: Path, npm: list[str], upgrade: bool) -> None:
    """Make every pin file again from pyproject.toml, package.json and bench/requirements.in."""
    more = ["--upgrade"] if upgrade else []
    for name, sources in _MADE_OF.items():
        steps.run(name, [str(uv), *COMPILE, *more, "-o", name, *sources], "pin")
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
    remove_stamp(folder)
    shutil.rmtree(folder, ignore_errors=True)


def remove_stamp(folder: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        (folder / ".pins").unlink()
