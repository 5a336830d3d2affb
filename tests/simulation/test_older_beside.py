"""Seeded simulations beside a version without the population index: in the end the index says what the states do."""

import pytest

from tests.simulation.older_beside import OlderBeside
from tests.virtual_time import run

BATCH = 10


@pytest.mark.parametrize(
    "first",
    [
        *range(0, 40, BATCH),
        *(pytest.param(first, marks=pytest.mark.deep) for first in range(40, 5_000, BATCH)),
    ],
)
def test_whatever_an_older_version_does_beside_it_the_population_index_is_right_in_the_end(first: int) -> None:
    for seed in range(first, first + BATCH):
        found = run(OlderBeside(seed).run())
        assert not found, f"seed {seed}: {found}"
