"""The hosts whose behaviour is tested: development hosts, and real ones where the environment names them."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.host.hosts import running

HOST, CATCH_ALL_HOST = "FUNCTIONS_HOST_URL", "FUNCTIONS_HOST_CATCH_ALL_URL"
KEYS = {"own": "own-key", "default": "default-key==", "master": "master-key"}
OPTIONS = ("--key", KEYS["default"], "--key", f"locked:{KEYS['own']}", "--key", f"_master:{KEYS['master']}")


@dataclass(frozen=True)
class Place:
    """Where a host answers; without ``keys`` it asks for none."""

    url: str
    keys: dict[str, str] = field(default_factory=dict)


def _hosts(setting: str) -> tuple[str, ...]:
    return ("development", "real") if os.environ.get(setting) else ("development",)


def _named(setting: str) -> Place:
    """A real host; FUNCTIONS_HOST_KEYS holds its keys as ``own=...,default=...,master=...``."""
    url = os.environ[setting]
    pairs = (each.partition("=") for each in os.environ.get("FUNCTIONS_HOST_KEYS", "").split(",") if each)
    return Place(url.rstrip("/"), {name: key for name, _, key in pairs})


@pytest.fixture(scope="module", params=_hosts(HOST))
def place(request: pytest.FixtureRequest, azurite: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    if request.param == "real":
        yield _named(HOST)
        return
    with running(azurite, tmp_path_factory.mktemp("host") / "log", *OPTIONS) as host:
        yield Place(host.url, KEYS)


@pytest.fixture(scope="module", params=_hosts(CATCH_ALL_HOST))
def place_of_all(
    request: pytest.FixtureRequest, azurite: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """The app with its catch-all over everything."""
    if request.param == "real":
        yield _named(CATCH_ALL_HOST)
        return
    with running(azurite, tmp_path_factory.mktemp("host") / "log", *OPTIONS, CATCH_ALL="yes") as host:
        yield Place(host.url, KEYS)
