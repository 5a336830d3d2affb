"""The list of bugs to plant keeps up with the code; ``./dev mutants`` plants them."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants.planted import PLANTED, Planted

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("bug", PLANTED, ids=[bug.name for bug in PLANTED])
def test_the_text_to_replace_stands_exactly_once_and_what_replaces_it_is_python(bug: Planted) -> None:
    source = (ROOT / bug.file).read_text()
    assert source.count(bug.right) == 1
    compile(source.replace(bug.right, bug.wrong), bug.file, "exec")


def test_words_that_choose_no_bug_are_told_with_the_names_there_are_and_status_2() -> None:
    command = [sys.executable, "-m", "tests.mutants", "nosuchword", "bug"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    heading, *names = ended.stderr.splitlines()
    assert (ended.returncode, ended.stdout) == (2, "")
    assert heading == "no bug has 'nosuchword' and 'bug' in its name; there are:"
    assert [name.strip() for name in names] == [bug.name for bug in PLANTED]


def test_there_are_at_least_twenty_different_bugs() -> None:
    assert len({bug.name for bug in PLANTED}) == len(PLANTED) >= 20
