"""Rows of every released version are read, and decided from, by this one; rows of this one by the last released."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from local.commands.backup.row_checks import check_row
from local.commands.repairing.reconcile import differences
from local.commands.repairing.repair import repair
from shared.messaging.sender import Message, Queue
from shared.settings import RELEASED
from shared.storage.store import ANY, Row, Span, Table
from shared.workflow.receive_event import receive_event
from shared.workflow.sweep import sweep_due, sweep_fan_outs, sweep_outboxes
from tests import events
from tests.later_version import all_rows, own, write_as_later
from tests.released.lines import read_row, write_row
from tests.released.running import FOLDER, run_by
from tests.world import World

ADDED = {Table.HEADS, Table.QUESTIONS, Table.UPCOMING, Table.NAMES}
"""Tables that no released version has."""
MESSAGES = [
    json.dumps(["eligibility-recompute", json.dumps(body)])
    for body in (
        {"customers": ["C-1", "C-2"], "partnerId": "P-1", "revision": 4},
        {"customers": ["C-1", "C-2", "C-3"], "epoch": 3},
        {"customers": ["C-1"], "day": "2026-06-01"},
    )
]
OTHERWISE = ("criteria", "cause", "decidedOn", "nextChangeOn", "losesOn", "gainsOn", "expiring", "byException")
"""What versions say otherwise of one outcome: why, on which days the customer was, and will be, decided again, and what
is known of the time ahead; by rules that warn of no loss."""
LATER = [
    events.spend("C-1", "1", time="2026-04-01T00:00:00Z"),
    events.attached("C-2", "P-2", time="2026-04-01T00:00:00Z"),
    events.certified("P-2", "gold", time="2026-04-01T00:00:00Z"),
    events.spend("C-5", "900000"),
]


@dataclass
class Ended:
    """What is stored, sent and put aside when nothing is left to do."""

    customers: dict[str, dict[str, Any]] = field(default_factory=dict)
    notified: list[tuple[str, str]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    kept: int = 0


async def ended(lines: Iterable[str]) -> Ended:
    end, world = Ended(), World()
    for line in lines:
        match json.loads(line):
            case ["eligibility-notifications", body]:
                data = json.loads(body)
                end.notified.append((data["id"], data["data"]["status"]))
            case [queue, body]:
                end.left.append(f"{queue}: {body}")
            case [table, _, key, *_]:
                await world.store.write(Table(table), read_row(line), ANY)
                if key.startswith(("outbox~", "fan-out~")):
                    end.left.append(key)
                end.kept += key.startswith("message~")
    for row in await world.store.query(Table.DIRECTORY, Span(), 1000):
        state = await world.state(row.partition)
        decided = {name: value for name, value in (state.decision or {}).items() if name not in OTHERWISE}
        end.customers[row.partition] = {**decided, "sent": state.sent, "registers": state.registers}
    end.notified = sorted(set(end.notified))
    return end


async def loaded(lines: Iterable[str]) -> World:
    world = World()
    for line in lines:
        match json.loads(line):
            case [queue, body]:
                await world.sent.send(Queue(queue), Message(body.encode()))
            case [table, *_]:
                await world.store.write(Table(table), read_row(line), ANY)
    return world


async def gone_on(world: World) -> list[str]:
    """As ``run.py go-on`` of a released version does."""
    for body in LATER:
        await receive_event(world.ports, body, 1)
        await world.settle()
    await world.settle()
    for days in (0, 100, 30):
        world.now += timedelta(days=days, minutes=10)
        for sweep in (sweep_outboxes, sweep_due, sweep_fan_outs):
            await sweep(world.ports)
            await world.settle()
    return await written(world)


async def written(world: World) -> list[str]:
    rows = [write_row(table, row) for (table, _, _), row in (await all_rows(world.store)).items()]
    waiting = [(queue, each) for queue in (Queue.RECOMPUTE, Queue.NOTIFICATIONS) for each in world.sent.queues[queue]]
    return rows + [json.dumps([queue.value, each.body.decode()]) for queue, each in waiting]


def released(version: str, folder: Path, lines: Iterable[str]) -> list[str]:
    """What a released version makes of these rows and messages, and of the events."""
    later = [json.dumps(["eligibility-events", body.decode()]) for body in LATER]
    known = [line for line in lines if json.loads(line)[0] not in ADDED]
    return run_by(version, folder, [*known, *later])


def stored(version: str) -> list[str]:
    return (FOLDER / version / "rows.jsonl").read_text().splitlines()


@pytest.mark.parametrize("version", RELEASED)
async def test_every_row_of_a_released_version_is_read(version: str) -> None:
    rows = [line for line in stored(version) if len(json.loads(line)) > 2]
    assert {Table(json.loads(line)[0]) for line in rows} == set(Table) - ADDED
    for line in rows:
        await check_row(Table(json.loads(line)[0]), read_row(line))


@pytest.mark.parametrize("version", RELEASED)
async def test_this_version_ends_where_the_released_one_would_have(version: str, tmp_path: Path) -> None:
    lines = [*stored(version), *MESSAGES]
    world = await loaded(lines)
    mine, theirs = await ended(await gone_on(world)), await ended(released(version, tmp_path, lines))
    assert mine == theirs
    assert (mine.left, mine.kept) == ([], 1)
    assert {name: each["status"] for name, each in mine.customers.items()} == {
        "C-1": "ineligible",
        "C-2": "eligible",
        "C-3": "eligible",
        "C-4": "ineligible",
        "C-5": "ineligible",
    }
    assert [each async for each in differences(world.ports)] == []


async def test_the_last_released_version_ends_where_this_one_would_have(tmp_path: Path) -> None:
    world = await loaded([*stored(RELEASED[-1]), *MESSAGES])
    world.ports = world.worker(oldest_version=RELEASED[-1])
    await world.post(events.spend("C-6", "400000"), events.certified("P-3"))
    waits = events.certified("P-1", "silver", time="2026-03-15T00:00:00Z")  # its fan-out does
    await receive_event(world.ports, waits, 1)
    lines = await written(world)
    theirs = await ended(released(RELEASED[-1], tmp_path, lines))
    mine = await ended(await gone_on(await loaded(lines)))
    assert mine == theirs
    assert (theirs.left, theirs.kept) == ([], 1)


async def test_the_last_released_version_reads_rows_that_a_later_one_has_added_to(tmp_path: Path) -> None:
    """To properties and members; of registers it keeps those it knows."""
    world = await loaded(stored(RELEASED[-1]))
    for (table, _, _), row in (await all_rows(world.store)).items():
        if table in (Table.PARTNERS, Table.WORK, Table.DIRECTORY, Table.ATTACHMENTS, Table.QUARANTINE):
            await write_as_later(world.store, table, row)
    assert (await ended(released(RELEASED[-1], tmp_path, await written(world)))).left == []


async def test_what_this_version_adds_survives_a_turn_of_the_next(tmp_path: Path) -> None:
    world = await loaded(stored(RELEASED[-1]))
    added = {}
    for where, row in (await all_rows(world.store)).items():
        await write_as_later(world.store, where[0], row)
        added[where] = own(where[0], (await all_rows(world.store))[where])
    await gone_on(world)
    after = await all_rows(world.store)
    for where in added.keys() & after.keys():
        assert own(where[0], after[where]) == added[where], where


def test_rows_are_written_as_they_were_read() -> None:
    for line in stored(RELEASED[-1]):
        if len(json.loads(line)) > 2:
            row = read_row(line)
            assert read_row(write_row(Table(json.loads(line)[0]), row)) == Row(row.partition, row.key, row.properties)


async def test_the_last_released_version_decides_who_is_described_and_a_repair_finds_the_partners_name_again(
    tmp_path: Path,
) -> None:
    """It writes rows without properties that it does not know: a customer that it decided has to be described again."""
    world = await loaded(stored(RELEASED[-1]))
    await world.post(events.described("C-1", "Contoso", "Ada"), events.described("C-3", "Fabrikam"))
    await world.post(events.partner_described("P-2", "Adatum"))
    after = World()
    for line in released(RELEASED[-1], tmp_path, await written(world)):
        if len(json.loads(line)) > 2:
            await after.store.write(Table(json.loads(line)[0]), read_row(line), ANY)
    state = await after.state("C-1")
    assert (state.outcome.status.value, state.registers["licence"]["L-1"].data["annualAmount"]) == ("ineligible", "1")
    await after.post(events.described("C-1", "Contoso", "Ada", time="2026-05-01T00:00:00Z"))
    async for _ in repair(after.ports):
        pass
    assert (await after.state("C-1")).named == ("Contoso", "Ada")
    assert (await after.ports.partners.load("P-2")).named == ("Adatum", None)
    assert [each async for each in differences(after.ports) if "name" in each] == []
