"""The sample programme as ``./dev up`` starts it: everything has happened, and everybody has been counted."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from local.host.host import RUN_TIMER
from local.host.ports import HOST
from tests.host.hosts import ask, eventually
from tests.up.running_up import Up


@contextmanager
def sample_programme() -> Iterator[str]:
    """Its address."""
    up = Up()
    with up.start() as process:
        assert process.stdout
        if not any("events replayed" in line for line in process.stdout):
            pytest.fail("./dev up ended before the programme was replayed")
        address = f"http://{HOST}:{up.port}"
        ask(f"{address}{RUN_TIMER}sweep_fan_outs", "POST")
        eventually(lambda: ask(f"{address}/api/near").json()["countedAt"], 60)
        yield address
