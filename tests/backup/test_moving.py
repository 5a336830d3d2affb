"""A programme moves to an empty account, as rows and as events, and nothing differs there."""

from asyncio import to_thread
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.azurite import Azurite
from local.commands import export, reconcile, restore
from local.commands.backup.event_export import export_events
from local.commands.backup.rule_rows import export_rules, import_rules
from local.commands.backup.table_export import export_tables
from local.commands.backup.table_import import import_tables
from local.commands.bulk.event_import import import_events
from local.commands.bulk.given import json_lines
from shared.messaging.sender import Queue
from tests.azure_stores import table_store
from tests.backup.accounts import Outcome, contents, entities, files, handle_events, outcomes, point_at, reconciled
from tests.backup.programme import programme
from tests.memory_sender import MemorySender
from tests.world import World

DEEP = [pytest.mark.deep, pytest.mark.timeout(600)]
SIZES = [pytest.param(60, id="60 customers"), pytest.param(2_000, id="2,000 customers", marks=DEEP)]

type Out = pytest.CaptureFixture[str]


@pytest.fixture
def accounts() -> Iterator[tuple[str, str]]:
    """An account to move from and an empty one."""
    with Azurite() as source, Azurite() as target:
        yield source.connection_string, target.connection_string


async def fill(connection: str, customers: int, folder: Path) -> dict[str, Outcome]:
    """Have a programme in the account, written by the app itself if it is small; gives what everybody was decided."""
    async with table_store(connection) as store:
        if customers < 100:
            return await outcomes(await programme(customers, World(store)))
        made = await programme(customers)
        await export_tables(made.ports, folder)
        await import_tables(World(store).ports, folder, connection)
        return await outcomes(made)


@pytest.mark.parametrize("customers", SIZES)
async def test_between_accounts_as_rows_every_row_arrives_in_its_types_and_nothing_differs(
    customers: int, accounts: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    source, target = accounts
    await fill(source, customers, tmp_path / "made")
    point_at(monkeypatch, source)
    assert await to_thread(export.main, ["--tables", str(tmp_path / "copy")]) == 0
    point_at(monkeypatch, target)
    assert await to_thread(restore.main, [str(tmp_path / "copy")]) == 0
    capsys.readouterr()
    assert await to_thread(reconcile.main, []) == 0
    assert capsys.readouterr().out == "no differences\n"
    assert entities(target) == entities(source)
    assert await to_thread(export.main, ["--tables", str(tmp_path / "again")]) == 0
    assert files(tmp_path / "again") == files(tmp_path / "copy")


@pytest.mark.parametrize("customers", SIZES)
async def test_between_accounts_as_events_everybody_is_decided_alike_and_nothing_differs(
    customers: int, accounts: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    source, target = accounts
    before = await fill(source, customers, tmp_path / "made")
    file = tmp_path / "programme.jsonl"
    point_at(monkeypatch, source)
    assert await to_thread(export.main, [str(file)]) == 0
    point_at(monkeypatch, target)
    monkeypatch.setenv("NOTIFICATIONS_SOURCE", "/moved")
    assert await to_thread(restore.main, [str(file)]) == 0
    assert "warning" not in capsys.readouterr().err
    sent = await handle_events(target, "/moved")
    assert await to_thread(reconcile.main, []) == 0
    assert capsys.readouterr().out == "no differences\n"
    async with table_store(target) as store:
        assert await outcomes(World(store)) == before
    assert {each["source"] for each in sent} == {"/moved"}
    assert await to_thread(export.main, [str(tmp_path / "again.jsonl")]) == 0
    assert (tmp_path / "again.jsonl").read_bytes() == file.read_bytes()


async def test_2000_customers_move_both_ways_between_stores_in_memory(tmp_path: Path) -> None:
    world = await programme(2_000)
    before = await outcomes(world)
    await export_tables(world.ports, tmp_path / "copy")
    as_rows = World()
    await import_tables(as_rows.ports, tmp_path / "copy", "memory")
    assert await contents(as_rows.store) == await contents(world.store)
    assert await reconciled(as_rows) == []
    file = tmp_path / "programme.jsonl"
    await export_rules(as_rows.ports, tmp_path / "rules")
    await export_events(as_rows.ports, file)
    as_events, sender = World(), MemorySender()
    await import_rules(as_events.ports, tmp_path / "rules")
    await import_events(as_events.ports, sender, json_lines(file), "memory")
    await as_events.settle()
    await as_events.post(*(message.body for message in sender.queues[Queue.EVENTS]))
    assert await reconciled(as_events) == []
    assert await outcomes(as_events) == before
    await export_events(as_events.ports, tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == file.read_bytes()
