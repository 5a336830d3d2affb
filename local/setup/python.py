"""Python 3.13 and the pinned packages in .venv.

Each package comes at its pinned hash. uv, a fast installer, is installed from its own pin if pip can do that; without
it pip does the work.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.setup import pins
from local.setup.steps import ROOT, TOOLS, SetupError, Steps, output_of

VENV = ROOT / ".venv"
CHECKS = TOOLS / "checks"
"""Checkers of infrastructure and security, apart from .venv: what they require would get in the way of the rest."""
NEEDED = (3, 13)
_BRINGING_UV = threading.Lock()  # Python's and Node's set-up run side by side and may both want it
PROBE = "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"


def venv_python(folder: Path = VENV) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def checks_python() -> Path:
    """The Python that has the checkers."""
    return venv_python(CHECKS)


def find_python() -> Path | None:
    """The first interpreter that is new enough and really runs (a pyenv shim may exist and fail)."""
    for command in _candidates():
        answer = output_of([*command, "-c", PROBE])
        if answer:
            version, _, path = answer.partition(" ")
            if tuple(map(int, version.split("."))) >= NEEDED:
                return Path(path)
    return None


def _candidates() -> Iterator[list[str]]:
    yield [sys.executable]
    yield from (["python3.13"], ["python3.14"], ["python3"], ["py", "-3.13"])
    pyenv = Path(os.environ.get("PYENV_ROOT", str(Path.home() / ".pyenv")))
    for pattern in ("3.13*", "3.14*"):
        yield from ([str(home / "bin" / "python")] for home in sorted(pyenv.glob(f"versions/{pattern}")))


def find_uv() -> Path | None:
    """uv as set-up brought it, or as the machine has it."""
    own = TOOLS / "uv" / "bin" / ("uv.exe" if os.name == "nt" else "uv")
    if own.exists() and pins.is_current(TOOLS / "uv", pins.tool_pin("uv")):
        return own
    system = shutil.which("uv")
    return Path(system) if system and output_of([system, "--version"]) else None


def bring_uv(steps: Steps, python: Path | None) -> Path | None:
    """uv, from pip if need be; None where no pip works (set-up then goes the slower way)."""
    with _BRINGING_UV:
        return find_uv() or _uv_from_pip(steps, python)


def _uv_from_pip(steps: Steps, python: Path | None) -> Path | None:
    for interpreter in filter(None, (Path(sys.executable), python)):
        if output_of([interpreter, "-m", "pip", "--version"]):
            try:
                return _install_uv(steps, interpreter)
            except SetupError as error:
                steps.say(f"uv could not be had, going on without: {str(error).splitlines()[0]}")
    return None


def _install_uv(steps: Steps, interpreter: Path) -> Path:
    folder = TOOLS / "uv"
    pins.remove(folder)
    flags = ["--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:", "--disable-pip-version-check"]
    wanted = ["--target", str(folder), "-r", str(pins.write_tool_pin("uv"))]
    steps.run("python: bringing uv, the installer", [str(interpreter), "-m", "pip", "install", *flags, *wanted], "uv")
    pins.write_stamp(folder, pins.tool_pin("uv"))
    uv = find_uv()
    if uv is None:
        raise SetupError("uv was installed but does not run")
    return uv


@dataclass(frozen=True)
class _Target:
    """A virtual environment, what it is to hold, and what the steps call it."""

    folder: Path
    level: pins.Level
    name: str

    @property
    def python(self) -> Path:
        return venv_python(self.folder)

    @property
    def pinned(self) -> Path:
        return self.level.files[0]


def set_up_python(steps: Steps, wanted: str) -> None:
    """Make .venv hold at least the packages of the wanted level."""
    _make(steps, VENV, "python", pins.missing(VENV, wanted, pins.PYTHON_LEVELS, venv_python()))


def set_up_checks(steps: Steps) -> None:
    """The same for the checkers."""
    _make(steps, CHECKS, "checks", pins.missing(CHECKS, "checks", pins.CHECK_LEVELS, checks_python()))


def _make(steps: Steps, folder: Path, name: str, level: pins.Level | None) -> None:
    if level is None:
        return
    target = _Target(folder, level, name)
    python = find_python()
    uv = bring_uv(steps, python)
    if uv is None or not _install_with_uv(steps, target, uv, python):
        _install_with_pip(steps, target, python)
    pins.write_stamp(target.folder, level.stamp)
    steps.say(f"{target.name}: ready")


def _install_with_uv(steps: Steps, target: _Target, uv: Path, python: Path | None) -> bool:
    env = {"UV_PYTHON_INSTALL_DIR": str(TOOLS / "python"), "UV_NO_PROGRESS": "1"}
    name, folder = target.name, target.folder
    if python is None:
        steps.say(f"{name}: no Python 3.13 here, fetching one into .tools/python")
    kept = (folder / ".pins").exists() and _is_usable(target.python)  # without its stamp it may be half made
    (folder / ".pins").unlink(missing_ok=True)
    sync = [
        "pip",
        "sync",
        "--require-hashes",
        "--compile-bytecode",
        "--python",
        str(target.python),
        str(target.pinned),
    ]
    try:
        if not kept:
            make = ["venv", "--clear", "--python", str(python or "3.13"), str(folder)]
            steps.run(f"{name}: making {folder.name}", [str(uv), *make], name, env)
        steps.run(f"{name}: installing the pinned packages", [str(uv), *sync], name, env)
    except SetupError as error:
        if python is None:
            raise SetupError(f"{error}\nNo Python 3.13 was found and none could be fetched.\n{HOW_TO_GET}") from None
        steps.say(f"{name}: {str(error).splitlines()[0]}; trying pip instead")
        return False
    return True


def _is_usable(python: Path) -> bool:
    answer = output_of([python, "-c", PROBE])
    return answer is not None and tuple(map(int, answer.split()[0].split("."))) >= NEEDED


def _install_with_pip(steps: Steps, target: _Target, python: Path | None) -> None:
    if python is None:
        raise SetupError(f"No Python 3.13 was found, and no pip to fetch one with.\n{HOW_TO_GET}")
    name, folder = target.name, target.folder
    pins.remove(folder)
    module = "venv" if output_of([python, "-c", "import venv, ensurepip"]) is not None else "virtualenv"
    if module == "virtualenv" and output_of([python, "-m", "virtualenv", "--version"]) is None:
        raise SetupError(f"{python} can make no virtual environment.\n{HOW_TO_GET}")
    steps.run(f"{name}: making {folder.name}", [python, "-m", module, folder], name)
    pip = ["-m", "pip", "install", "--quiet", "--require-hashes", "--disable-pip-version-check"]
    wanted = [str(target.python), *pip, "-r", str(target.pinned)]
    steps.run(f"{name}: installing the pinned packages", wanted, name)


HOW_TO_GET = """\
Any of these helps:
  Debian, Ubuntu   apt install python3-pip python3-venv   (set-up then fetches Python 3.13 by itself)
  macOS            brew install python@3.13
  pyenv            pyenv install 3.13
  Windows          winget install Python.Python.3.13"""
