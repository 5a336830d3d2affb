"""Seeded simulations: up to four workers interleaved at every call, a tenth of calls failing, a clock that jumps."""

import asyncio

import pytest

from tests.simulation.simulated import Simulation

BATCH = 50


@pytest.mark.parametrize(
    "first",
    [
        *range(0, 2_000, BATCH),
        *(pytest.param(first, marks=pytest.mark.deep) for first in range(2_000, 100_000, BATCH)),
    ],
)
def test_whatever_breaks_the_invariant_holds_in_the_end(first: int) -> None:
    for seed in range(first, first + BATCH):
        found = asyncio.run(Simulation(seed).run())
        assert not found, f"seed {seed}: {found}"
