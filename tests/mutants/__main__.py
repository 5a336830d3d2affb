"""Plant each bug in a copy of the product and see that the suite notices."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from local.setup.commands import parser_of
from tests.mutants.copied import copied
from tests.mutants.planted import PLANTED, Planted

IN_MEMORY = "not tables and not azurite and not lost_answers and not own_parser"
"""What needs an Azurite, or a package of Node, would go red in a copy, which has none, whatever the bug."""
NOTICING = (
    "tests/released/test_laps_beside.py",
    "tests/rules/test_ways.py",
    "tests/test_together.py",
    "tests/test_together_every_end.py",
    "tests/rules/test_decisions_compared.py",
    "tests/rules/test_foreseen.py",
    "tests/rules/test_would_help_properties.py",
    "tests/functions/test_triggers.py",
    "tests/functions/test_me.py",
    "tests/workflow",
    "tests/repairing",
    "tests/storage",
    "tests/domain",
    "tests/api",
    "tests/bulk",
    "tests/backup/test_events_in.py",
    "tests/simulation",
)


def noticed(bug: Planted | None) -> str:
    """The first test that went red, or nothing; without a bug none may."""
    with copied(bug) as copy:
        pytest = ["-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-k", IN_MEMORY, *_likely_first(copy, bug)]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        ended = subprocess.run(
            [sys.executable, *pytest], cwd=copy, env=environment, capture_output=True, text=True, check=False
        )
    red = [line for line in ended.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return red[0].split(" - ")[0].split("::")[-1] if red else ""


def _likely_first(copy: Path, bug: Planted | None) -> list[str]:
    """Tests named after the file that has the bug, those of its folders from the nearest on, and then the others."""
    if bug is None:
        return list(NOTICING)
    file = Path(bug.file)
    named = (str(test.relative_to(copy)) for test in copy.glob(f"tests/*/test_{file.stem}*.py"))
    folders = [f"tests/{name}" for name in reversed(file.parent.parts)]

    def far(test: str) -> int:
        return next((at for at, folder in enumerate(folders) if test.startswith(folder)), len(folders))

    return [*sorted(test for test in named if test.startswith(NOTICING)), *sorted(NOTICING, key=far)]


def main(words: list[str]) -> int:
    chosen = [bug for bug in PLANTED if all(word in bug.name for word in words)]
    if not chosen:
        names = "".join(f"\n  {bug.name}" for bug in PLANTED)
        print(f"no bug has {' and '.join(map(repr, words))} in its name; there are:{names}", file=sys.stderr)
        return 2
    started, missed = time.monotonic(), 0
    if red := noticed(None):
        print(f"red without any bug, so that nothing would be shown: {red}", file=sys.stderr)
        return 1
    with ThreadPoolExecutor(2) as both:
        for bug, test in zip(chosen, both.map(noticed, chosen), strict=True):
            missed += not test
            print(f"{'noticed' if test else 'MISSED ':8} {bug.name:75} {test}", flush=True)
    print(f"{len(chosen)} planted, {missed} missed, {time.monotonic() - started:.0f} s")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(parser_of("mutants").parse_args().words))
