"""Seeded simulations in which customers are erased while their events, repeated and late, are handled."""

import pytest

from tests.simulation.erasing import Erasing
from tests.virtual_time import run

BATCH = 50


@pytest.mark.parametrize(
    "first",
    [
        *range(0, 50, BATCH),
        *(pytest.param(first, marks=pytest.mark.deep) for first in range(50, 20_000, BATCH)),
    ],
)
def test_who_is_erased_stays_so_whatever_breaks(first: int) -> None:
    for seed in range(first, first + BATCH):
        found = run(Erasing(seed).run())
        assert not found, f"seed {seed}: {found}"
