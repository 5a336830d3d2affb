"""Seeded simulations of two versions side by side: the older one drops nothing, and nobody stays decided by it."""

import pytest

from tests.simulation.side_by_side import SideBySide
from tests.virtual_time import run

BATCH = 10


@pytest.mark.parametrize(
    "first",
    [
        *range(0, 40, BATCH),
        *(pytest.param(first, marks=pytest.mark.deep) for first in range(40, 10_000, BATCH)),
    ],
)
def test_whatever_two_versions_do_side_by_side_the_invariant_holds_in_the_end(first: int) -> None:
    met = 0
    for seed in range(first, first + BATCH):
        world = SideBySide(seed)
        found = run(world.run())
        met += world.later_met
        assert not found, f"seed {seed}: {found}"
    assert met, "no worker met what it could not read"
