"""Seeded simulations in which tables are set back at random moments: after a repair nobody is left wrong."""

import asyncio

import pytest

from tests.simulation.restoring import Restoring
from tests.simulation.seeds import seeds


@pytest.mark.parametrize("some", seeds(60, 20_000, 20))
def test_whatever_table_is_set_back_whenever_nobody_is_left_wrong_after_a_repair(some: range) -> None:
    restored = 0
    for seed in some:
        world = Restoring(seed)
        found = asyncio.run(world.run())
        restored += len(world.set_back)
        assert not found, f"seed {seed}, set back {[each.value for each in world.set_back]}: {found}"
    assert restored, "no table was set back"
