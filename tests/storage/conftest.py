"""Each test of this folder runs over both stores."""

from collections.abc import AsyncIterator

import pytest
from azure.data.tables.aio import TableServiceClient

from local.commands.backup.memory_store import MemoryStore
from shared.storage.store import Store, Table
from tests.azure_stores import table_store


@pytest.fixture(params=["memory", "tables"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    connection = request.getfixturevalue("azurite")
    async with TableServiceClient.from_connection_string(connection) as service:
        for table in Table:
            await service.delete_table(table.value)
    async with table_store(connection) as tables:
        yield tables
