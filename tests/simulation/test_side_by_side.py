"""Seeded simulations of two versions side by side: the older one drops nothing, and nobody stays decided by it."""

import pytest

from tests.simulation.seeds import seeds
from tests.simulation.side_by_side import SideBySide
from tests.virtual_time import run


@pytest.mark.parametrize("some", seeds(40, 10_000, 10))
def test_whatever_two_versions_do_side_by_side_the_invariant_holds_in_the_end(some: range) -> None:
    met = 0
    for seed in some:
        world = SideBySide(seed)
        found = run(world.run())
        met += world.later_met
        assert not found, f"seed {seed}: {found}"
    assert met, "no worker met what it could not read"
