"""The seeds that a test of simulations takes: some in every run, very many with ``--deep``."""

from collections.abc import Sequence

import pytest

_DEEPER = 5
"""Times as many seeds in a deep test: thousands of tests take long to collect, and those of them left out too."""


def seeds(some: int, all_of_them: int, batch: int) -> Sequence[object]:
    """Ranges of so many seeds each, as parameters."""
    deep = (_part(first, all_of_them, batch * _DEEPER) for first in range(some, all_of_them, batch * _DEEPER))
    return [
        *(pytest.param(_part(first, some, batch), id=f"{first}") for first in range(0, some, batch)),
        *(pytest.param(part, id=f"{part.start}", marks=pytest.mark.deep) for part in deep),
    ]


def _part(first: int, end: int, size: int) -> range:
    return range(first, min(first + size, end))
