"""Traces, where telemetry is on: one from an event to the notifications it causes, saying no more than the log."""

import json
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from shared.errors import PassingError
from shared.messaging.sender import Queue
from shared.storage.store import StoreUnavailableError, Table
from shared.telemetry import start
from tests import events
from tests.functions.measured import Measured
from tests.watched_store import WatchedStore, breaking_at, once_at

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
TRACE = {"traceparent": f"00-{TRACE_ID}-b7ad6b7169203331-01", "tracestate": "rojo=1"}
CANARY = "Zanzibar-Canary"


def traced(body: bytes, members: dict[str, Any] = TRACE) -> bytes:
    return json.dumps(json.loads(body) | members).encode()


def names(spans: tuple[ReadableSpan, ...]) -> list[str]:
    return [span.name for span in spans]


def span_id(span: ReadableSpan) -> str:
    assert span.context is not None
    return trace.format_span_id(span.context.span_id)


def parent_id(span: ReadableSpan) -> str:
    return trace.format_span_id(span.parent.span_id) if span.parent else ""


def trace_id(span: ReadableSpan) -> str:
    assert span.context is not None
    return trace.format_trace_id(span.context.trace_id)


async def test_a_customers_event_and_its_notification_are_spans_of_the_events_trace(measured: Measured) -> None:
    await measured.post(traced(events.spend()))
    send, process = measured.spans.get_finished_spans()
    assert (process.name, send.name) == ("process eligibility-events", "send eligibility-notifications")
    assert (process.kind, send.kind) == (trace.SpanKind.CONSUMER, trace.SpanKind.PRODUCER)
    assert trace_id(process) == trace_id(send) == TRACE_ID
    assert parent_id(process) == "b7ad6b7169203331"
    assert parent_id(send) == span_id(process)
    (notification,) = measured.world.notifications()
    assert notification["traceparent"] == f"00-{TRACE_ID}-{span_id(process)}-01"
    assert notification["tracestate"] == "rojo=1"


async def test_a_partners_event_its_fan_out_and_all_it_brings_about_are_one_trace(measured: Measured) -> None:
    *before, last = events.qualified()
    await measured.post(*events.eligible("C-1"), *events.eligible("C-2"), *before)
    measured.spans.clear()
    await measured.post(traced(last))
    spans = measured.spans.get_finished_spans()
    assert sorted(names(spans)) == [
        "process eligibility-events",
        "process eligibility-recompute",
        "send eligibility-notifications",
        "send eligibility-notifications",
    ]
    assert {trace_id(span) for span in spans} == {TRACE_ID}
    told = {measured.world.notifications(customer)[-1]["traceparent"] for customer in ("C-1", "C-2")}
    (received,) = (span for span in spans if span.name == "process eligibility-events")
    (decided,) = {parent_id(span) for span in spans if span.name.startswith("send")}
    assert told == {f"00-{TRACE_ID}-{decided}-01"}
    assert {parent_id(span) for span in spans if span.name == "process eligibility-recompute"} == {span_id(received)}


async def test_an_event_without_a_trace_is_part_of_the_hosts_call_and_its_notification_carries_none(
    measured: Measured,
) -> None:
    with TracerProvider().get_tracer("host").start_as_current_span("call") as call:
        await measured.post(events.spend())
    assert {trace_id(span) for span in measured.spans.get_finished_spans()} == {
        trace.format_trace_id(call.get_span_context().trace_id)
    }
    assert "traceparent" not in measured.world.notifications()[0]


async def test_an_event_with_a_trace_is_linked_to_the_hosts_call(measured: Measured) -> None:
    with TracerProvider().get_tracer("host").start_as_current_span("call") as call:
        await measured.post(traced(events.spend()))
    _, process = measured.spans.get_finished_spans()
    assert trace_id(process) == TRACE_ID
    assert [link.context for link in process.links] == [call.get_span_context()]


async def test_a_notification_sent_again_has_the_same_bytes_and_its_span_the_same_parent(measured: Measured) -> None:
    """The trace it was recorded in stays, though each attempt is a span of its own."""
    measured.use(WatchedStore(measured.world.store, before=once_at("merge", Table.CUSTOMERS, _break)))
    message = traced(events.spend())
    with pytest.raises(PassingError):
        await measured.post(message)
    measured.world.now = measured.world.now.replace(minute=30)
    await measured.post(message)
    first, second = (each.body for each in measured.world.sent.queues[Queue.NOTIFICATIONS])
    assert first == second
    sends = [each for each in measured.spans.get_finished_spans() if each.name.startswith("send")]
    assert {parent_id(each) for each in sends} == {json.loads(first)["traceparent"].split("-")[2]}
    assert len(sends) == 2


async def _break() -> None:
    raise StoreUnavailableError("broken before it was marked as sent")


async def test_what_is_not_sampled_carries_its_trace_on_all_the_same(measured: Measured) -> None:
    measured.world.ports.span = start(TracerProvider(sampler=ALWAYS_OFF).get_tracer("test"))
    await measured.post(traced(events.spend()))
    (notification,) = measured.world.notifications()
    assert notification["traceparent"].startswith(f"00-{TRACE_ID}-")
    assert notification["traceparent"].endswith("-00")


async def test_without_anything_set_up_behind_the_api_the_trace_is_carried_as_it_came(measured: Measured) -> None:
    measured.world.ports.span = start(trace.NoOpTracer())
    await measured.post(traced(events.spend()))
    assert measured.world.notifications()[0].items() >= TRACE.items()


async def test_a_failure_is_told_by_its_kind_alone(measured: Measured) -> None:
    measured.use(WatchedStore(measured.world.store, before=breaking_at(1)))
    with pytest.raises(PassingError):
        await measured.post(traced(events.spend()))
    (process,) = measured.spans.get_finished_spans()
    assert process.status.status_code is trace.StatusCode.ERROR
    assert not process.status.description
    assert not process.events
    assert (process.attributes or {})["error.type"] == "StoreUnavailableError"


async def test_spans_say_what_the_log_says_and_nothing_a_customer_sent_beyond_ids(measured: Measured) -> None:
    bodies = [events.spend(name=CANARY), events.spend(currency=CANARY), events.project(status=CANARY), CANARY.encode()]
    await measured.post(*map(traced, bodies[:-1]), bodies[-1])
    await measured.post(*map(traced, [*events.eligible(), *events.qualified()]))
    spans = measured.spans.get_finished_spans()
    allowed = {"messaging.operation.type", "messaging.destination.name", "error.type"}
    fields = (
        "queue attempt event_id source type customer partner fan_out notification_id sequence status previous_status"
    )
    allowed |= {f"eligibility.{field}" for field in fields.split()}
    assert {name for span in spans for name in span.attributes or {}} <= allowed
    assert CANARY not in "".join(span.to_json() for span in spans)
    process = next(span for span in spans if span.name == "process eligibility-events")
    assert process.attributes is not None
    assert process.attributes["eligibility.customer"] == "C-1"
    assert process.attributes["eligibility.type"] == "fasttrack.spend.updated.v1"
