"""Azurites that belong to one test: exporting and importing see all of an account."""

from collections.abc import Iterator

import pytest

from local.azurite import Azurite


@pytest.fixture
def own_azurite() -> Iterator[str]:
    with Azurite() as running:
        yield running.connection_string
