"""Seeded simulations in which customers are erased while their events, repeated and late, are handled."""

import pytest

from tests.simulation.erasing import Erasing
from tests.simulation.seeds import seeds
from tests.virtual_time import run


@pytest.mark.parametrize("some", seeds(50, 20_000, 50))
def test_who_is_erased_stays_so_whatever_breaks(some: range) -> None:
    for seed in some:
        found = run(Erasing(seed).run())
        assert not found, f"seed {seed}: {found}"
