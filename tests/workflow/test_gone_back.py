"""A row that went back is recognised, accepted five minutes later, and all whom it concerns are decided again (F39)."""

import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

import pytest

from shared.api.health import dependencies as health
from shared.errors import WentBackError
from shared.messaging.memory import MemorySender
from shared.messaging.sender import Message, Queue, SenderUnavailableError
from shared.storage.store import StoreUnavailableError, Table
from shared.workflow.change_rules import activate
from shared.workflow.gone_back import ACCEPTED_AFTER, sweep_gone_back
from shared.workflow.keep import LAST_ATTEMPT
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.reconcile import differences
from shared.workflow.sweep import sweep_due, sweep_fan_outs
from tests import events
from tests.restored import moment, put_back
from tests.watched_store import WatchedStore, breaking_at
from tests.workflow.test_interleavings import store_stricter_draft
from tests.world import World, nth_epoch

LATER = "2026-04-01T00:00:00Z"
LOST = events.certified(level="none", time=LATER)
AGAIN = events.spend(licence="L-2", amount="5", time=LATER)


async def partner_gone_back(customers: int = 2) -> World:
    """Customers C-1, C-2, ... lost their eligibility with P-1's competency, which is lost in its turn."""
    world = World()
    for number in range(1, customers + 1):
        await world.post(*events.eligible(f"C-{number}"))
    await world.post(*events.qualified())
    before = await moment(world.store)
    world.now += timedelta(hours=1)
    await world.post(LOST)
    assert await world.status() == "ineligible"
    world.now += timedelta(hours=1)
    await put_back(world.store, Table.PARTNERS, before[Table.PARTNERS])
    return world


async def rules_gone_back() -> World:
    world = World()
    await world.post(*events.eligible(), *events.qualified(), *events.eligible("C-2"))
    await store_stricter_draft(world)
    before = await moment(world.store)
    world.now += timedelta(hours=1)
    await activate(world.ports, 2)
    await world.settle()
    assert await world.status() == "ineligible"
    world.now += timedelta(hours=1)
    await put_back(world.store, Table.RULES, before[Table.RULES])
    world.ports = world.worker()
    return world


class Deaf(MemorySender):
    async def send(self, queue: Queue, message: Message) -> None:
        raise SenderUnavailableError("not now")


GONE_BACK = {"a partner": partner_gone_back, "the rules": rules_gone_back}
both = pytest.mark.parametrize("gone_back", GONE_BACK.values(), ids=GONE_BACK.keys())
type Made = Callable[[], Awaitable[World]]


async def delivered(world: World, body: bytes = AGAIN) -> None:
    """As often as the host does; the last time a copy of it is put back, or it is kept."""
    for attempt in range(1, LAST_ATTEMPT):
        with pytest.raises(WentBackError):
            await receive_event(world.ports, body, attempt)
    await receive_event(world.ports, body, LAST_ATTEMPT)


async def noted(gone_back: Made) -> World:
    """Five minutes after it was seen."""
    world = await gone_back()
    with pytest.raises(WentBackError):
        await receive_event(world.ports, AGAIN, 1)
    world.now += ACCEPTED_AFTER
    return world


async def swept(world: World, later: timedelta = ACCEPTED_AFTER) -> None:
    world.now += later
    await sweep_gone_back(world.ports)
    await world.settle()


async def dependencies(world: World) -> dict[str, str]:
    states: dict[str, str] = (await health(world.ports))["dependencies"]
    return states


@both
async def test_it_is_accepted_after_five_minutes_and_all_are_decided_by_what_is_stored(gone_back: Made) -> None:
    world = await gone_back()
    await delivered(world)
    (copy,) = world.sent.queues[Queue.EVENTS]
    await swept(world)
    assert [await world.status(each) for each in ("C-1", "C-2")] == ["eligible", "eligible"]
    assert world.notifications("C-2")[-1]["data"]["cause"] == {"kind": "repair"}
    await world.post(copy.body)
    assert (await world.state()).fact_count == 4
    assert await world.quarantine() == []
    assert [each async for each in differences(world.ports)] == []


@both
async def test_before_it_is_not_accepted_however_often_it_is_looked_at(gone_back: Made) -> None:
    world = await gone_back()
    await delivered(world)
    for _ in range(4):
        await swept(world, timedelta(minutes=1))
    assert await world.status() == "ineligible"
    with pytest.raises(WentBackError):
        await receive_event(world.ports, AGAIN, 1)
    await swept(world, timedelta(minutes=1))
    assert await world.status() == "eligible", "the time of the first note counts"


@both
async def test_health_tells_until_it_is_settled(gone_back: Made) -> None:
    world = await gone_back()
    assert "rows" not in await dependencies(world)
    with pytest.raises(WentBackError):
        await receive_event(world.ports, AGAIN, 1)
    assert "a table was restored" in (await dependencies(world))["rows"]
    assert (await health(world.ports))["status"] == "unhealthy"
    for _ in range(2):
        await swept(world)
    assert "rows" not in await dependencies(world)


async def test_a_row_that_comes_back_is_not_accepted_but_used() -> None:
    world = await partner_gone_back()
    gone_back = await moment(world.store)
    await world.post(LOST)
    now = await moment(world.store)
    await put_back(world.store, Table.PARTNERS, gone_back[Table.PARTNERS])
    with pytest.raises(WentBackError):
        await receive_event(world.ports, AGAIN, 1)
    await put_back(world.store, Table.PARTNERS, now[Table.PARTNERS])
    await swept(world)
    await world.post(AGAIN)
    assert await world.status() == "ineligible"
    assert (await world.ports.partners.load("P-1")).partner.revision == (await world.state()).evidence.partners["P-1"]


async def test_a_revision_that_was_lost_is_not_given_again() -> None:
    world = await partner_gone_back()
    lost = (await world.state()).evidence.partners["P-1"]
    await world.post(events.certified(level="gold", validFrom="2026-01-02", time=LATER))
    given = (await world.ports.partners.load("P-1")).partner.revision
    assert given > lost
    assert (await world.state()).evidence.partners == {"P-1": given}
    assert await world.status() == "eligible"


async def test_an_epoch_that_was_lost_is_not_given_again() -> None:
    world = await rules_gone_back()
    lost = (await world.state()).evidence.epoch
    await store_stricter_draft(world, "250000")
    world.ports = world.worker()
    await activate(world.ports, 3)
    await world.settle()
    state = await world.state()
    assert state.evidence.epoch > lost
    assert await world.status() == "eligible"


async def test_who_knew_later_rules_does_not_decide_by_those_that_went_back() -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    await store_stricter_draft(world)
    before = await moment(world.store)
    await activate(world.ports, 2)
    await world.settle()
    await put_back(world.store, Table.RULES, before[Table.RULES])
    with pytest.raises(WentBackError):
        await receive_event(world.ports, events.spend("C-9"), 1)
    await swept(world)
    await world.post(events.spend("C-9"))
    assert (await world.state("C-9")).evidence.epoch > nth_epoch(2)


async def test_a_clock_that_was_ahead_gave_a_revision_and_the_next_is_greater_all_the_same() -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified()[:3])
    world.now += timedelta(days=365)
    await world.post(events.trained(part="knowledge-check"))
    ahead = (await world.ports.partners.load("P-1")).partner.revision
    world.now -= timedelta(days=365)
    await world.post(LOST)
    assert (await world.ports.partners.load("P-1")).partner.revision == ahead + 1
    assert (await world.state()).evidence.partners == {"P-1": ahead + 1}


async def test_one_given_by_a_clock_that_was_ahead_is_exceeded_even_if_it_is_lost() -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    before = await moment(world.store)
    ahead = world.worker()
    ahead.clock = lambda: world.now + timedelta(days=365)
    await world.post(LOST, ports=ahead)
    lost = (await world.state()).evidence.partners["P-1"]
    await put_back(world.store, Table.PARTNERS, before[Table.PARTNERS])
    with pytest.raises(WentBackError):
        await receive_event(world.ports, AGAIN, 1)
    await swept(world)
    assert (await world.state()).evidence.partners["P-1"] > lost
    assert await world.status() == "eligible"


async def test_a_date_that_comes_meanwhile_waits_and_is_decided_then() -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified(validUntil="2026-08-31"))
    before = await moment(world.store)
    await world.post(events.trained(completedOn="2026-01-16"))
    await put_back(world.store, Table.PARTNERS, before[Table.PARTNERS])
    world.now += timedelta(days=92)
    await sweep_due(world.ports)
    (message,) = world.sent.queues[Queue.RECOMPUTE]
    world.sent.queues[Queue.RECOMPUTE].clear()
    for attempt in range(1, LAST_ATTEMPT):
        with pytest.raises(WentBackError):
            await recompute(world.ports, message.body, attempt)
    await recompute(world.ports, message.body, LAST_ATTEMPT)
    (copy,) = world.sent.queues[Queue.RECOMPUTE]
    world.sent.queues[Queue.RECOMPUTE].clear()
    await swept(world)
    await recompute(world.ports, copy.body, 1)
    assert (await world.status(), await world.quarantine()) == ("ineligible", [])


@both
async def test_a_message_of_what_was_lost_waits_too(gone_back: Made) -> None:
    """Its customers were perhaps not decided yet: nobody else need know of it."""
    world = await gone_back()
    evidence = (await world.state()).evidence
    by_partner = {"partnerId": "P-1", "revision": evidence.partners["P-1"]}
    reason = by_partner if gone_back is partner_gone_back else {"epoch": evidence.epoch}
    body = json.dumps({"customers": ["C-2"], **reason}).encode()
    with pytest.raises(WentBackError):
        await recompute(world.ports, body, 1)
    await swept(world)
    await recompute(world.ports, body, 2)
    assert [await world.status(each) for each in ("C-1", "C-2")] == ["eligible", "eligible"]


@both
async def test_a_customer_whose_index_rows_are_lost_too_is_found_by_its_own_event(gone_back: Made) -> None:
    world = await gone_back()
    for table in (Table.ATTACHMENTS, Table.DIRECTORY, Table.WORK):
        await put_back(world.store, table, [])
    with pytest.raises(WentBackError):
        await receive_event(world.ports, AGAIN, 1)
    await swept(world)
    assert (await world.status("C-1"), await world.status("C-2")) == ("eligible", "ineligible")


@both
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_sweep_that_dies_at_any_call_is_made_up_for_by_the_next(gone_back: Made, after: bool) -> None:
    counted = await noted(gone_back)
    counting = WatchedStore(counted.store)
    await sweep_gone_back(counted.worker(counting))
    for number in range(1, len(counting.calls) + 1):
        world = await noted(gone_back)
        watched = WatchedStore(world.store, **{"after" if after else "before": breaking_at(number)})
        with suppress(StoreUnavailableError):
            await sweep_gone_back(world.worker(watched))
        await world.settle()
        for _ in range(3):
            await swept(world)
            await sweep_fan_outs(world.ports)
            await world.settle()
        assert [await world.status(each) for each in ("C-1", "C-2")] == ["eligible", "eligible"], number
        assert "rows" not in await dependencies(world)


@both
async def test_a_sweep_that_cannot_send_leaves_its_fan_out_to_be_found(gone_back: Made) -> None:
    world = await noted(gone_back)
    await sweep_gone_back(world.worker(sender=Deaf()))
    assert [await world.status(each) for each in ("C-1", "C-2")] == ["ineligible", "ineligible"]
    world.now += timedelta(minutes=3)
    await sweep_fan_outs(world.ports)
    await world.settle()
    assert [await world.status(each) for each in ("C-1", "C-2")] == ["eligible", "eligible"]


@both
@pytest.mark.parametrize("call", [1, 2, 3, 4, 5, 6, 7, 8])
async def test_two_sweeps_at_once_accept_it_once(gone_back: Made, call: int) -> None:
    world = await noted(gone_back)
    other, left = world.worker(), call

    async def meanwhile(_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            await sweep_gone_back(other)

    await sweep_gone_back(world.worker(WatchedStore(world.store, before=meanwhile)))
    await world.settle()
    state = await world.state()
    assert state.outcome.status == "eligible"
    stored = (await world.ports.partners.load("P-1")).partner.revision
    assert state.evidence.partners == {"P-1": stored}
    assert [sequence for sequence, _ in world.told()] == list(range(1, state.sequence + 1))


async def test_a_partner_that_is_lost_whole_is_one_without_facts() -> None:
    world = await partner_gone_back()
    await put_back(world.store, Table.PARTNERS, [])
    with pytest.raises(WentBackError):
        await receive_event(world.ports, AGAIN, 1)
    await swept(world)
    await world.post(AGAIN)
    assert await world.status() == "ineligible"
    await world.post(*events.qualified())
    assert [await world.status(each) for each in ("C-1", "C-2")] == ["eligible", "eligible"]


async def test_a_version_whose_number_was_lost_and_given_again_decides_by_its_new_document() -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    before = await moment(world.store)
    await store_stricter_draft(world)
    await activate(world.ports, 2)
    await world.settle()
    assert await world.status() == "ineligible"
    world.now += timedelta(minutes=1)
    await put_back(world.store, Table.RULES, before[Table.RULES])
    elsewhere = world.worker()
    world.ports, knowing = elsewhere, world.ports
    assert await store_stricter_draft(world, "200000") == 2
    await activate(elsewhere, 2)
    await world.settle(knowing)
    assert await world.status() == "eligible"
