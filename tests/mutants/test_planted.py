"""The list of bugs to plant keeps up with the code; ``./dev mutants`` plants them."""

from pathlib import Path

import pytest

from tests.mutants.planted import PLANTED, Planted

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("bug", PLANTED, ids=[bug.name for bug in PLANTED])
def test_the_text_to_replace_stands_exactly_once(bug: Planted) -> None:
    assert (ROOT / bug.file).read_text().count(bug.right) == 1


def test_there_are_at_least_twenty_different_bugs() -> None:
    assert len({bug.name for bug in PLANTED}) == len(PLANTED) >= 20
