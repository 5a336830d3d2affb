"""The trace context of an event is that of the notifications it causes, whichever way it takes to them."""

import json
from typing import Any

import pytest

from shared.domain.events import MAX_EVENT_BYTES
from shared.messaging.sender import Queue
from shared.storage.store import StoreUnavailableError, Table
from shared.workflow import sweep
from shared.workflow.receive_event import receive_event
from tests import events
from tests.watched_store import WatchedStore, once_at
from tests.world import World

TRACE = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "rojo=1"}
OTHER = {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"}


def traced(body: bytes, members: dict[str, Any] = TRACE) -> bytes:
    return json.dumps(json.loads(body) | members).encode()


def carried(notification: dict[str, Any]) -> dict[str, Any]:
    return {name: notification[name] for name in ("traceparent", "tracestate") if name in notification}


async def test_a_customers_event_gives_its_trace_to_the_notification() -> None:
    world = World()
    await world.post(traced(events.spend()))
    (notification,) = world.notifications()
    assert carried(notification) == TRACE


async def test_a_partners_event_gives_its_trace_to_the_notification_of_each_customer() -> None:
    world = World()
    *before, last = events.qualified()
    await world.post(*events.eligible("C-1"), *events.eligible("C-2"), *(traced(each, OTHER) for each in before))
    await world.post(traced(last))
    for customer in ("C-1", "C-2"):
        first, second = world.notifications(customer)
        assert carried(first) == {}
        assert carried(second) == TRACE


async def test_an_event_of_a_partner_that_changes_nothing_leaves_the_trace_of_the_one_that_did() -> None:
    world = World()
    await world.post(*(traced(each) for each in events.qualified()))
    await world.post(
        traced(events.trained(learnerId="A-1", completedOn="2026-01-15", time="2026-03-05T00:00:00Z"), OTHER)
    )
    state = await world.ports.partners.load("P-1")
    assert state.cause is not None
    assert state.cause.trace is not None
    assert state.cause.trace.members() == TRACE


async def test_a_change_of_rules_and_a_date_have_no_trace() -> None:
    world = World()
    await world.post(*map(traced, [*events.eligible(), *events.qualified(validUntil="2026-06-01")]))
    assert await world.status() == "eligible"
    world.now = world.now.replace(day=2)
    await sweep.sweep_due(world.ports)
    await world.settle()
    last = world.notifications()[-1]
    assert last["data"]["cause"]["kind"] == "date"
    assert carried(last) == {}


async def test_a_repeat_with_another_trace_changes_nothing_and_tells_nothing() -> None:
    world = World()
    message = events.spend()
    await world.post(traced(message), traced(message, OTHER), message)
    assert [carried(each) for each in world.notifications()] == [TRACE]


async def test_a_notification_sent_later_for_another_event_has_the_trace_it_was_recorded_with() -> None:
    """The outbox holds its bytes: whoever sends them sends the same."""
    world = World()
    message = traced(events.spend())
    recorded_not_sent = WatchedStore(world.store, after=once_at("commit", Table.CUSTOMERS, _break))
    with pytest.raises(StoreUnavailableError):
        await receive_event(world.worker(recorded_not_sent), message, 1)
    world.now = world.now.replace(minute=30)
    await receive_event(world.ports, traced(events.spend(amount="1"), OTHER), 1)
    bodies = {each.body for each in world.sent.queues[Queue.NOTIFICATIONS]}
    assert len(bodies) == 1
    assert carried(json.loads(bodies.pop())) == TRACE


async def _break() -> None:
    raise StoreUnavailableError("broken after the commit")


async def test_the_cause_of_decisions_has_the_members_of_the_contract_alone() -> None:
    world = World()
    await world.post(*map(traced, [*events.eligible(), *events.qualified()]))
    told = [each["data"]["cause"] for each in world.notifications()]
    decided = (await world.state()).decision
    assert decided is not None
    for cause in (*told, decided["cause"]):
        assert cause.keys() == {"kind", "source", "id", "type"}


async def test_partners_stored_before_traces_were_are_read() -> None:
    world = World()
    await world.post(*events.qualified())
    state = await world.ports.partners.load("P-1")
    assert state.cause is not None
    assert (state.cause.named["type"], state.cause.trace) == ("fasttrack.partner.certified.v1", None)


BAD: list[tuple[str, dict[str, Any]]] = [
    ("too long", {"traceparent": TRACE["traceparent"] + "canary"}),
    ("a line break", {"traceparent": TRACE["traceparent"] + "\r\ncanary: 1"}),
    ("capitals", {"traceparent": TRACE["traceparent"].upper(), "tracestate": "canary=1"}),
    ("zeros", {"traceparent": f"00-{'0' * 32}-{'0' * 16}-00", "tracestate": "canary=1"}),
    ("no string", {"traceparent": {"canary": [1e9, None]}, "tracestate": ["canary=1"]}),
    ("a tracestate alone", {"tracestate": "canary=1"}),
    ("nearly all of the message", {"tracestate": "canary=" + "x" * (MAX_EVENT_BYTES - 1024)}),
]


@pytest.mark.parametrize("members", [case[1] for case in BAD], ids=[case[0] for case in BAD])
async def test_a_malformed_trace_context_is_harmless_and_reaches_neither_notification_nor_log(
    members: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    world = World()
    await world.post(traced(events.spend(), members))
    (notification,) = world.notifications()
    assert carried(notification) == {}
    assert await world.quarantine() == []
    assert "canary" not in caplog.text.lower()


async def test_a_tracestate_of_a_megabyte_is_kept_with_its_message_like_all_that_is_too_large(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    world = World()
    await world.post(traced(events.spend(), {**TRACE, "tracestate": "canary=" + "x" * 2**20}))
    assert world.notifications() == []
    (kept,) = await world.quarantine()
    assert "at most" in kept["reason"]
    assert "canary" not in caplog.text.lower()
