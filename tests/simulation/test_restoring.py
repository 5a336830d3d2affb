"""Seeded simulations in which tables are set back at random moments: after a repair nobody is left wrong."""

import asyncio

import pytest

from tests.simulation.restoring import Restoring

BATCH = 20


@pytest.mark.parametrize(
    "first",
    [
        *range(0, 60, BATCH),
        *(pytest.param(first, marks=pytest.mark.deep) for first in range(60, 20_000, BATCH)),
    ],
)
def test_whatever_table_is_set_back_whenever_nobody_is_left_wrong_after_a_repair(first: int) -> None:
    restored = 0
    for seed in range(first, first + BATCH):
        world = Restoring(seed)
        found = asyncio.run(world.run())
        restored += len(world.set_back)
        assert not found, f"seed {seed}, set back {[each.value for each in world.set_back]}: {found}"
    assert restored, "no table was set back"
