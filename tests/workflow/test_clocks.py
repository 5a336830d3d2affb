"""Clocks that are off: who is found out decides, writes and sends nothing; what others dated ahead is not obeyed."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import pytest

from local.commands.repairing.reconcile import differences
from shared.domain.decision import DECISIONS
from shared.domain.recompute import DayCame, FanOutStep, PartnerChanged, Recompute
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.rule_books import SHIPPED
from shared.rules.document import parse_document
from shared.storage import keys
from shared.storage.fan_outs import FanOut
from shared.storage.rounds import Round, Rounds
from shared.storage.work import Outbox
from shared.storage_clock import ClockOffError, StorageClock
from shared.workflow.change_rules import ChangeNote, activate, store_draft
from shared.workflow.keep import LAST_ATTEMPT, keep_poison, see_to
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.sweep import sweep_due, sweep_fan_outs, sweep_outboxes
from shared.workflow.upgrade import SILENT_FOR, sweep_upgrade
from tests import events
from tests.clocks import dated_store
from tests.world import START, World

YEAR = timedelta(days=366)
OFF = [YEAR, timedelta(days=3), timedelta(minutes=3), timedelta(minutes=-3), -YEAR]
ENDS = "2026-09-30"


async def eligible_world() -> World:
    """C-1 is eligible until the end of September."""
    world = await World().unwarned()
    await world.post(*events.eligible(), *events.qualified(validUntil=ENDS))
    await store_draft(world.ports, parse_document(json.loads(SHIPPED.read_bytes())), ChangeNote())
    return world


def stored(world: World) -> object:
    return {table: {key: row.etag for key, row in rows.items()} for table, rows in world.store._tables.items()}  # type: ignore[attr-defined]


DOING: dict[str, Callable[[Ports], Awaitable[None]]] = {
    "an event": lambda ports: receive_event(ports, events.spend(amount="1"), 1),
    "an event of a partner": lambda ports: receive_event(ports, events.certified(level="none"), 1),
    "an event that this clock takes for one of the future": lambda ports: receive_event(
        ports, events.spend(amount="1", time="2026-06-01T11:59:00Z"), 1
    ),
    "customers to decide again": lambda ports: recompute(
        ports, Recompute(("C-1",), PartnerChanged("P-1", 1)).to_bytes(), 1
    ),
    "a change of rules": lambda ports: activate(ports, 2),
    "due dates": sweep_due,
}


@pytest.mark.parametrize("ahead", OFF, ids=str)
@pytest.mark.parametrize("doing", DOING.values(), ids=DOING)
async def test_a_process_whose_clock_is_off_writes_and_sends_nothing(
    doing: Callable[[Ports], Awaitable[None]], ahead: timedelta
) -> None:
    world = await eligible_world()
    world.now += timedelta(minutes=30)
    await world.ports.work.add_due("C-1", world.now.date())
    state = await world.state()
    at_first = replace(state, evidence=replace(state.evidence, partners={"P-1": 0}))
    await world.ports.customers.commit(at_first, (await world.ports.customers.load("C-1")).etag)
    before, sent = stored(world), {queue: len(each) for queue, each in world.sent.queues.items()}
    process = world.ahead(ahead)
    await process.rule_sets.load()
    with pytest.raises(ClockOffError):
        await doing(process)
    assert stored(world) == before
    assert {queue: len(each) for queue, each in world.sent.queues.items()} == sent


@pytest.mark.parametrize("ahead", [YEAR, -YEAR], ids=str)
async def test_a_message_that_meets_a_clock_that_is_off_uses_up_no_attempt(ahead: timedelta) -> None:
    world = World()
    body = events.spend(time="2026-06-01T11:59:00Z")
    await receive_event(world.ahead(ahead), body, LAST_ATTEMPT)
    [again] = world.sent.queues[Queue.EVENTS]
    assert again.delay
    await world.post(again.body)
    assert await world.status() == "ineligible"
    assert await world.quarantine() == []


async def test_a_process_whose_clock_is_behind_keeps_no_valid_message() -> None:
    world = World()
    await keep_poison(world.ahead(-YEAR), Queue.EVENTS, events.spend(time="2026-06-01T11:59:00Z"))
    assert await world.quarantine() == []
    assert len(world.sent.queues[Queue.EVENTS]) == 1


async def test_a_process_goes_on_as_soon_as_its_clock_is_set_right() -> None:
    world = World()
    process = world.ahead(YEAR)
    with pytest.raises(ClockOffError):
        await receive_event(process, events.spend(), 1)
    world.clocks_ahead = timedelta()
    await receive_event(process, events.spend(), 1)
    assert await world.status() == "ineligible"


async def test_notifications_wait_while_the_clock_is_off_since_their_send_could_not_be_noted() -> None:
    world = World()
    await receive_event(world.ports, events.spend(), 1)
    state = await world.state()
    await world.ports.customers.commit(replace(state, sent=0), (await world.ports.customers.load("C-1")).etag)
    world.sent.queues[Queue.NOTIFICATIONS].clear()
    await world.ports.work.open_outbox(Outbox("C-1", 1, "2026-06-01T11:00:00.000000Z"))
    await sweep_outboxes(world.ahead(YEAR))
    assert not world.notifications()


async def test_a_fan_out_waits_while_the_clock_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.workflow.steps.PAGE", 1)  # so that its step sends a message
    world = await eligible_world()
    await receive_event(world.ports, events.certified(level="none", time="2026-03-02T00:00:00Z"), 1)
    world.sent.queues[Queue.RECOMPUTE].clear()
    [fan_out] = [each async for each in world.ports.fan_outs.all()]
    with pytest.raises(ClockOffError):
        await recompute(world.ahead(YEAR), FanOutStep(fan_out.id).to_bytes(), 1)
    assert not world.sent.queues[Queue.RECOMPUTE]


async def decided_ahead(ahead: timedelta = YEAR) -> World:
    """C-1 was eligible, and is decided as of a day that has not come: no answer told that process the date."""
    world = await eligible_world()
    process = world.ahead(ahead, said=False)
    await recompute(process, Recompute(("C-1",), DayCame(process.today())).to_bytes(), 1)
    assert (await world.state()).evidence.on == (world.now + ahead).date()
    return world


AGAIN = {
    "an event that changes something": events.spend(amount="300001", time="2026-03-03T00:00:00Z"),
    "an event that is too old": events.spend(amount="5", time="2026-02-01T00:00:00Z"),
}


@pytest.mark.parametrize("body", AGAIN.values(), ids=AGAIN)
async def test_who_was_decided_by_a_clock_ahead_is_decided_again_by_any_event(body: bytes) -> None:
    world = await decided_ahead()
    assert await world.status() == "ineligible"
    await world.post(body)
    assert await world.status() == "eligible"
    assert (await world.state()).evidence.on == world.now.date()


async def test_who_was_decided_by_a_clock_ahead_is_decided_again_for_a_partner_or_a_date_that_was_known() -> None:
    for reason in (PartnerChanged("P-1", 1), DayCame(START.date())):
        world = await decided_ahead()
        await recompute(world.ports, Recompute(("C-1",), reason).to_bytes(), 1)
        assert await world.status() == "eligible"


async def test_whoever_was_decided_by_a_clock_ahead_is_still_decided_on_the_day_that_comes() -> None:
    """The row of the end of September was deleted by the process for which that day had passed."""
    world = await eligible_world()
    process = world.ahead(YEAR, said=False)
    await recompute(process, Recompute(("C-1",), DayCame(date(2026, 10, 1))).to_bytes(), 1)
    await world.post(events.spend(amount="300001", time="2026-03-03T00:00:00Z"))
    assert await world.status() == "eligible"
    world.now = datetime.fromisoformat("2026-10-01T00:05:00Z")
    await sweep_due(world.ports)
    await world.settle()
    assert await world.status() == "ineligible"


async def test_a_decision_as_of_tomorrow_is_trusted_near_midnight() -> None:
    world = await decided_ahead(timedelta(hours=13))
    await world.post(events.spend(amount="300001", time="2026-03-03T00:00:00Z"))
    assert (await world.state()).evidence.on == date(2026, 6, 2)


async def test_reconciling_names_who_was_decided_by_a_clock_ahead() -> None:
    world = await decided_ahead()
    found = [each async for each in differences(world.ports)]
    assert "C-1: is decided as of 2027-06-02, which has not come: a clock was ahead" in found
    assert "C-1: is decided ineligible, its facts say eligible for J-1" in found


async def test_an_outbox_dated_ahead_is_swept_and_as_old_as_it_is_far() -> None:
    world = World()
    await receive_event(world.ports, events.spend(), 1)
    state = await world.state()
    await world.ports.customers.commit(replace(state, sent=0), (await world.ports.customers.load("C-1")).etag)
    await world.ports.work.open_outbox(Outbox("C-1", 1, world.ahead(YEAR).timestamp()))
    await sweep_outboxes(world.ports)
    assert (await world.state()).sent == 1
    assert [each async for each in world.ports.work.outboxes()] == []


async def test_an_outbox_dated_ahead_whose_decision_may_still_come_is_kept_for_a_day_from_now() -> None:
    world = World()
    await world.ports.work.open_outbox(Outbox("C-1", 1, world.ahead(YEAR).timestamp()))
    await sweep_outboxes(world.ports)
    [left] = [each async for each in world.ports.work.outboxes()]
    assert left.at == world.ports.timestamp()
    world.now += timedelta(days=1, minutes=1)
    await sweep_outboxes(world.ports)
    assert [each async for each in world.ports.work.outboxes()] == []


async def test_a_fan_out_dated_ahead_is_swept() -> None:
    world = await eligible_world()
    await receive_event(world.ports, events.certified(level="none", time="2026-03-02T00:00:00Z"), 1)
    world.sent.queues[Queue.RECOMPUTE].clear()
    [fan_out] = [each async for each in world.ports.fan_outs.all()]
    await world.ports.fan_outs.advance(replace(fan_out, at=world.ahead(YEAR).timestamp()))
    await sweep_fan_outs(world.ports)
    await world.settle()
    assert await world.status() == "ineligible"


async def test_a_fan_out_dated_ahead_whose_cause_may_still_come_is_kept_for_a_day_from_now() -> None:
    world = await eligible_world()
    early = FanOut(
        "P-1", (await world.ports.partners.load("P-1")).partner.revision + 1, at="2027-06-01T12:00:00.000000Z"
    )
    await world.ports.fan_outs.open(early)
    await recompute(world.ports, FanOutStep(early.id).to_bytes(), 1)
    [left] = [each async for each in world.ports.fan_outs.all()]
    assert left.at == world.ports.timestamp()


async def test_a_fan_out_opened_again_over_one_dated_ahead_has_the_time_of_now() -> None:
    world = World()
    await world.ports.fan_outs.open(FanOut("P-1", 1, at="2027-06-01T12:00:00.000000Z"))
    await world.ports.fan_outs.open(FanOut("P-1", 1, at=world.ports.timestamp()))
    [left] = [each async for each in world.ports.fan_outs.all()]
    assert left.at == world.ports.timestamp()


async def test_dates_that_a_clock_ahead_sent_are_not_waited_for_and_stay() -> None:
    world = await eligible_world()
    await sweep_due(world.ahead(YEAR, said=False))
    await world.settle()
    assert not world.sent.queues[Queue.RECOMPUTE]
    assert await world.status() == "eligible"
    assert await world.ports.work.is_due("C-1", date(2026, 10, 1))


@pytest.mark.parametrize("place", ["2027-01-01~C-1", "2026-06-01~C-9"], ids=["a day to come", "later in the day"])
async def test_a_round_over_due_dates_that_a_clock_ahead_began_is_begun_again(place: str) -> None:
    world = World(now=datetime(2026, 6, 1, 12, tzinfo=UTC))
    await world.ports.work.add_due("C-1", world.now.date())
    ahead = world.ahead(YEAR)
    part = keys.due_part("C-1")
    await Rounds(world.store).note(Round(part, f"{place}~{part}", ahead.timestamp()))
    await sweep_due(world.ports)
    assert len(world.sent.queues[Queue.RECOMPUTE]) == 1


async def test_a_note_of_an_older_version_dated_ahead_counts_from_now() -> None:
    world = World()
    await world.post(events.spend())
    world.decisions = DECISIONS + 1
    newer = world.worker()
    await sweep_upgrade(newer)
    await world.settle(newer)
    await world.ports.rule_sets.note_older("2027-06-01T12:00:00.000000Z")
    before = await newer.rule_sets.load()
    await sweep_upgrade(newer)
    after = await newer.rule_sets.load()
    assert before
    assert after
    assert after.upgrade == before.upgrade
    world.now += SILENT_FOR + timedelta(seconds=1)
    await sweep_upgrade(newer)
    last = await newer.rule_sets.load()
    assert last
    assert last.upgrade > before.upgrade


async def test_a_process_whose_machine_slept_is_right_again_when_it_has_asked_the_storage() -> None:
    world, elapsed = World(), 1000.0  # which does not go on while a machine sleeps

    def machine() -> float:
        return world.now.timestamp()

    clock = StorageClock(machine, lambda: elapsed)
    clock.answered(format_datetime(world.now, usegmt=True))
    store = dated_store(world.store, clock, lambda: world.now)
    process = Ports(store, world.sent, lambda: world.now, storage_clock=clock)
    world.now += timedelta(hours=1)
    with pytest.raises(ClockOffError) as found:
        process.today()
    await see_to(process, found.value)
    assert process.today() == world.now.date()
