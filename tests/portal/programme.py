"""The sample programme as ``./dev up`` starts it: everything has happened, and everybody has been counted."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.host.development_storage import connection_string
from local.host.host import RUN_TIMER
from local.host.ports import HOST
from tests.host.hosts import ask, eventually
from tests.running_app import running_app
from tests.up.running_up import Up


@dataclass(frozen=True)
class Programme:
    """The address of the app, and of the same with app roles and one approval needed."""

    home: str
    guarded: str


@contextmanager
def guarded_programme() -> Iterator[Programme]:
    """One that tests may change."""
    up = Up()
    with sample_programme(up) as home, tempfile.TemporaryDirectory() as folder:
        blob, queue, table = up.azurite
        settings = {"AUTHORISATION": "app-roles", "WEBSITE_AUTH_ENABLED": "True", "APPROVALS": "1"}
        log, connection = Path(folder) / "log", connection_string((blob, queue, table))
        with running_app(connection, log, "--port", "0", **settings) as app:
            yield Programme(home, app.url)


@contextmanager
def sample_programme(up: Up | None = None) -> Iterator[str]:
    """Its address."""
    up = up or Up()
    with up.start() as process:
        assert process.stdout
        if not any("events replayed" in line for line in process.stdout):
            pytest.fail("./dev up ended before the programme was replayed")
        address = f"http://{HOST}:{up.port}"
        ask(f"{address}{RUN_TIMER}sweep_fan_outs", "POST")
        eventually(lambda: ask(f"{address}/api/near").json()["countedAt"], 60)
        yield address
