"""./dev reindex over an account."""

import asyncio

import pytest
from azure.data.tables import TableServiceClient

from local.azurite import Azurite
from local.commands import reconcile, reindex
from shared.storage import keys
from tests import events
from tests.azure_stores import table_store
from tests.world import World


async def _filled(connection: str) -> None:
    async with table_store(connection) as store:
        await World(store).post(events.spend(), events.spend("C-2"))


def test_a_row_that_is_gone_and_one_in_the_wrong_partition_are_mended(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Azurite() as azurite:
        asyncio.run(_filled(azurite.connection_string))
        with TableServiceClient.from_connection_string(azurite.connection_string) as tables:
            heads = tables.get_table_client("heads")
            heads.delete_entity(keys.head_partition("C-1"), "C-1")
            row = heads.get_entity(keys.head_partition("C-2"), "C-2")
            heads.create_entity({**row, "PartitionKey": "00"})
        monkeypatch.setenv("EligibilityStorage", azurite.connection_string)
        assert reconcile.main([]) == 1
        assert capsys.readouterr().out.endswith("2 differences\n")
        assert reindex.main([]) == 0
        assert capsys.readouterr().out == "2 rows of the population index were wrong and are written\n"
        assert reconcile.main([]) == 0
        assert reindex.main([]) == 0
        assert capsys.readouterr().out == "no differences\nnothing was wrong\n"
