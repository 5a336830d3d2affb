"""The product's own store over a storage account, as the composition root makes it, closed at the end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.messaging.storage_queue import StorageQueueSender
from shared.ports import Ports
from shared.settings import STORAGE, read_settings
from shared.storage.tables import TableStore
from shared.storage_account import storage_account


@asynccontextmanager
async def table_store(connection: str) -> AsyncIterator[TableStore]:
    store, _ = storage_account(read_settings({STORAGE: connection}))
    try:
        yield store
    finally:
        await store.close()


async def closed(ports: Ports) -> None:
    assert isinstance(ports.store, TableStore)
    assert isinstance(ports.sender, StorageQueueSender)
    await ports.store.close()
    await ports.sender.close()
