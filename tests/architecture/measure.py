"""Counts what the structure costs: lines, modules, import edges, loose types, repeated runs of lines.

    python -m tests.architecture.measure [COMMIT]    the counts here, beside those of COMMIT

What a new event type, criterion, route or change that helps touches is not counted here: add one and read
``git diff --stat``.
"""

import ast
import re
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
APP: Final = ("function_app.py", "functions", "shared")
RUN: Final = 6
LOOSE: Final = re.compile(r"\bAny\b|\b(?:dict|Mapping|MutableMapping)\[str, (?:object|Any|Json\w*)\]")


def counts(root: Path) -> dict[str, int]:
    """Each count of the checkout at ``root`` by its name."""
    app = [file for part in APP for file in _files(root / part)]
    everything = [*app, *_files(root / "local"), *_files(root / "bench"), *_files(root / "tests"), root / "dev"]
    tops = {_top(root, file) for file in _files(root / "shared/rules")} - {"__init__"}
    return {
        "lines of the app": sum(_lines(file) for file in app),
        "lines of code of the app, without blank lines, comments and docstrings": sum(_code(file) for file in app),
        "lines of local/": sum(_lines(file) for file in _files(root / "local")),
        "lines of tests/": sum(_lines(file) for file in _files(root / "tests")),
        "modules of the app": len(app),
        "modules and packages at the top of shared/rules": len(tops),
        "import edges between them": len(set(_edges(root))),
        "Any and untyped dictionaries in the app": sum(len(LOOSE.findall(file.read_text())) for file in app),
        f"repeated runs of {RUN} lines in the app": _repeated(app),
        f"repeated runs of {RUN} lines everywhere": _repeated(everything),
    }


def _files(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def _lines(file: Path) -> int:
    return len(file.read_text().splitlines())


def _code(file: Path) -> int:
    """The lines that hold a statement or a part of one."""
    tree = ast.parse(file.read_text())
    said = {id(node.body[0]) for node in ast.walk(tree) if isinstance(node, _DOCUMENTED) and ast.get_docstring(node)}
    leaves = (node for node in ast.walk(tree) if isinstance(node, ast.stmt) and id(node) not in said)
    held: set[int] = set()
    for node in leaves:
        last = node.body[0].lineno - 1 if isinstance(node, _COMPOUND) else node.end_lineno or node.lineno
        held.update(range(node.lineno, max(node.lineno, last) + 1))
    return len(held)


_DOCUMENTED: Final = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_COMPOUND: Final = (
    *(ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.If, ast.For, ast.AsyncFor, ast.While, ast.With),
    *(ast.AsyncWith, ast.Try),
)


def _top(root: Path, file: Path) -> str:
    return file.relative_to(root / "shared/rules").with_suffix("").parts[0]


def _edges(root: Path) -> Iterator[tuple[str, str]]:
    """An import of one module or package at the top of ``shared/rules`` by another."""
    for file in _files(root / "shared/rules"):
        for node in ast.walk(ast.parse(file.read_text())):
            for name in _imported(node):
                parts = name.split(".")
                if parts[:2] == ["shared", "rules"] and len(parts) > 2 and parts[2] != _top(root, file):
                    yield _top(root, file), parts[2]


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.ImportFrom) and node.module:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)


def _repeated(files: list[Path]) -> int:
    """How many runs of lines, neither blank nor imports, occur a second time."""
    seen: Counter[tuple[str, ...]] = Counter()
    for file in files:
        lines = [line.strip() for line in file.read_text().splitlines()]
        lines = [line for line in lines if line and not line.startswith(("import ", "from "))]
        seen.update(tuple(lines[at : at + RUN]) for at in range(len(lines) - RUN + 1))
    return sum(times - 1 for times in seen.values())


def main() -> int:
    now = counts(ROOT)
    before = _of(sys.argv[1]) if sys.argv[1:] else {}
    for name, count in now.items():
        then = f"{before[name]:>8,}" if before else ""
        share = f"{count / before[name] - 1:>+8.0%}" if before.get(name) else ""
        print(f"{then}{count:>8,}{share}  {name}")
    return 0


def _of(commit: str) -> dict[str, int]:
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as packed:
        subprocess.run(["git", "archive", commit], cwd=ROOT, stdout=packed, check=True)
        packed.seek(0)
        with tarfile.open(fileobj=packed) as archive:
            archive.extractall(folder, filter="data")
        return counts(Path(folder))


if __name__ == "__main__":
    sys.exit(main())
