"""Rule sets travel beside the events: into a new deployment whole, into a used one only if they are the same."""

from asyncio import to_thread
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from local.commands import restore
from local.commands.app import CommandError
from local.commands.backup.rule_rows import export_rules, import_rules
from shared.rules.released import READS
from shared.storage import keys
from shared.storage.store import Table
from shared.workflow.change_rules import activate
from shared.workflow.sweep import sweep_fan_outs
from tests import events
from tests.azure_stores import table_store
from tests.backup.accounts import contents, point_at, reconciled, take_events
from tests.backup.programme import programme, stricter_rules
from tests.restored import put_back
from tests.watched_store import WatchedStore, once_at
from tests.world import World

LATER = "2026-04-01T00:00:00Z"

type Out = pytest.CaptureFixture[str]


@pytest.fixture
async def rules(tmp_path: Path) -> tuple[World, Path]:
    """A programme and the file of its rule sets."""
    world, path = await programme(5), tmp_path / "f.rules.jsonl"
    assert await export_rules(world.ports, path) == 2
    return world, path


async def told(world: World) -> list[Any]:
    """What is known of the rule sets, but for the versions of their rows."""
    rule_sets = world.ports.rule_sets
    state = await rule_sets.load()
    assert state is not None
    versions = [replace(each, etag=None) for each in await rule_sets.versions(None, 10)]
    return [replace(state, etag=None), versions, [await rule_sets.changes(number, 10) for number in (1, 2)]]


@pytest.mark.parametrize("started", [False, True], ids=["an empty account", "an app that was started"])
async def test_a_new_deployment_gets_every_version_with_its_number_state_and_history(
    started: bool, rules: tuple[World, Path]
) -> None:
    source, path = rules
    target = World()
    if started:
        await target.ports.rule_books.book(None)
    assert (await import_rules(target.ports, path)).startswith("rule sets stored: 1 from 2023-02-13 (")
    assert await told(target) == await told(source)
    assert await import_rules(target.ports, path) == "the rule sets in force are the same"


async def test_a_dry_run_says_what_would_be_stored_and_stores_nothing(rules: tuple[World, Path]) -> None:
    _, path = rules
    target = World()
    said = await import_rules(target.ports, path, dry_run=True)
    assert said.startswith("rule sets would be stored: 1 from 2023-02-13 (")
    assert not any((await contents(target.store)).values())


async def test_whom_the_app_decides_while_they_are_stored_is_decided_again(rules: tuple[World, Path]) -> None:
    _, path = rules
    target = World()
    await target.ports.rule_books.book(None)

    async def decide_by_the_shipped_rules() -> None:
        await target.post(*events.qualified(), *events.eligible(), events.spend(amount="310000", time=LATER))
        assert await target.status() == "eligible"

    watched = WatchedStore(target.store, before=once_at("commit", Table.RULES, decide_by_the_shipped_rules))
    await import_rules(target.worker(watched), path)
    await target.settle()
    assert await target.status() == "ineligible"
    assert await reconciled(target) == []


async def test_where_others_are_in_force_or_somebody_is_decided_it_stops_and_changes_nothing(
    rules: tuple[World, Path],
) -> None:
    _, path = rules
    changed, decided = World(), World()
    await activate(changed.ports, (await stricter_rules(changed, "1")).version)
    await decided.post(events.spend())
    for target in (changed, decided):
        before = await contents(target.store)
        with pytest.raises(CommandError, match=r"other rule sets are in force than in .* or give --keep-rules"):
            await import_rules(target.ports, path)
        assert await contents(target.store) == before


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "is of format None"),
        (b'{"format": 2}\n', "is of format 2; this version reads format 1"),
        (b'{"format": 1}\n', "is not the rule sets of a deployment"),
        (b'{"format": 1}\n{}\n', "line 2: it has no PartitionKey"),
    ],
)
async def test_a_file_of_another_format_or_kind_is_refused(text: bytes, reason: str, tmp_path: Path) -> None:
    path, target = tmp_path / "f", World()
    path.write_bytes(text)
    with pytest.raises(CommandError, match=reason):
        await import_rules(target.ports, path)
    assert not any((await contents(target.store)).values())


async def test_the_command_sends_no_event_before_the_rule_sets_are_settled(
    rules: tuple[World, Path], monkeypatch: pytest.MonkeyPatch, own_azurite: str, capsys: Out
) -> None:
    _, path = rules
    point_at(monkeypatch, own_azurite)
    file = path.with_name("f")
    file.write_bytes(events.spend() + b"\n")
    async with table_store(own_azurite) as store:
        await World(store).post(events.spend())
    assert await to_thread(restore.main, [str(file)]) == 1
    assert "--keep-rules" in capsys.readouterr().err
    assert await to_thread(restore.main, [str(file), "--keep-rules"]) == 0
    assert len(take_events(own_azurite)) == 1


async def test_where_the_rules_were_lost_those_of_the_file_are_stored_and_everybody_is_decided_by_them(
    rules: tuple[World, Path],
) -> None:
    source, path = rules
    await put_back(source.store, Table.RULES, [])
    source.ports = source.worker()
    assert (await import_rules(source.ports, path)).startswith("rule sets stored: ")
    source.now += timedelta(minutes=3)
    await sweep_fan_outs(source.ports)
    await source.settle()
    assert await reconciled(source) == []


async def test_a_version_that_means_something_else_here_is_not_replaced(rules: tuple[World, Path]) -> None:
    _, path = rules
    target = World()
    await target.post(events.spend())
    await activate(target.ports, (await stricter_rules(target, "1")).version)
    await target.store.delete(Table.RULES, keys.RULES, keys.RULES_EPOCH)
    before = await contents(target.store)
    with pytest.raises(CommandError, match=r"version 2 is stored and is another than in .*--unpreviewed"):
        await import_rules(target.worker(), path)
    assert await contents(target.store) == before


async def test_what_the_oldest_version_that_may_run_cannot_read_is_not_imported(
    rules: tuple[World, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, path = rules
    old = replace(READS["0.2.0"], document={**READS["0.2.0"].document, "currency": frozenset(("EUR",))})
    monkeypatch.setitem(READS, "0.1.9", old)
    target = World()
    with pytest.raises(CommandError, match=r"version 1 is active, and version 0\.1\.9, .* cannot read this rule set"):
        await import_rules(target.worker(oldest_version="0.1.9"), path)
    assert not any((await contents(target.store)).values())
