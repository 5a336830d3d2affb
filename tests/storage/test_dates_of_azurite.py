"""The dates of answers as the storage gives them: of reads and writes, of queries, of queues and of refusals."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from shared.messaging.sender import Queue
from shared.messaging.storage_queue import StorageQueueSender
from shared.settings import STORAGE, read_settings
from shared.storage.store import Row, Span, Table
from shared.storage.tables import TableStore
from shared.storage_account import storage_account
from shared.storage_clock import StorageClock

type Do = Callable[[TableStore, StorageQueueSender], Awaitable[object]]

CALLS: dict[str, Do] = {
    "a row that is not there": lambda store, _: store.get(Table.WORK, "nobody", "nobody"),
    "a write": lambda store, _: store.write(Table.WORK, Row("dates", "row"), "*"),
    "a query": lambda store, _: store.query(Table.WORK, Span("nobody"), 1),
    "a queue": lambda _, sender: sender._create(Queue.EVENTS),
}


@pytest.mark.parametrize("do", CALLS.values(), ids=CALLS)
async def test_every_answer_tells_the_storage_clock_what_time_it_is(azurite: str, do: Do) -> None:
    clock = StorageClock()
    store, sender = storage_account(read_settings({STORAGE: azurite}), clock=clock)
    try:
        await do(store, sender)
    finally:
        await store.close()
        await sender.close()
    now = clock.now()
    assert now is not None
    assert abs(datetime.now(UTC) - now) < timedelta(seconds=30)
    clock.check()
