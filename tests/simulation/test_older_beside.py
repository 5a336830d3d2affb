"""Seeded simulations beside a version without the population index: in the end the index says what the states do."""

import pytest

from tests.simulation.older_beside import OlderBeside
from tests.simulation.seeds import seeds
from tests.virtual_time import run


@pytest.mark.parametrize("some", seeds(40, 5_000, 10))
def test_whatever_an_older_version_does_beside_it_the_population_index_is_right_in_the_end(some: range) -> None:
    for seed in some:
        found = run(OlderBeside(seed).run())
        assert not found, f"seed {seed}: {found}"
