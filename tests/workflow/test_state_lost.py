"""A customer whose state alone is lost, while its recorded decisions are there: found, repaired, and open to events."""

from contextlib import suppress
from datetime import timedelta

import pytest

from local.commands.repairing.reconcile import differences
from local.commands.repairing.repair import repair
from shared.storage import keys
from shared.storage.store import StoreUnavailableError, Table
from shared.storage.work import Outbox
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.sweep import sweep_outboxes
from tests import events
from tests.watched_store import WatchedStore, breaking_at
from tests.world import World

AGAIN = events.spend(amount="400000", time="2026-05-01T00:00:00Z")


async def without_state() -> World:
    """C-1 was told that it is eligible and then that it is not; C-2 is as it was."""
    world = World()
    await world.post(*events.qualified(), *events.eligible(), *events.eligible("C-2"))
    await world.post(events.spend(amount="1", time="2026-04-01T00:00:00Z"))
    await world.store.delete(Table.CUSTOMERS, "C-1", keys.customer_state("C-1"))
    world.ports = world.worker()
    return world


async def found(world: World) -> list[str]:
    return [each async for each in differences(world.ports)]


async def repaired(world: World) -> None:
    _ = [each async for each in repair(world.worker())]
    world.now += timedelta(minutes=5)
    await sweep_outboxes(world.ports)
    await world.settle()


def sequences(world: World) -> list[int]:
    return [sequence for sequence, _ in world.told()]


async def test_reconciling_finds_it() -> None:
    world = await without_state()
    newest = await world.ports.customers.newest_recorded("C-1")
    assert await found(world) == [f"C-1: recorded decisions up to {newest} are there, and no state that counts them"]


async def test_repairing_goes_on_counting_and_decides_by_the_facts_that_are_left() -> None:
    world = await without_state()
    newest, told = await world.ports.customers.newest_recorded("C-1"), len(world.notifications())
    await repaired(world)
    state = await world.state()
    assert (state.outcome.status, state.sequence, state.sent) == ("ineligible", newest, newest)
    assert await found(world) == []
    assert len(world.notifications()) == told, "what stands was told before"
    await world.post(*events.eligible())
    assert (await world.status(), sequences(world)) == ("eligible", list(range(1, newest + 2)))


async def test_another_outcome_than_was_told_last_is_told() -> None:
    world = World()
    await world.post(*events.qualified(), *events.eligible())
    newest = await world.ports.customers.newest_recorded("C-1")
    await world.store.delete(Table.CUSTOMERS, "C-1", keys.customer_state("C-1"))
    await repaired(world)
    last = world.notifications()[-1]["data"]
    assert (last["sequence"], last["previousStatus"], last["status"]) == (newest + 1, "eligible", "ineligible")
    assert last["cause"] == {"kind": "repair"}
    assert await found(world) == []


async def test_what_was_not_yet_notified_is_all_the_same() -> None:
    world = World()
    await world.post(*events.qualified(), *events.eligible())
    newest = await world.ports.customers.newest_recorded("C-1")
    await world.ports.work.open_outbox(Outbox("C-1", newest, world.ports.timestamp()))
    told = len(world.notifications())
    await world.store.delete(Table.CUSTOMERS, "C-1", keys.customer_state("C-1"))
    await repaired(world)
    again = [each["data"]["sequence"] for each in world.notifications()[told:]]
    assert again == [newest, newest + 1]


@pytest.mark.parametrize("touched", [False, True], ids=["no state", "an empty state"])
async def test_an_event_is_applied_without_waiting_for_a_repair(touched: bool) -> None:
    world = await without_state()
    newest = await world.ports.customers.newest_recorded("C-1")
    if touched:
        await recompute(world.ports, b'{"customers": ["C-1"], "epoch": 1}', 1)
    await world.post(AGAIN)
    state = await world.state()
    assert (state.fact_count, state.sequence, state.sent) == (1, newest, newest)
    assert await world.quarantine() == []
    assert await found(world) == []


async def test_whichever_call_of_that_event_fails_the_next_try_applies_it() -> None:
    counting = WatchedStore((counted := await without_state()).store)
    await receive_event(counted.worker(counting), AGAIN, 1)
    for number in range(1, len(counting.calls) + 1):
        world = await without_state()
        with suppress(StoreUnavailableError):
            await receive_event(world.worker(WatchedStore(world.store, before=breaking_at(number))), AGAIN, 1)
        await world.post(AGAIN)
        world.now += timedelta(minutes=5)
        await sweep_outboxes(world.ports)
        assert (await found(world), (await world.state()).fact_count) == ([], 1), number


async def test_who_only_loses_to_another_writer_is_not_repaired() -> None:
    world = World()
    await world.post(*events.qualified())
    for body in events.eligible()[:-1]:
        await world.post(body)
    first = True

    async def meanwhile(call: object) -> None:
        nonlocal first
        if first and getattr(call, "operation", "") == "commit":
            first = False
            await world.post(events.eligible()[-1])

    await receive_event(world.worker(WatchedStore(world.store, before=meanwhile)), events.eligible()[-1], 1)
    assert all(each["data"]["cause"].get("kind") != "repair" for each in world.notifications())
