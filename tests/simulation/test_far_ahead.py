"""Seeded simulations of clocks that are days and a year ahead: nobody stays wrongly decided by one."""

import asyncio

import pytest

from tests.simulation.far_ahead import FarAhead, Unheld

BATCH = 20
FIRST = [
    *range(0, 40, BATCH),
    *(pytest.param(first, marks=pytest.mark.deep) for first in range(40, 5_000, BATCH)),
]


@pytest.mark.parametrize("first", FIRST)
def test_a_clock_far_ahead_decides_nobody(first: int) -> None:
    for seed in range(first, first + BATCH):
        found = asyncio.run(FarAhead(seed).run())
        assert not found, f"seed {seed}: {found}"


@pytest.mark.parametrize("first", FIRST)
def test_whom_a_clock_far_ahead_decided_since_no_answer_told_it_is_found_and_decided_again(first: int) -> None:
    named = 0
    for seed in range(first, first + BATCH):
        world = Unheld(seed)
        found = asyncio.run(world.run())
        named += len(world.named)
        assert not found, f"seed {seed}: {found}"
    assert named, "reconciling found nobody"
