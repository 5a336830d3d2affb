"""Whatever two handlers do at once, and whichever of them is killed meanwhile, everything is right in the end."""

import pytest

from tests.exploration.exploring import Exploration
from tests.exploration.scenes import SCENES

SHARE = 10


@pytest.mark.parametrize("name", SCENES)
def test_no_schedule_of_every_tenth_pair_breaks_the_invariant(name: str) -> None:
    exploration = Exploration(SCENES[name])
    counts = exploration.explore(exploration.pairs[::SHARE])
    print(f"{name}: {counts}")
    assert not counts.violations, "\n".join(counts.violations)


@pytest.mark.deep
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", SCENES)
def test_no_schedule_of_any_pair_breaks_the_invariant(name: str) -> None:
    exploration = Exploration(SCENES[name])
    counts = exploration.explore(exploration.pairs)
    print(f"{name}: {counts}")
    assert not counts.violations, "\n".join(counts.violations)
