"""Programs of other makers that some tests use: named by a setting, or found on PATH; where neither is, such a test is
skipped and says what it lacks."""

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest


def csharp_command() -> list[str] | None:
    """What compiles and runs one C# file, to be followed by the file and its arguments.

    ``CSHARP`` names a command that takes them so; else the .NET SDK (10 or newer) on PATH does.
    """
    if named := os.environ.get("CSHARP"):
        return shlex.split(named)
    dotnet = shutil.which("dotnet")
    if dotnet is None:
        return None
    version = subprocess.run([dotnet, "--version"], capture_output=True, text=True, check=False).stdout
    return [dotnet, "run"] if version.partition(".")[0].isdigit() and int(version.partition(".")[0]) >= 10 else None


def csharp_or_skip(file: Path, *arguments: str) -> list[str]:
    """The command that runs a C# file with its arguments; skips the test where nothing here can."""
    command = csharp_command()
    if command is None:
        pytest.skip("no C# here: put the .NET SDK 10 on PATH, or name a command by CSHARP")
    separator = ["--"] if Path(command[0]).name.startswith("dotnet") and arguments else []
    return [*command, str(file), *separator, *arguments]
