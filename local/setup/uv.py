"""Find uv, a fast installer that can fetch a Python too, or install it from its own pin."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from pathlib import Path

from local.setup import pins
from local.setup.steps import TOOLS, SetupError, Steps, exists, output_of

_BRINGING = threading.Lock()  # Python's and Node's set-up run side by side and may both want it


def find_uv() -> Path | None:
    """uv as set-up brought it, or as the machine has it."""
    own = TOOLS / "uv" / "bin" / ("uv.exe" if os.name == "nt" else "uv")
    if exists(own) and pins.is_current(TOOLS / "uv", pins.UV.stamp):
        return own
    system = shutil.which("uv")
    return Path(system) if system and output_of([system, "--version"]) else None


def has_pip(python: Path | str) -> bool:
    return output_of([python, "-m", "pip", "--version"]) is not None


def pip(python: Path | str) -> list[str]:
    return [str(python), "-m", "pip", "install", "--disable-pip-version-check"]


def bring_uv(steps: Steps, python: Path | None) -> Path | None:
    """uv, from pip if need be; None where no pip works (set-up then goes the slower way)."""
    with _BRINGING:
        return find_uv() or _uv_from_pip(steps, python)


def _uv_from_pip(steps: Steps, python: Path | None) -> Path | None:
    for interpreter in filter(None, (Path(sys.executable), python)):
        if has_pip(interpreter):
            try:
                pins.install_tool(
                    steps, "python: installing uv, the installer", pins.UV, TOOLS / "uv", pip(interpreter)
                )
            except SetupError as error:
                steps.say(f"uv could not be had, going on without: {error}")
            else:
                return find_uv()
    return None
