"""Seeded simulations of clocks that are days and a year ahead: nobody stays wrongly decided by one."""

import asyncio

import pytest

from tests.simulation.far_ahead import FarAhead, Unheld
from tests.simulation.seeds import seeds

SEEDS = seeds(40, 5_000, 20)


@pytest.mark.parametrize("some", SEEDS)
def test_a_clock_far_ahead_decides_nobody(some: range) -> None:
    for seed in some:
        found = asyncio.run(FarAhead(seed).run())
        assert not found, f"seed {seed}: {found}"


@pytest.mark.parametrize("some", SEEDS)
def test_whom_a_clock_far_ahead_decided_since_no_answer_told_it_is_found_and_decided_again(some: range) -> None:
    named = 0
    for seed in some:
        world = Unheld(seed)
        found = asyncio.run(world.run())
        named += len(world.named)
        assert not found, f"seed {seed}: {found}"
    assert named, "reconciling found nobody"
