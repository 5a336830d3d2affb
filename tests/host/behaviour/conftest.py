"""The hosts whose behaviour is tested: development hosts, and two real ones where the environment names them.

A real one serves ``tests/host/app`` with the settings ``OF_FIRST`` (at FUNCTIONS_HOST_URL) or ``OF_SECOND`` (at
FUNCTIONS_HOST_SECOND_URL) below and PREFIX, here FUNCTIONS_HOST_PREFIX, with "second" behind it for the second;
FUNCTIONS_HOST_STORAGE is the connection string of its AzureWebJobsStorage. FUNCTIONS_HOST_KEYS holds its keys, where it
asks for any, as ``own=...,default=...,master=...``: ``own`` is of the function ``locked``. For example:

    cd tests/host/app; export PREFIX=real SCHEDULE="0 0 0 1 1 *" AzureWebJobsStorage=UseDevelopmentStorage=true
    export EligibilityStorage=$AzureWebJobsStorage AzureFunctionsJobHost__extensions__queues__visibilityTimeout=00:00:01
    func start

What needs more than one host or its process (``test_timers.py``, the last of ``test_ends.py``) is tried on development
hosts alone. docs/decisions.md says where the development host differs on purpose.
"""

import os
from collections.abc import Iterator
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


def _named(setting: str, prefix: str) -> ServedApp:
    pairs = (each.partition("=") for each in os.environ.get("FUNCTIONS_HOST_KEYS", "").split(",") if each)
    return ServedApp(
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
    if request.param == "real":
        yield _named(FIRST, "")
        return
    with running(azurite, logs / "first", *OPTIONS, **OF_FIRST) as host:
        host.keys = KEYS
        yield host


@pytest.fixture(scope="package", params=_hosts(SECOND))
def served_second(request: pytest.FixtureRequest, azurite: str, logs: Path) -> Iterator[ServedApp]:
    """The app with its catch-all over everything, and texts on queues as they are; a short functionTimeout."""
    if request.param == "real":
        yield _named(SECOND, "second")
        return
    with running(azurite, logs / "second", *OPTIONS, **OF_SECOND) as host:
        host.keys = KEYS
        yield host


@pytest.fixture
def fed(served: ServedApp) -> ServedApp:
    if not served.connection:
        pytest.skip("FUNCTIONS_HOST_STORAGE names no storage of the real host")
    return served


@pytest.fixture
def fed_second(served_second: ServedApp) -> ServedApp:
    if not served_second.connection:
        pytest.skip("FUNCTIONS_HOST_STORAGE names no storage of the real host")
    return served_second


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"
