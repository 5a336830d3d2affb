"""Telemetry, where it is on: one trace from an event to the notifications it causes, and metrics that say what the log
says; where it is off, nothing of it is even loaded."""

import base64
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from azure.functions.queue import QueueMessage
from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from functions import receive_event, recompute
from shared import wiring
from shared.errors import PassingError
from shared.logs import ROOT, Log
from shared.messaging.sender import Queue
from shared.settings import read_settings
from shared.storage.store import Store, StoreUnavailableError, Table
from shared.telemetry import METRICS, start
from shared.workflow import sweep
from tests import events
from tests.functions.children import ROOT as FOLDER
from tests.functions.children import told_by
from tests.watched_store import WatchedStore, breaking_at, once_at
from tests.world import World

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
TRACE = {"traceparent": f"00-{TRACE_ID}-b7ad6b7169203331-01", "tracestate": "rojo=1"}
CANARY = "Zanzibar-Canary"


@dataclass
class Measured:
    """A world with telemetry on, and what it recorded."""

    world: World
    spans: InMemorySpanExporter
    metrics: InMemoryMetricReader

    async def post(self, *bodies: bytes) -> None:
        """Through the app's own triggers, until nothing is left to do."""
        for body in bodies:
            await receive_event.receive_event(_message(body))
            queue = self.world.sent.queues[Queue.RECOMPUTE]
            while queue:
                await recompute.recompute(_message(queue.popleft().body))

    def use(self, store: Store) -> None:
        """From now on the app's store is this one."""
        self.world.ports = wiring._built = self.world.worker(store)

    def points(self) -> dict[str, dict[tuple[Any, ...], Any]]:
        """By metric and the values of its attributes, how often or (count, greatest)."""
        found: dict[str, dict[tuple[Any, ...], Any]] = {}
        data = self.metrics.get_metrics_data()
        for metric in data.resource_metrics[0].scope_metrics[0].metrics if data else ():
            for point in metric.data.data_points:
                value = point.value if hasattr(point, "value") else (point.count, point.max)
                found.setdefault(metric.name, {})[tuple((point.attributes or {}).values())] = value
        return found


def _message(body: bytes) -> QueueMessage:
    return QueueMessage(id="m-1", body=base64.b64encode(body), dequeue_count=1)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Iterator[Measured]:
    log = logging.getLogger(ROOT)
    level, handlers = log.level, list(log.handlers)
    world, spans, metrics = World(), InMemorySpanExporter(), InMemoryMetricReader()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    world.span = start(provider.get_tracer("test"), MeterProvider([metrics]).get_meter("test"))
    monkeypatch.setattr(wiring, "_built", None)
    made = Measured(world, spans, metrics)
    made.use(world.store)
    yield made
    log.setLevel(level)
    log.handlers = handlers


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


async def test_metrics_count_what_the_log_tells(measured: Measured, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    spend, certified = "fasttrack.spend.updated.v1", "fasttrack.partner.certified.v1"
    message = events.spend()
    await measured.post(message, message, *events.eligible()[1:], *events.qualified(), b"{", b"[")
    measured.world.now = measured.world.now.replace(minute=1)
    await sweep.tell_quarantine(measured.world.ports)
    points = measured.points()
    counted = points["eligibility.events"]
    assert (counted[spend, "applied"], counted[spend, "unchanged"], counted[certified, "applied"]) == (1, 1, 1)
    assert counted[("kept",)] == 2
    assert (
        points["eligibility.decision.changes"]
        == points["eligibility.notifications"]
        == {
            ("ineligible", "unassessed"): 1,
            ("eligible", "ineligible"): 1,
        }
    )
    assert points["eligibility.quarantine.messages"] == {("eligibility-events",): 2}
    assert points["eligibility.quarantine.size"] == {(): (1, 2)}
    assert points["eligibility.fan_out.lag"] == {(): (3, 0)}
    told = [json.loads(each.getMessage()) for each in caplog.records if each.name.startswith("eligibility.")]
    for metric in METRICS:
        taken = sum(value if isinstance(value, int) else value[0] for value in points.get(metric.name, {}).values())
        assert taken == sum(line["what"] == metric.what for line in told), metric.name


async def test_ages_are_in_seconds_and_of_the_oldest(measured: Measured) -> None:
    ports = measured.world.ports
    await measured.post(*events.eligible("C-9"), *events.qualified())
    for sequence, minute in ((1, 50), (2, 55)):
        await ports.work.open_outbox("C-9", sequence, f"2026-06-01T11:{minute}:00.000000Z")
    await sweep.sweep_outboxes(ports)
    await sweep.sweep_fan_outs(ports)
    points = measured.points()
    assert points["eligibility.outbox.age"] == {(): (1, 600)}
    assert points["eligibility.outbox.size"] == {(): (1, 2)}
    assert points["eligibility.fan_out.age"] == {(): (1, 0)}


async def test_failures_are_counted_by_queue_and_whether_it_was_the_last(measured: Measured) -> None:
    measured.use(WatchedStore(measured.world.store, before=breaking_at(1)))
    with pytest.raises(PassingError):
        await measured.post(events.spend())
    assert measured.points()["eligibility.failures"] == {("eligibility-events", False): 1}


async def test_no_metric_is_by_customer_partner_or_event(measured: Measured) -> None:
    await measured.post(*events.eligible("C-1"), *events.eligible("C-2"), *events.qualified())
    values = {value for points in measured.points().values() for attributes in points for value in attributes}
    assert not [value for value in values if str(value).startswith(("C-", "P-", "e-", "/test"))]
    assert {name for metric in METRICS for name in metric.attributes} == {
        *("type", "result", "status", "previousStatus", "queue", "last")
    }


async def test_measuring_does_not_depend_on_what_is_shown(measured: Measured) -> None:
    logging.getLogger().setLevel(logging.ERROR)
    await measured.post(events.spend())
    assert measured.points()["eligibility.events"]


async def test_starting_again_does_not_count_twice(measured: Measured) -> None:
    start(meter=MeterProvider([metrics := InMemoryMetricReader()]).get_meter("test"))
    await measured.post(events.spend())
    again = Measured(measured.world, measured.spans, metrics)
    assert sum(again.points()["eligibility.events"].values()) == 1
    assert measured.points() == {}


def test_calls_of_the_sdks_are_not_logged_for_an_exporter_to_export_by_another_call() -> None:
    logging.getLogger("azure").setLevel(logging.NOTSET)
    wiring.build(read_settings({"EligibilityStorage": "UseDevelopmentStorage=true"}))
    assert not logging.getLogger("azure.core.pipeline.policies.http_logging_policy").isEnabledFor(logging.INFO)


def test_records_have_no_attributes_of_ours_for_an_exporter_to_take(caplog: pytest.LogCaptureFixture) -> None:
    """OpenTelemetry exports all of a record's attributes, and a notification is not for the log."""
    usual = set(vars(logging.makeLogRecord({})))
    caplog.set_level("INFO")
    Log("test").info("notified", {"notification": {"data": CANARY}}, customer="C-1")
    assert set(vars(caplog.records[0])) - usual <= {"message", "asctime"}
    assert CANARY not in str(vars(caplog.records[0]))


def test_the_documentation_describes_just_the_metrics_there_are() -> None:
    lines = "".join(file.read_text() for file in (FOLDER / "docs").glob("*.md")).splitlines()
    rows = [line.replace("`", "").split(" | ") for line in lines if line.startswith("| `eligibility.")]
    described = {(name.removeprefix("| "), unit, what) for name, unit, what, *_ in rows}
    assert described == {(metric.name, metric.unit, metric.what) for metric in METRICS}


@pytest.mark.parametrize(
    ("setting", "on"),
    [
        ({}, False),
        ({"PYTHON_ENABLE_OPENTELEMETRY": "false"}, False),
        ({"PYTHON_ENABLE_OPENTELEMETRY": "true"}, True),
        ({"PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY": "1"}, True),
    ],
)
def test_nothing_of_it_is_loaded_unless_a_setting_asks_for_it(setting: dict[str, str], on: bool) -> None:
    loaded = told_by("tell_telemetry", EligibilityStorage="UseDevelopmentStorage=true", **setting)
    assert ("opentelemetry" in loaded, "shared.telemetry" in loaded) == (on, on)
