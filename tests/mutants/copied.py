"""A copy of the product and its tests, perhaps with a bug planted."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.mutants.planted import Planted

ROOT = Path(__file__).parents[2]
COPIED = (
    "shared",
    "functions",
    "tests",
    "rule_sets",
    "samples",
    "local",
    "pyproject.toml",
    "function_app.py",
    "host.json",
)


@contextmanager
def copied(bug: Planted | None) -> Iterator[Path]:
    """The folder of the copy."""
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        copy = Path(folder)
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, copy / name)
        if bug:
            file = copy / bug.file
            file.write_text(file.read_text().replace(bug.right, bug.wrong))
        yield copy
