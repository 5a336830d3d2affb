"""Find a Python that is new enough."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from local.setup.steps import ROOT, TOOLS, output_of

VENV = ROOT / ".venv"
FETCHED = TOOLS / "python"
"""Where uv puts a Python that it fetches."""
NEEDED = (3, 13)
PROBE = "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"


def venv_python(folder: Path = VENV) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def find_python() -> Path | None:
    """The first interpreter that is new enough and really runs (a pyenv shim may exist and fail)."""
    for command in _candidates():
        answer = output_of([*command, "-c", PROBE])
        if answer:
            version, _, path = answer.partition(" ")
            if _is_new_enough(version):
                return Path(path)
    return None


def is_usable(python: Path) -> bool:
    answer = output_of([python, "-c", PROBE])
    return answer is not None and _is_new_enough(answer.split()[0])


def _is_new_enough(version: str) -> bool:
    return tuple(map(int, version.split("."))) >= NEEDED


def _candidates() -> Iterator[list[str]]:
    yield [sys.executable]
    yield from (["python3.13"], ["python3.14"], ["python3"], ["py", "-3.13"])
    pyenv = Path(os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv"))  # noqa: PTH111  Path's needs a home
    for version in ("3.13", "3.14"):
        yield from ([python] for python in _in(pyenv / "versions", f"{version}*/bin/python"))
        yield from ([python] for python in _in(FETCHED, f"cpython-{version}*/bin/python"))


def _in(folder: Path, pattern: str) -> list[str]:
    with contextlib.suppress(OSError):  # a folder that may not be read holds nothing for us
        return sorted(str(each) for each in folder.glob(pattern))
    return []


def how_to_get() -> str:
    if sys.platform == "darwin":
        return "brew install python@3.13"
    if os.name == "nt":
        return "winget install Python.Python.3.13"
    return "put python3.13 on PATH (pyenv install 3.13, for instance)"


def how_to_get_pip() -> str:
    return "apt install python3-pip, or put uv on PATH" if sys.platform == "linux" else "put uv on PATH"
