"""Repairing: whatever table is lost or went back, everybody is decided by what is stored, and reconciling is silent."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest

from shared.messaging.sender import Queue
from shared.rule_books import SHIPPED
from shared.storage.store import Table
from shared.workflow.change_rules import activate
from shared.workflow.reconcile import differences
from shared.workflow.repair import Passed, repair
from shared.workflow.sweep import sweep_due, sweep_fan_outs, sweep_outboxes
from tests.exploration.pace import quick
from tests.invariant import violations
from tests.oracle.oracle import Oracle
from tests.oracle.random_events import events as random_events
from tests.restored import Moment, moment, put_back, stored_events
from tests.simulation.simulated import is_timeless
from tests.workflow.test_interleavings import store_stricter_draft
from tests.world import START, World

STRICTER = SHIPPED.read_bytes().replace(b'"300000"', b'"350000"')


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with quick(page=1000):
        yield


async def lived(seed: int) -> tuple[World, list[Moment]]:
    """A world after some events, a change of rules in the middle; and how it was meanwhile."""
    world, moments = World(), []
    await world.ports.rule_books.book(None)
    sent = [each for each in random_events(seed, 60, customers=5, partners=3, today=START.date()) if is_timeless(each)]
    for number, message in enumerate(sent):
        if number == len(sent) // 2:
            await store_stricter_draft(world)
            await activate(world.ports, 2)
            await world.settle()
        await world.post(message)
        if number in (len(sent) // 4, 3 * len(sent) // 4):
            moments.append(await moment(world.store))
    return world, moments


async def repaired(world: World) -> list[Passed]:
    """By a process of its own, with what the app's timers then do."""
    passed = [each async for each in repair(world.worker())]
    await timers(world)
    return passed


async def timers(world: World) -> None:
    for _ in range(2):
        world.now += timedelta(minutes=5)
        for sweep in (sweep_due, sweep_outboxes, sweep_fan_outs):
            await sweep(world.worker())
        await world.settle(world.worker())


async def wrong(world: World) -> list[str]:
    """What the oracle, which knows of what is stored alone, says against it."""
    ports = world.worker()
    oracle = Oracle(json.loads(SHIPPED.read_bytes()), world.now.date(), world.now)
    async for message in stored_events(ports):
        oracle.post(message)
    book = await ports.rule_books.book(None)
    stored = await ports.rule_sets.version(book.timeline.in_force(world.now.date()) or 0)
    assert stored
    sent = [each.body for each in world.sent.queues[Queue.NOTIFICATIONS]]
    return [each async for each in violations(ports, oracle, json.loads(stored.document), sent)]


def untold(found: Sequence[str]) -> list[str]:
    """Without what the notifications of before a restore are held against, which it lost."""
    return [each for each in found if "told" not in each]


RESTORABLE = [table for table in Table if table not in (Table.RULES, Table.QUARANTINE)]


@pytest.mark.parametrize("back", [None, 0, 1], ids=["lost", "early", "late"])
@pytest.mark.parametrize("table", RESTORABLE)
@pytest.mark.parametrize("seed", range(2))
async def test_whichever_table_is_restored_nobody_is_left_wrong(table: Table, back: int | None, seed: int) -> None:
    world, moments = await lived(seed)
    await put_back(world.store, table, moments[back][table] if back is not None else [])
    passed = await repaired(world)
    assert not any(each.failed for one in passed for each in one.repaired)
    assert [each async for each in differences(world.worker())] == []
    found = await wrong(world)
    assert (untold(found) if table is Table.CUSTOMERS else found) == []


@pytest.mark.parametrize("back", [0, 1], ids=["early", "late"])
@pytest.mark.parametrize("seed", range(2))
async def test_rules_that_went_back_are_those_by_which_everybody_is_decided(back: int, seed: int) -> None:
    world, moments = await lived(seed)
    await put_back(world.store, Table.RULES, moments[back][Table.RULES])
    await repaired(world)
    assert [each async for each in differences(world.worker())] == []
    assert await wrong(world) == []
