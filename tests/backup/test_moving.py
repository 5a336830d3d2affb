"""A programme moves to an empty account, as rows and as events, and nothing differs there."""

import json
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
from tests import events
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


@pytest.mark.parametrize("customers", [400, pytest.param(2_000, marks=DEEP)])
async def test_a_programme_moves_both_ways_between_stores_in_memory(tmp_path: Path, customers: int) -> None:
    world = await programme(customers)
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


async def test_a_move_in_two_exports_while_the_old_deployment_works_ends_with_everything_and_both_agree(
    tmp_path: Path,
) -> None:
    """As docs/how-to/deploy.md says of another region: the second export brings what came meanwhile."""
    old = await programme(40)
    new, sender = World(), MemorySender()
    new.ports.source = "/fasttrack-eligibility/other-region"
    await _carried(old, new, sender, tmp_path / "first")
    late = [events.spend("C-00001", "1", time="2026-05-01T00:00:00Z"), *events.eligible("C-late")]
    await old.post(*late)
    assert await outcomes(new) != await outcomes(old)
    await new.post(late[0])  # the producers send to both for a while
    await _carried(old, new, sender, tmp_path / "second")
    assert await outcomes(new) == await outcomes(old)
    assert await reconciled(new) == []
    ids = [{(each["source"], each["id"]) for each in notifications(world)} for world in (old, new)]
    assert ids[0].isdisjoint(ids[1])
    assert all(ids)


async def test_the_export_alone_brings_back_the_facts_of_a_deployment_that_was_taken_down(tmp_path: Path) -> None:
    old = await programme(40)
    before = await outcomes(old)
    await export_rules(old.ports, tmp_path / "facts.rules.jsonl")
    await export_events(old.ports, tmp_path / "facts.jsonl")
    del old
    again, sender = World(), MemorySender()
    await import_rules(again.ports, tmp_path / "facts.rules.jsonl")
    await import_events(again.ports, sender, json_lines(tmp_path / "facts.jsonl"), "memory")
    await again.settle()
    await again.post(*(message.body for message in sender.queues[Queue.EVENTS]))
    assert await outcomes(again) == before


async def _carried(old: World, new: World, sender: MemorySender, file: Path) -> None:
    await export_rules(old.ports, file.with_suffix(".rules.jsonl"))
    await export_events(old.ports, file)
    await import_rules(new.ports, file.with_suffix(".rules.jsonl"))
    await new.settle()
    sender.queues[Queue.EVENTS].clear()
    await import_events(new.ports, sender, json_lines(file), "memory")
    await new.post(*(message.body for message in sender.queues[Queue.EVENTS]))


def notifications(world: World) -> list[dict[str, str]]:
    return [json.loads(message.body) for message in world.sent.queues[Queue.NOTIFICATIONS]]
