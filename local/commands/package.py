"""The package of ``./dev package``: a zip that Azure runs as it is, with the packages for Linux x86-64 and Python 3.13.

The same sources make the same bytes: files are in order, without the times and owners of this machine.
"""

import compileall
import fnmatch
import os
import py_compile
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from local.commands.app import CommandError, run
from local.setup.commands import parser_of
from local.setup.steps import ROOT
from local.setup.uv import find_uv, has_pip

PACKAGES: Final = Path(".python_packages/lib/site-packages")
"""Where the worker looks for packages in an app."""
_PINS = ("-r", str(ROOT / "requirements.txt"), "--require-hashes", "--no-deps", "--only-binary", ":all:")
_OF_UV = ("--python-platform", "x86_64-manylinux_2_28", "--python-version", "3.13")
_OF_PIP = (
    *(
        "--platform",
        "manylinux_2_28_x86_64",
        "--platform",
        "manylinux_2_17_x86_64",
        "--platform",
        "manylinux2014_x86_64",
    ),
    *("--implementation", "cp", "--python-version", "3.13"),
)
_BEGINNING = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold."""


def main(arguments: list[str]) -> int:
    options = parser_of("package").parse_args(arguments)
    return run(lambda: _written(options.file))


def _written(file: Path) -> int:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for each in app_files():
            (root / each).parent.mkdir(parents=True, exist_ok=True)
            (root / each).write_bytes((ROOT / each).read_bytes())
        install(root / PACKAGES)
        compile_code(root)
        count = write_zip(root, file)
    print(f"{file}: {count} files, {file.stat().st_size / 1e6:.1f} MB, for Linux x86-64 and Python 3.13")
    return 0


def app_files() -> Iterator[Path]:
    """The files of the app, relative to the checkout: those that .funcignore does not leave out."""
    for folder, folders, names in ROOT.walk():
        here = folder.relative_to(ROOT)
        folders[:] = [name for name in folders if not is_left_out(name)]
        yield from sorted(here / name for name in names if not is_left_out(name))


def is_left_out(file: str) -> bool:
    """A pattern of .funcignore without a slash is for names at any depth."""
    patterns = [line for line in (ROOT / ".funcignore").read_text("utf-8").split() if not line.startswith("!")]
    return any(fnmatch.fnmatch(name, pattern) for name in file.split("/") for pattern in patterns)


def install(folder: Path) -> None:
    """Put the pinned packages there, whatever this machine is; raises CommandError."""
    uv = find_uv()
    if uv is not None:
        command = [str(uv), "pip", "install", "--quiet", *_OF_UV]
    elif has_pip(sys.executable):
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", *_OF_PIP]
    else:
        raise CommandError("neither uv nor pip is here: put uv on PATH")
    done = subprocess.run([*command, *_PINS, "--target", str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandError(f"the packages could not be installed: {done.stderr.strip() or done.stdout.strip()}")
    shutil.rmtree(folder / "bin", ignore_errors=True)  # programs, which name this machine's Python and nobody runs


def compile_code(folder: Path) -> None:
    """A package is read-only where it runs: what is not compiled here would be compiled at each cold start.

    By hash, not by time: a zip has no times.
    """
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    compileall.compile_dir(folder, quiet=2, invalidation_mode=mode, stripdir=str(folder), workers=os.cpu_count() or 1)


def write_zip(folder: Path, file: Path) -> int:
    """The number of files; the zip is whole or not there."""
    files = sorted(each for each in folder.rglob("*") if each.is_file())
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in files:
            entry = zipfile.ZipInfo(each.relative_to(folder).as_posix(), _BEGINNING)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, each.read_bytes(), zipfile.ZIP_DEFLATED)
    part.replace(file)
    return len(files)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
