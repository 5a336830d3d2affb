"""The watched store: a test that plans what never happens is told so."""

from local.commands.backup.memory_store import MemoryStore
from shared.storage.store import Row, Table
from tests.watched_store import WatchedStore, breaking_at, never_happened, once_at


async def nothing() -> None:
    """What would be done in between."""


async def test_what_is_planned_at_a_call_that_is_never_made_is_told() -> None:
    store = WatchedStore(MemoryStore(), once_at("write", Table.DIRECTORY, nothing), breaking_at(2))
    await store.merge(Table.DIRECTORY, Row("C-1", "C-1"), "*")
    assert never_happened() == ["act at write directory", "break at call 2"]
    assert never_happened() == []


async def test_what_happened_or_was_only_perhaps_to_happen_is_not_told() -> None:
    store = WatchedStore(MemoryStore(), once_at("merge", Table.DIRECTORY, nothing), breaking_at(2, perhaps=True))
    await store.merge(Table.DIRECTORY, Row("C-1", "C-1"), "*")
    assert never_happened() == []
