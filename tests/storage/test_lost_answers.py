"""Writes of the table store whose answer never came: what took effect is recognised as one's own, not as a conflict."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from urllib.parse import urlsplit

import pytest

from shared.azure_rest import endpoint
from shared.azure_rest.connection_string import parse_connection_string
from shared.storage.store import ANY, Conflict, Row, Store, StoreUnavailableError, Table, Write
from tests.azure_stores import table_store
from tests.faults.proxy import Fault, FaultProxy

type Operation = Callable[[Store, str], Awaitable[object]]


def row(key: str, **properties: int) -> Row:
    return Row("lost", key, properties)


OPERATIONS: dict[str, Operation] = {
    "insert": lambda store, _: store.write(Table.WORK, row("new", n=2)),
    "replace": lambda store, etag: store.write(Table.WORK, row("old", n=2), etag),
    "upsert": lambda store, _: store.write(Table.WORK, row("old", n=2), ANY),
    "merge": lambda store, etag: store.merge(Table.WORK, row("old", n=2), etag),
    "delete": lambda store, etag: store.delete(Table.WORK, "lost", "old", etag),
    "commit": lambda store, etag: store.commit(Table.WORK, [Write(row("old", n=2), etag), Write(row("new", n=2))]),
}


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "Patience", partial(endpoint.Patience, first_pause=0))


@asynccontextmanager
async def behind(azurite: str, fault: Fault, number: int = 1) -> AsyncIterator[tuple[Store, Store, str]]:
    """A store whose call of that number meets the fault, another without faults, and the version of row ``old``."""
    port = urlsplit(parse_connection_string(azurite).table_address).port or 0
    async with FaultProxy((port, port), fault, number) as proxy, table_store(azurite) as straight:
        for key in ("old", "new"):
            await straight.delete(Table.WORK, "lost", key)
        etag = await straight.write(Table.WORK, row("old", n=1))
        async with table_store(azurite.replace(f":{port}/", f":{proxy.ports[0]}/")) as proxied:
            yield proxied, straight, etag


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.BROKEN, Fault.RESET, Fault.BUSY, Fault.THROTTLED])
@pytest.mark.parametrize("operation", OPERATIONS)
async def test_a_write_that_meets_a_fault_succeeds_once_and_gives_the_standing_versions(
    azurite: str, operation: str, fault: Fault
) -> None:
    async with behind(azurite, fault) as (proxied, straight, etag):
        given = await OPERATIONS[operation](proxied, etag)
        old, new = [await straight.get(Table.WORK, "lost", key) for key in ("old", "new")]
    standing = {"insert": new, "commit": old}.get(operation, old)
    if operation == "delete":
        assert standing is None
        return
    assert standing is not None
    assert standing.properties["n"] == 2
    assert given == ([old and old.etag, new and new.etag] if operation == "commit" else standing.etag)


@pytest.mark.parametrize("operation", ["insert", "replace", "merge", "commit"])
async def test_a_row_that_another_writer_put_there_stays_a_conflict(azurite: str, operation: str) -> None:
    async with behind(azurite, Fault.RESET) as (proxied, straight, etag):
        await straight.write(Table.WORK, row("new", n=7), ANY)
        await straight.write(Table.WORK, row("old", n=7), ANY)
        with pytest.raises(Conflict):
            await OPERATIONS[operation](proxied, etag)
        found = [await straight.get(Table.WORK, "lost", key) for key in ("old", "new")]
    assert [each and each.properties["n"] for each in found] == [7, 7]


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_a_store_that_stays_silent_is_unavailable(azurite: str, operation: str) -> None:
    async with behind(azurite, Fault.DEAD_BEFORE) as (proxied, _, etag):
        with pytest.raises(StoreUnavailableError, match="table storage: "):
            await OPERATIONS[operation](proxied, etag)
