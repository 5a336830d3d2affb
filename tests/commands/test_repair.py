"""./dev repair over the storage of a stopped app."""

import asyncio
from collections.abc import Iterator

import pytest

from local.azurite import Azurite
from local.commands import reconcile, repair
from shared.storage.store import Table
from tests import events
from tests.azure_stores import table_store
from tests.backup.accounts import point_at
from tests.restored import empty, moment, put_back
from tests.world import World

LATER = "2026-05-01T00:00:00Z"
REPAIRABLE = [table for table in Table if table not in (Table.RULES, Table.QUARANTINE)]


async def _lived(connection: str, table: Table, went_back: bool) -> None:
    """Two customers and a partner that lost its certificate; then the table is lost, or as it was before that."""
    async with table_store(connection) as store:
        await empty(store)
        world = World(store)
        await world.post(*events.eligible("C-1"), events.spend("C-2"), events.project("C-2"), *events.qualified())
        before = (await moment(store))[table]
        await world.post(events.certified(level="none", time=LATER), events.attached("C-2"))
        await put_back(store, table, before if went_back else [])


@pytest.fixture(scope="module")
def azurite() -> Iterator[Azurite]:
    with Azurite() as running:
        yield running


ONE_IN_EACH_WAY = [(table, number % 2 == 0) for number, table in enumerate(REPAIRABLE)]
"""Every table in both ways is in memory: tests/repairing."""


@pytest.mark.parametrize(
    ("table", "went_back"),
    ONE_IN_EACH_WAY,
    ids=[f"{table} {'went back' if back else 'lost'}" for table, back in ONE_IN_EACH_WAY],
)
def test_whichever_table_is_restored_in_azurite_a_dry_run_tells_and_a_repair_ends_with_nothing_to_tell(
    table: Table, went_back: bool, azurite: Azurite, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(_lived(azurite.connection_string, table, went_back))
    point_at(monkeypatch, azurite.connection_string)
    differs = reconcile.main([])
    capsys.readouterr()
    assert repair.main(["--dry-run"]) == differs
    assert ("nothing was changed" if differs else "nothing to repair") in capsys.readouterr().out
    assert reconcile.main([]) == differs, "nothing was changed"
    assert repair.main([]) == 0
    assert reconcile.main([]) == 0


def test_lost_rules_are_told_and_the_status_is_1(
    azurite: Azurite, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(_lived(azurite.connection_string, Table.RULES, went_back=False))
    point_at(monkeypatch, azurite.connection_string)
    assert repair.main([]) == 1
    assert "restore the table rules" in capsys.readouterr().out
