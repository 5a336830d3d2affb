"""One app for each transport, started when the first client needs it."""

from collections.abc import Iterator

import pytest

from tests.clients.systems import Listening, over_service_bus, over_storage_queues


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listening]:
    with over_storage_queues(tmp_path_factory.mktemp("clients") / "log") as listening:
        yield listening


@pytest.fixture(scope="module")
def bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listening]:
    with over_service_bus(tmp_path_factory.mktemp("clients") / "log") as listening:
        yield listening
