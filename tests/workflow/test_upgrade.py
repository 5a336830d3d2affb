"""An upgrade that changes what decisions hold decides everybody once more: once, whoever else decides meanwhile."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from local.commands.repairing.reconcile import differences
from shared.api.health import dependencies
from shared.domain.decision import DECISIONS
from shared.errors import LaterVersionError
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.storage.store import Table
from shared.workflow.change_rules import activate
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.sweep import sweep_fan_outs
from shared.workflow.upgrade import SILENT_FOR, sweep_upgrade, upgrading
from tests import events
from tests.watched_store import Call, WatchedStore, once_at
from tests.workflow.test_interleavings import store_stricter_draft
from tests.world import World, nth_epoch

NEXT = DECISIONS + 1


async def decided_world() -> World:
    world = World()
    await world.post(*events.eligible(), *events.qualified(), events.spend("C-2"))
    return world


def next_version(world: World) -> Ports:
    world.decisions = NEXT
    ports = world.worker()
    world.decisions = DECISIONS
    return ports


async def upgraded_world() -> tuple[World, Ports]:
    world = await decided_world()
    ports = next_version(world)
    await sweep_upgrade(ports)
    await world.settle(ports)
    return world, ports


async def formats(world: World) -> dict[str, int]:
    return {each: (await world.state(each)).evidence.decisions for each in await world.ports.indexes.directory("", 100)}


async def test_everybody_is_decided_once_more_and_who_is_unchanged_is_told_nothing() -> None:
    world = await decided_world()
    ports, before = next_version(world), len(world.sent.queues[Queue.NOTIFICATIONS])
    await sweep_upgrade(ports)
    await world.settle(ports)
    assert await formats(world) == {"C-1": NEXT, "C-2": NEXT}
    assert len(world.sent.queues[Queue.NOTIFICATIONS]) == before
    decision = (await world.state()).decision
    assert decision
    assert decision["cause"] == {"kind": "upgrade", "decisions": NEXT}
    assert [each async for each in world.ports.fan_outs.all()] == []


async def test_who_comes_out_otherwise_is_notified_with_the_upgrade_as_the_cause() -> None:
    world = await decided_world()
    loaded = await world.ports.customers.load("C-1")
    assert loaded.state.decision
    as_others_decide = {**loaded.state.decision, "status": "ineligible", "eligibleProjects": []}
    await world.ports.customers.commit(replace(loaded.state, decision=as_others_decide), loaded.etag)
    ports = next_version(world)
    await sweep_upgrade(ports)
    await world.settle(ports)
    notification = max(world.notifications(), key=lambda each: int(each["data"]["sequence"]))
    data = notification["data"]
    assert (data["status"], data["previousStatus"]) == ("eligible", "ineligible")
    assert data["cause"] == {"kind": "upgrade", "decisions": NEXT}


async def test_it_happens_once_whoever_sweeps_and_how_often() -> None:
    world = await decided_world()
    first, second = next_version(world), next_version(world)
    await sweep_upgrade(first)
    await sweep_upgrade(second)
    assert len(world.sent.queues[Queue.RECOMPUTE]) == 1
    await world.settle(first)
    before = await world.ports.customers.load("C-1")
    for _ in range(3):
        world.now += timedelta(minutes=30)
        await sweep_upgrade(first)
        await sweep_upgrade(second)
        await world.settle(first)
    assert await world.ports.customers.load("C-1") == before


@pytest.mark.parametrize("call", [("write", Table.WORK), ("write", Table.RULES)])
async def test_of_two_processes_that_begin_at_once_one_does(call: tuple[str, Table]) -> None:
    world = await decided_world()
    other = next_version(world)

    async def first() -> None:
        world.now += timedelta(milliseconds=5)
        await sweep_upgrade(other)

    world.decisions = NEXT
    ports = world.worker(WatchedStore(world.store, before=once_at(*call, first)))
    await sweep_upgrade(ports)
    await world.settle(other)
    assert await formats(world) == {"C-1": NEXT, "C-2": NEXT}
    assert [each.id async for each in ports.fan_outs.all()] == [], "no row is left of the one that was second"
    assert (await dependencies(other)).get("upgrading") is not None, "until a sweep has seen that it is done"
    await sweep_upgrade(other)
    assert "upgrading" not in await dependencies(other)


async def test_nothing_happens_where_the_format_is_the_same() -> None:
    world = await decided_world()
    await sweep_upgrade(world.ports)
    assert not world.sent.queues[Queue.RECOMPUTE]
    state = await world.ports.rule_sets.load()
    assert state
    assert (state.decisions, state.upgrade) == (DECISIONS, 0)


async def test_health_says_how_far_it_has_come_and_is_healthy() -> None:
    world = await decided_world()
    ports = next_version(world)
    assert (await dependencies(ports))["upgrading"] == {"done": 0, "of": None}
    await sweep_upgrade(ports)
    assert (await dependencies(ports))["upgrading"] == {"done": 0, "of": None}
    step = world.sent.queues[Queue.RECOMPUTE].popleft()
    await recompute(ports, step.body, 1)
    await sweep_upgrade(ports)
    answer = await dependencies(ports)
    assert (answer["status"], answer["upgrading"]) == ("healthy", {"done": 0, "of": 2})
    await world.settle(ports)
    await sweep_upgrade(ports)
    assert "upgrading" not in await dependencies(ports)
    assert await upgrading(ports) is None


async def test_an_older_version_leaves_the_upgrades_messages_to_the_newer_one() -> None:
    world = await decided_world()
    ports = next_version(world)
    await sweep_upgrade(ports)
    await recompute(world.ports, world.sent.queues[Queue.RECOMPUTE].popleft().body, 1)  # any version fans out
    (message,) = world.sent.queues[Queue.RECOMPUTE]
    assert json.loads(message.body)["decisions"] == NEXT
    with pytest.raises(LaterVersionError, match=f"decisions have format {NEXT}, and this version makes {DECISIONS}"):
        await recompute(world.ports, message.body, 1)
    assert await world.quarantine() == []
    await world.settle(ports)
    assert await formats(world) == {"C-1": NEXT, "C-2": NEXT}


async def test_a_rollback_goes_on_deciding_and_does_not_loop() -> None:
    world, _ = await upgraded_world()
    old = world.worker()
    for hour in range(5):
        world.now += timedelta(hours=1)
        await sweep_upgrade(old)
        await receive_event(old, events.spend(amount=f"40000{hour}", time=f"2026-04-0{hour + 1}T00:00:00Z"), 1)
        await sweep_upgrade(old)
        await sweep_fan_outs(old)
        assert not world.sent.queues[Queue.RECOMPUTE]
    assert await formats(world) == {"C-1": DECISIONS, "C-2": NEXT}
    assert (await dependencies(old))["status"] == "healthy"


async def test_after_a_rollback_the_newer_version_decides_again_when_the_older_one_is_silent() -> None:
    world, ports = await upgraded_world()
    await receive_event(world.worker(), events.spend(amount="400000", time="2026-04-01T00:00:00Z"), 1)
    untouched = await world.ports.customers.load("C-2")
    await sweep_upgrade(ports)
    assert not world.sent.queues[Queue.RECOMPUTE], "the older one may still be there"
    world.now += SILENT_FOR + timedelta(seconds=1)
    await sweep_upgrade(ports)
    await world.settle(ports)
    assert await formats(world) == {"C-1": NEXT, "C-2": NEXT}
    assert await world.ports.customers.load("C-2") == untouched, "only whom the older one decided"
    assert await world.ports.rule_sets.older() is None
    world.now += SILENT_FOR + timedelta(seconds=1)
    await sweep_upgrade(ports)
    assert not world.sent.queues[Queue.RECOMPUTE]


async def test_an_older_version_notes_that_it_decides_once_a_minute_at_most() -> None:
    world, _ = await upgraded_world()
    watched = WatchedStore(world.store)
    old = world.worker(watched)
    for number in range(5):
        await receive_event(old, events.spend(licence=f"L-{number}", time="2026-04-01T00:00:00Z"), 1)
    assert [each.operation for each in watched.calls if each.table is Table.RULES and each.writes] == ["merge"]


async def test_an_older_version_that_decides_while_a_run_is_opened_for_it_gets_another() -> None:
    world, ports = await upgraded_world()
    old = world.worker()
    await receive_event(old, events.spend(amount="400000", time="2026-04-01T00:00:00Z"), 1)
    world.now += SILENT_FOR + timedelta(seconds=1)

    async def decide() -> None:
        await receive_event(old, events.spend("C-2", amount="7", time="2026-04-01T00:00:00Z"), 1)

    world.decisions = NEXT
    await sweep_upgrade(world.worker(WatchedStore(world.store, before=once_at("delete", Table.RULES, decide))))
    assert await world.ports.rule_sets.older() is not None, "its note is not that which was read"
    await world.settle(ports)


async def test_a_change_of_rules_keeps_the_format_of_decisions() -> None:
    world, ports = await upgraded_world()
    await store_stricter_draft(world)
    await activate(world.ports, 2)
    await world.settle(ports)
    state = await world.ports.rule_sets.load()
    assert state
    assert (state.decisions, state.upgrade, state.epoch) == (NEXT, int(world.now.timestamp() * 1000), nth_epoch(2))


OLD_EVENTS = {
    "of a customer decided before": events.spend(amount="400000", time="2026-04-01T00:00:00Z"),
    "of a customer not decided before": events.spend("C-9"),
}


@pytest.mark.parametrize("second", [False, True], ids=["the first upgrade", "a second run"])
@pytest.mark.parametrize("event", OLD_EVENTS)
async def test_whenever_an_older_version_decides_meanwhile_nobody_stays_decided_by_it(event: str, second: bool) -> None:
    """Its handler is held at each of its calls while everybody is decided."""
    number = 1
    while True:
        world = await decided_world()
        if not await held_at(world, OLD_EVENTS[event], number, second=second):
            break
        ports = next_version(world)
        for _ in range(3):
            world.now += SILENT_FOR + timedelta(seconds=1)
            await sweep_fan_outs(ports)
            await sweep_upgrade(ports)
            await world.settle(ports)
        assert set((await formats(world)).values()) == {NEXT}, f"held at call {number}"
        assert [each async for each in differences(ports)] == []
        number += 1
    assert number > 4


async def held_at(world: World, event: bytes, number: int, *, second: bool) -> bool:
    """Whether the older version's handler made so many calls."""
    ports, left = next_version(world), number
    books = world.worker().rule_books
    await books.book(None)  # it keeps what it read before

    async def hold(_: Call) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            await sweep_upgrade(ports)
            await world.settle(ports)

    if second:
        await sweep_upgrade(ports)
        await world.settle(ports)
        await receive_event(world.worker(), events.spend("C-2", amount="7", time="2026-05-01T00:00:00Z"), 1)
        world.now += SILENT_FOR + timedelta(seconds=1)
    held = world.worker(WatchedStore(world.store, before=hold))
    held.rule_books._book = books._book
    held.rule_books._read_at = world.now
    await receive_event(held, event, 1)
    return left <= 0


async def test_beside_a_version_that_cannot_note_that_it_decides_no_run_is_opened_until_it_is_gone() -> None:
    world = World(oldest_version="0.2.0")
    await world.post(events.spend())
    world.decisions = NEXT
    world.ports = world.worker()
    await sweep_upgrade(world.ports)
    assert [each async for each in world.ports.fan_outs.all()] == []
    assert await world.ports.rule_sets.older()
    world.oldest_version = None
    world.ports = world.worker()
    world.now += SILENT_FOR + timedelta(minutes=1)
    for _ in range(2):
        await sweep_upgrade(world.ports)
        await world.settle()
    state = await world.ports.rule_sets.load()
    assert state
    assert (await world.state()).evidence.decisions == state.decisions == NEXT
    assert await world.ports.rule_sets.older() is None


async def test_what_such_a_version_decided_after_an_upgrade_is_decided_again_when_it_is_gone() -> None:
    world = World()
    await world.post(events.spend())
    older = world.worker(oldest_version="0.2.0")
    await sweep_upgrade(older)
    world.now += SILENT_FOR + timedelta(minutes=1)
    await sweep_upgrade(world.ports)
    assert [each.decisions async for each in world.ports.fan_outs.all()] == [DECISIONS]
