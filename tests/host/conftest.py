"""One host for the tests of a module; tests tell their messages apart by body."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.host.hosts import RunningHost, running


@pytest.fixture(scope="module")
def host(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHost]:
    with running(azurite, tmp_path_factory.mktemp("host") / "log") as started:
        yield started


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"
