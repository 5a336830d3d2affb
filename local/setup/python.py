"""Python 3.13 and the pinned packages in .venv.

uv fetches Python, makes the environment and checks the hashes of packages. Where uv cannot be had, pip does it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from local.setup import pins
from local.setup.interpreters import FETCHED, VENV, find_python, how_to_get, how_to_get_pip, is_usable, venv_python
from local.setup.steps import TOOLS, SetupError, Steps, output_of
from local.setup.uv import bring_uv

CHECKS = TOOLS / "checks"
"""Checkers of infrastructure and security, apart from .venv: what they require would get in the way of the rest."""


def checks_python() -> Path:
    """The Python that has the checkers."""
    return venv_python(CHECKS)


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


_UV = {"UV_PYTHON_INSTALL_DIR": str(FETCHED), "UV_NO_PROGRESS": "1"}


def _install_with_uv(steps: Steps, target: _Target, uv: Path, python: Path | None) -> bool:
    """False if it failed where pip may do better."""
    kept = bool(pins.read_stamp(target.folder)) and is_usable(target.python)  # without its stamp it may be half made
    pins.remove_stamp(target.folder)
    sync = ["pip", "sync", "--require-hashes", "--compile-bytecode", "--python", str(target.python)]
    try:
        if not kept:
            _make_with_uv(steps, target, uv, python)
        steps.run(f"{target.name}: installing the pinned packages", [uv, *sync, target.pinned], target.name, _UV)
    except SetupError as error:
        if python is None:
            raise
        steps.say(f"{error}; trying pip instead")
        return False
    return True


def _make_with_uv(steps: Steps, target: _Target, uv: Path, python: Path | None) -> None:
    """Make the virtual environment; where no Python is given, uv fetches one."""
    doing = f"making {target.folder.name}" if python else "no Python 3.13 here, fetching one into .tools/python"
    make: list[str | Path] = [uv, "venv", "--clear", "--python", python or "3.13", target.folder]
    try:
        steps.run(f"{target.name}: {doing}", make, target.name, _UV)
    except SetupError as error:
        if python:
            raise
        mirror = "or name a mirror of uv's Python builds by UV_PYTHON_INSTALL_MIRROR"
        raise SetupError(f"{error}: {how_to_get()}, {mirror}") from None


def _install_with_pip(steps: Steps, target: _Target, python: Path | None) -> None:
    if python is None:
        raise SetupError(f"no Python 3.13 here, and neither uv nor pip to fetch one: {how_to_get_pip()}")
    name, folder = target.name, target.folder
    pins.remove(folder)
    module = "venv" if output_of([python, "-c", "import venv, ensurepip"]) is not None else "virtualenv"
    if module == "virtualenv" and output_of([python, "-m", "virtualenv", "--version"]) is None:
        raise SetupError(f"{python} can make no virtual environment: {how_to_get_pip()}")
    steps.run(f"{name}: making {folder.name}", [python, "-m", module, folder], name)
    pip = ["-m", "pip", "install", "--quiet", "--require-hashes", "--disable-pip-version-check"]
    steps.run(f"{name}: installing the pinned packages", [target.python, *pip, "-r", target.pinned], name)
