"""The hosts whose behaviour is tested: development hosts, and two real ones where the environment names them.

A real one serves ``tests/host/app`` with the settings ``OF_FIRST`` (at FUNCTIONS_HOST_URL) or ``OF_SECOND`` (at
FUNCTIONS_HOST_SECOND_URL) below and PREFIX, here FUNCTIONS_HOST_PREFIX, with "second" behind it for the second;
FUNCTIONS_HOST_STORAGE is the connection string of its AzureWebJobsStorage. FUNCTIONS_HOST_KEYS holds its keys, where it
asks for any, as ``own=...,default=...,master=...``: ``own`` is of the function ``locked``. For example:

    cd tests/host/app; export PREFIX=real SCHEDULE="0 0 0 1 1 *" AzureWebJobsStorage=UseDevelopmentStorage=true
    export Storage=$AzureWebJobsStorage AzureFunctionsJobHost__extensions__queues__visibilityTimeout=00:00:01
    func start

What needs more than one host or its process (``test_timers.py``, the last of ``test_ends.py``) is tried on development
hosts alone. docs/decisions says where the development host differs on purpose.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.host.hosts import ServedApp, running

QUEUES: Final = "AzureFunctionsJobHost__extensions__queues__"
FUNCTION_TIMEOUT: Final = 3
OF_FIRST: Final = {f"{QUEUES}visibilityTimeout": "00:00:01"}
OF_SECOND: Final = {
    "CATCH_ALL": "yes",
    "AzureFunctionsJobHost__functionTimeout": f"00:00:0{FUNCTION_TIMEOUT}",
    f"{QUEUES}messageEncoding": "none",
    f"{QUEUES}visibilityTimeout": "00:00:01",
}
FIRST, SECOND = "FUNCTIONS_HOST_URL", "FUNCTIONS_HOST_SECOND_URL"
KEYS: Final = {"own": "own-key", "default": "default-key==", "master": "master-key"}
OPTIONS: Final = ("--key", KEYS["default"], "--key", f"locked:{KEYS['own']}", "--key", f"_master:{KEYS['master']}")


def _hosts(setting: str) -> tuple[str, ...]:
    return ("development", "real") if os.environ.get(setting) else ("development",)


@contextmanager
def _serving(which: str, setting: str, prefix: str, azurite: str, log: Path, **settings: str) -> Iterator[ServedApp]:
    if which == "development":
        with running(azurite, log, *OPTIONS, **settings) as host:
            host.keys = KEYS
            yield host
    else:
        pairs = (each.partition("=") for each in os.environ.get("FUNCTIONS_HOST_KEYS", "").split(",") if each)
        yield ServedApp(
            url=os.environ[setting].rstrip("/"),
            prefix=os.environ.get("FUNCTIONS_HOST_PREFIX", "") + prefix,
            connection=os.environ.get("FUNCTIONS_HOST_STORAGE", ""),
            keys={name: key for name, _, key in pairs},
        )


@pytest.fixture(scope="package")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hosts")


@pytest.fixture(scope="package", params=_hosts(FIRST))
def served(request: pytest.FixtureRequest, azurite: str, logs: Path) -> Iterator[ServedApp]:
    with _serving(request.param, FIRST, "", azurite, logs / "first", **OF_FIRST) as app:
        yield app


@pytest.fixture(scope="package", params=_hosts(SECOND))
def served_second(request: pytest.FixtureRequest, azurite: str, logs: Path) -> Iterator[ServedApp]:
    """The app with its catch-all over everything, and texts on queues as they are."""
    with _serving(request.param, SECOND, "second", azurite, logs / "second", **OF_SECOND) as app:
        yield app


@pytest.fixture
def fed(served: ServedApp) -> ServedApp:
    return _with_storage(served)


@pytest.fixture
def fed_second(served_second: ServedApp) -> ServedApp:
    return _with_storage(served_second)


@pytest.fixture(params=_hosts(FIRST))
def doomed(request: pytest.FixtureRequest, azurite: str, log: Path) -> Iterator[ServedApp]:
    """For a test that ends its worker, which forgets what it saw: a development host of its own."""
    with _serving(request.param, FIRST, "", azurite, log, **OF_FIRST) as app:
        yield _with_storage(app)


@pytest.fixture(params=_hosts(SECOND))
def doomed_second(request: pytest.FixtureRequest, azurite: str, log: Path) -> Iterator[ServedApp]:
    with _serving(request.param, SECOND, "second", azurite, log, **OF_SECOND) as app:
        yield _with_storage(app)


def _with_storage(app: ServedApp) -> ServedApp:
    if not app.connection:
        pytest.skip("FUNCTIONS_HOST_STORAGE names no storage of the real host")
    return app


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"
