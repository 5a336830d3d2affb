"""Whatever two handlers do at once, and whichever of them is killed meanwhile, everything is right in the end."""

from random import Random

import pytest

from tests.exploration.exploring import Exploration, Pair
from tests.exploration.scenes import SCENES

OF_A_PARTNER = (
    "a partner has changed",
    "a partner has changed twice",
    "a fan-out goes round for a newer change",
    "two changes of a partner wait",
)


_SHARE = 80
"""Of so many pairs one is explored here, of each scene at least one; all of them are with ``--deep``."""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", SCENES)
def test_no_schedule_of_a_share_of_all_pairs_breaks_the_invariant(name: str) -> None:
    exploration = Exploration(SCENES[name])
    pairs = exploration.pairs
    _hold(name, exploration, Random(name).sample(pairs, -(-len(pairs) // _SHARE)))


@pytest.mark.parametrize("name", OF_A_PARTNER)
def test_without_a_crash_no_fan_out_of_a_partner_waits_for_a_timer(name: str) -> None:
    exploration = Exploration(SCENES[name], crashes=0)
    pairs = [pair for pair in exploration.pairs if pair.one.message and pair.other.message]
    _hold(name, exploration, Random(name).sample(pairs, 4))


@pytest.mark.deep
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", OF_A_PARTNER)
def test_without_a_crash_no_fan_out_of_a_partner_ever_waits_for_a_timer(name: str) -> None:
    exploration = Exploration(SCENES[name], crashes=0)
    _hold(name, exploration, [pair for pair in exploration.pairs if pair.one.message and pair.other.message])


@pytest.mark.deep
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", SCENES)
def test_no_schedule_of_any_pair_breaks_the_invariant(name: str) -> None:
    exploration = Exploration(SCENES[name])
    _hold(name, exploration, exploration.pairs)


def _hold(name: str, exploration: Exploration, pairs: list[Pair]) -> None:
    counts = exploration.explore(pairs)
    print(f"{name}: {counts}")
    assert not counts.violations, "\n".join(counts.violations)
