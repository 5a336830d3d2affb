"""Each test of this folder asks an app of its own."""

import pytest

from shared import wiring
from tests.queries.world import World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """The handlers take their ports from the composition root, which keeps what was built once: here, in memory."""
    made = World()
    monkeypatch.setattr(wiring, "_built", made.ports)
    return made
