"""Runs the code of a released version over rows of this one."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

FOLDER = Path(__file__).parent


def run_by(version: str, folder: Path, lines: Iterable[str], script: str | None = None) -> list[str]:
    """What it prints that goes on with these rows and messages; or a ``script``, which is given the path of the
    version's ``run.py`` and of the file of lines."""
    with zipfile.ZipFile(FOLDER / version / "code.zip") as code:
        code.extractall(folder / "code")
    given, run = folder / "given.jsonl", str(FOLDER / version / "run.py")
    given.write_text("\n".join(lines))
    arguments = [run, "go-on"] if script is None else ["-c", script, run]
    environment = {**os.environ, "PYTHONPATH": str(folder / "code"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-P", *arguments, str(given)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
