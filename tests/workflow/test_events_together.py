"""Events of one owner that wait at the same time in one process: decided once, each message with its own end."""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Sequence

import pytest

from shared.domain.customer_state import MAX_FACTS, CustomerState
from shared.domain.events import parse_event
from shared.domain.facts import fact_of
from shared.domain.partner import Partner
from shared.domain.trace_context import TraceContext
from shared.errors import PassingError
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.storage import partners
from shared.storage.store import StoreUnavailableError, Table
from shared.workflow.keep import LAST_ATTEMPT
from shared.workflow.receive_event import receive_event
from tests import events
from tests.watched_store import Call, WatchedStore
from tests.world import World

EARLY, LATE, LAST = (f"2026-04-0{day}T00:00:00Z" for day in (1, 2, 3))


async def yielding(_: Call) -> None:
    await asyncio.sleep(0)


def process(world: World) -> tuple[Ports, WatchedStore]:
    """A worker whose handlers get in between each other at every call."""
    store = WatchedStore(world.store, before=yielding, after=yielding)
    return world.worker(store), store


async def at_once(ports: Ports, bodies: Sequence[bytes], attempt: int = 1) -> list[BaseException | None]:
    """How the handlers of all messages end, of which the first comes first and the others wait for it."""
    return await asyncio.gather(*(receive_event(ports, body, attempt) for body in bodies), return_exceptions=True)


def counted(store: WatchedStore) -> Counter[str]:
    return Counter(f"{call.operation} {call.table}" for call in store.calls)


async def eligible() -> World:
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    return world


async def test_events_of_one_customer_cost_one_read_one_decision_and_one_write() -> None:
    world = await eligible()
    ports, store = process(world)
    await receive_event(ports, events.spend(amount="300001"), 1)
    store.calls.clear()
    bodies = [events.spend(licence=f"L-{number}", amount="5") for number in range(2, 42)]
    assert await at_once(ports, bodies) == [None] * 40
    assert counted(store) == {"get customers": 1, "get partners": 1, "write customers": 1}
    assert len((await world.state()).customer.licences) == 41


async def test_a_burst_that_goes_to_and_fro_is_one_change_named_after_the_greatest_event_that_changed_a_register() -> (
    None
):
    world = await eligible()
    ports, _ = process(world)
    greatest = events.spend(licence="L-2", amount="7", time=LAST)
    bodies = [
        events.spend(amount="300002", time=LATE),
        greatest,
        events.spend(amount="1", time=EARLY),
        events.project(status="cancelled", time=LATE),
        events.spend(licence="L-2", amount="8", time=LATE),
    ]
    await at_once(ports, bodies)
    assert world.told() == [(1, "ineligible"), (2, "eligible"), (3, "ineligible")]
    cause = world.notifications()[-1]["data"]["cause"]
    assert cause["id"] == json.loads(greatest)["id"]


async def test_an_event_that_changes_no_register_is_no_cause_however_great() -> None:
    world = await eligible()
    repeated = events.spend(licence="L-9", amount="5", time=LAST)
    await world.post(repeated)
    ports, _ = process(world)
    lost = events.spend(amount="1", time=EARLY)
    await at_once(ports, [lost, repeated])
    assert world.notifications()[-1]["data"]["cause"]["id"] == json.loads(lost)["id"]


async def test_the_notification_belongs_to_the_trace_of_its_cause() -> None:
    world = await eligible()
    ports, _ = process(world)
    trace = TraceContext("00-" + "a" * 32 + "-" + "b" * 16 + "-01").members()
    traced = json.loads(events.spend(amount="1", time=LATE)) | trace
    await at_once(ports, [events.spend(licence="L-2", amount="2", time=EARLY), json.dumps(traced).encode()])
    assert world.notifications()[-1]["traceparent"] == trace["traceparent"]


async def test_no_message_ends_before_the_notification_of_its_decision_is_sent() -> None:
    world = await eligible()
    ended_with: list[int] = []
    sent = world.sent.queues[Queue.NOTIFICATIONS]
    before = len(sent)
    ports, _ = process(world)

    async def one(body: bytes) -> None:
        await receive_event(ports, body, 1)
        ended_with.append(len(sent) - before)

    bodies = [events.spend(amount="1", time=EARLY), events.spend(licence="L-2", amount="2", time=EARLY)]
    await asyncio.gather(*map(one, bodies))
    assert ended_with == [1, 1]


async def test_every_message_is_logged_with_what_became_of_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "eligibility")
    world = await eligible()
    ports, _ = process(world)
    won, lost = events.spend(amount="300003", time=LATE), events.spend(amount="1", time=EARLY)
    caplog.clear()
    await at_once(ports, [lost, won, won])
    records = [json.loads(record.message) for record in caplog.records]
    handled = [each for each in records if each["what"] == "event handled"]
    told = [(each["eventId"], each["result"], each.get("because"), each["together"]) for each in handled]
    first, second = json.loads(lost)["id"], json.loads(won)["id"]
    assert sorted(told, key=str) == sorted(
        [
            (first, "unchanged", "outranked", 3),
            (second, "applied", None, 3),
            (second, "unchanged", "repeated", 3),
        ],
        key=str,
    )


async def test_the_one_record_of_the_cause_has_the_decision_and_its_notification(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "eligibility")
    world = await eligible()
    ports, _ = process(world)
    cause, other = events.spend(amount="1", time=LATE), events.spend(licence="L-2", amount="2", time=EARLY)
    caplog.clear()
    assert await at_once(ports, [cause, other]) == [None, None]
    records = {record["eventId"]: record for each in caplog.records if (record := json.loads(each.message))}
    assert len(caplog.records) == len(records) == 2
    found = records[json.loads(cause)["id"]]
    assert (found["result"], found["status"], found["notificationId"]) == ("applied", "ineligible", "C-1/3")
    assert "sequence" not in records[json.loads(other)["id"]]


async def full(world: World) -> None:
    """C-1 with room for two more facts."""
    await world.ports.rule_books.book(None)
    state: CustomerState = await world.state()
    for number in range(MAX_FACTS - 2):
        state = state.applying(parse_event(events.spend(licence=f"L-{number}", amount="1"), world.now)) or state
    await world.ports.customers.commit(state, None)


async def test_of_facts_past_a_cap_the_latest_fail_alone_and_the_others_are_applied() -> None:
    world = World()
    await full(world)
    ports, _ = process(world)
    new = [events.spend(licence=f"N-{number}", amount="1", time=f"2026-04-0{number}T00:00:00Z") for number in (4, 2, 1)]
    replacing = events.spend(licence="L-5", amount="7", time=LAST)
    assert await at_once(ports, [*new, replacing]) == [None] * 4
    (kept,) = await world.quarantine()
    assert kept["body"] == new[0]
    assert str(MAX_FACTS) in kept["reason"]
    licences = {each.licence_id for each in (await world.state()).customer.licences}
    assert {"N-1", "N-2"} < licences
    assert "N-4" not in licences


async def test_of_a_partners_facts_past_its_cap_the_latest_fail_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    await world.post(events.trained())
    monkeypatch.setattr(partners, "MAX_FACTS", 3)
    ports, _ = process(world)
    bodies = [events.trained(learnerId=f"A-{number}", time=f"2026-04-0{number}T00:00:00Z") for number in (5, 3, 4, 2)]
    assert await at_once(ports, bodies) == [None] * 4
    assert {each["body"] for each in await world.quarantine()} == {bodies[0], bodies[2]}
    assert (await world.ports.partners.load("P-1")).facts == 3


async def test_an_event_that_no_decision_can_be_made_of_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await eligible()
    ports, _ = process(world)
    applying = CustomerState.applying

    def failing(self: CustomerState, event):  # type: ignore[no-untyped-def]
        if event.key == "L-bad":
            raise ZeroDivisionError
        return applying(self, event)

    monkeypatch.setattr(CustomerState, "applying", failing)
    bad = events.spend(licence="L-bad")
    bodies = [events.spend(licence="L-2", amount="2"), bad, events.spend(licence="L-3", amount="3")]
    ends = await at_once(ports, bodies, LAST_ATTEMPT - 1)
    assert list(map(type, ends)) == [type(None), ZeroDivisionError, type(None)]
    await at_once(ports, bodies, LAST_ATTEMPT)
    assert [each["body"] for each in await world.quarantine()] == [bad]
    assert len((await world.state()).customer.licences) == 3


async def test_what_fails_the_first_fails_all_that_it_serves_and_each_is_applied_when_it_comes_again() -> None:
    world = await eligible()
    ports, store = process(world)

    async def broken(call: Call) -> None:
        await asyncio.sleep(0)
        if call.writes and call.table is Table.CUSTOMERS:
            raise StoreUnavailableError("gone")

    store.before = broken
    bodies = [events.spend(licence=f"L-{number}", amount="5") for number in range(2, 12)]
    ends = await at_once(ports, bodies)
    assert all(isinstance(end, PassingError) for end in ends)
    store.before = yielding
    assert await at_once(ports, bodies) == [None] * 10
    assert len((await world.state()).customer.licences) == 11


async def test_facts_of_one_partner_cost_one_write_one_revision_and_one_fan_out() -> None:
    world = await eligible()
    ports, store = process(world)
    before = await world.ports.partners.load("P-1")
    bodies = [events.trained(completedOn=f"2026-02-{day:02}", learnerId=f"A-{day}") for day in range(1, 25)]
    assert await at_once(ports, bodies) == [None] * 24
    assert counted(store) == {"get partners": 1 + 24, "write work": 1, "commit partners": 1}
    after = await world.ports.partners.load("P-1")
    assert (after.partner.revision, after.facts) == (before.partner.revision + 1, before.facts + 24)
    assert len(world.sent.queues[Queue.RECOMPUTE]) == 1
    await world.settle()
    assert (await world.state()).evidence.partners == {"P-1": after.partner.revision}


async def test_a_repeat_of_any_of_a_partners_facts_finds_the_fan_out_they_share() -> None:
    world = await eligible()
    ports, _ = process(world)
    bodies = [events.trained(completedOn=f"2026-02-0{day}", learnerId=f"A-{day}") for day in range(1, 5)]
    await at_once(ports, bodies)
    queue = world.sent.queues[Queue.RECOMPUTE]
    for body in bodies:
        queue.clear()
        await receive_event(world.worker(), body, 2)
        assert len(queue) == 1


async def test_a_partners_certificate_and_its_withdrawal_in_one_burst_fan_out_once_by_the_later() -> None:
    world = await eligible()
    ports, _ = process(world)
    lost, back = events.certified(level="none", time=EARLY), events.certified(time=LATE)
    await at_once(ports, [back, lost])
    await world.settle()
    assert await world.status() == "eligible"
    assert [status for _, status in world.told()] == ["ineligible", "eligible"]


@pytest.mark.parametrize("read", ["first", "second"])
async def test_a_fact_that_another_process_wrote_after_it_was_read_is_read_again(read: str) -> None:
    world = World()
    await world.post(events.trained(learnerId="A-0"))
    older, newer = (events.trained(time=time, revoked=revoked) for time, revoked in ((EARLY, False), (LATE, True)))
    reads = 0

    async def other_first(call: Call) -> None:
        nonlocal reads
        reads += (call.operation, call.table) == ("get", Table.PARTNERS)
        if call.operation == "get" and reads == (2 if read == "first" else 1):
            reads += 10
            await receive_event(world.worker(), older, 1)

    await receive_event(world.worker(WatchedStore(world.store, before=other_first)), newer, 1)
    rows = [row async for row in world.ports.partners.facts("P-1")]
    stored = await world.ports.partners.load("P-1")
    whole = Partner.of("P-1", [fact_of(row.kind, row.register.data) for row in rows])
    assert (stored.facts, dict(stored.partner.trainings)) == (len(rows), dict(whole.trainings))
    assert (len(rows), len(whole.trainings)) == (2, 1)


async def test_a_customer_and_a_partner_of_one_id_do_not_wait_for_each_other() -> None:
    world = World()
    ports, _ = process(world)
    one, other = events.spend(customer="X-1"), events.certified(partner="X-1")
    assert await at_once(ports, [one, other]) == [None, None]
    assert (await world.state("X-1")).sequence == 1
    assert (await world.ports.partners.load("X-1")).facts == 1


async def test_a_message_redelivered_while_it_is_handled_changes_nothing_twice() -> None:
    world = World()
    ports, _ = process(world)
    body = events.spend()
    assert await at_once(ports, [body] * 5) == [None] * 5
    assert world.told() == [(1, "ineligible")]
