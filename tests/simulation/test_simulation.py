"""Seeded simulations: up to four workers interleaved at every call, a tenth of calls failing, a clock that jumps."""

import pytest

from tests.simulation.simulated import Simulation
from tests.virtual_time import run

BATCH = 50


@pytest.mark.parametrize(
    "first",
    [
        *range(0, 200, BATCH),
        *(pytest.param(first, marks=pytest.mark.deep) for first in range(200, 100_000, BATCH)),
    ],
)
def test_whatever_breaks_the_invariant_holds_in_the_end(first: int) -> None:
    for seed in range(first, first + BATCH):
        found = run(Simulation(seed).run())
        assert not found, f"seed {seed}: {found}"
