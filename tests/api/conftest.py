"""One app for the tests, and one that has handled the whole sample programme."""

from datetime import UTC, datetime

import pytest

from local.replay import bodies
from shared import wiring
from tests.api.world import World
from tests.functions.children import ROOT


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(wiring, "_built", made.ports)
    return made


@pytest.fixture(scope="module")
def _programme() -> World:
    made = World()
    made.now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    return made


@pytest.fixture
async def programme(_programme: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """An app that has handled the sample events; the tests of a module share it."""
    monkeypatch.setattr(wiring, "_built", _programme.ports)
    if not _programme.store.writes:
        await _programme.handle(*bodies(ROOT / "samples" / "events.jsonl"))
    return _programme
