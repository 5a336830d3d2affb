"""Seeded simulations: up to four workers interleaved at every call, a tenth of calls failing, a clock that jumps."""

import pytest

from tests.simulation.seeds import seeds
from tests.simulation.simulated import Simulation
from tests.virtual_time import run


@pytest.mark.parametrize("some", seeds(200, 100_000, 50))
def test_whatever_breaks_the_invariant_holds_in_the_end(some: range) -> None:
    for seed in some:
        found = run(Simulation(seed).run())
        assert not found, f"seed {seed}: {found}"
