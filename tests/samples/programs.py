"""The small programs of samples/ as child processes, in each language that they are written in."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.host.hosts import ROOT
from tests.outside_tools import csharp_or_skip

SAMPLES = ROOT / "samples"
LANGUAGES = ("py", "cs")


def command(name: str, *arguments: str) -> list[str]:
    """What runs the program; skips the test where nothing here runs C#."""
    file = SAMPLES / name
    return csharp_or_skip(file, *arguments) if file.suffix == ".cs" else [sys.executable, str(file), *arguments]


def run(name: str, argument: str, settings: Mapping[str, str]) -> str:
    """What the program prints; it must end well."""
    environment = {**os.environ, **settings}
    ended = subprocess.run(
        command(name, argument), capture_output=True, text=True, env=environment, timeout=60, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@contextmanager
def running(name: str, arguments: Sequence[str], settings: Mapping[str, str], printed: Path) -> Iterator[None]:
    """The program beside the test, printing into a file, until the end of the block."""
    with printed.open("ab") as out:
        process = subprocess.Popen(
            command(name, *arguments),
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **settings},
            start_new_session=True,  # the command may be a script that starts another
        )
    with process:
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)
