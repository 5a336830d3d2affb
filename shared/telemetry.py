"""Makes OpenTelemetry spans of messages, and metrics from the app's log records.

Only imported where telemetry is on: the API alone takes a tenth of a second. A log field ``previousStatus`` is the
attribute ``eligibility.previous_status``, on spans and metrics alike.
"""

import functools
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from opentelemetry import metrics, trace
from opentelemetry.context import Context
from opentelemetry.metrics import Meter
from opentelemetry.trace import Link, SpanKind, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.domain.trace_context import TraceContext
from shared.logs import ROOT, Fields, Line, known
from shared.messaging.sender import Queue
from shared.ports import Operation, Span


@dataclass(frozen=True, slots=True)
class Metric:
    """Measured at each record of one of ``what``: one more, or, where a ``field`` is named, its value; by
    ``attributes``. ``of`` names a field without which a record is none to count."""

    name: str
    unit: str
    what: tuple[str, ...]
    field: str = ""
    attributes: tuple[str, ...] = ()
    of: str = ""


_DECIDED, _CHANGE = ("event handled", "decision recorded"), ("status", "previousStatus")

METRICS = (
    Metric("eligibility.events", "{event}", ("event handled",), "", ("type", "result")),
    Metric("eligibility.decision.changes", "{decision}", _DECIDED, "", _CHANGE, "epoch"),
    Metric("eligibility.notifications", "{notification}", (*_DECIDED, "notified"), "", _CHANGE, "notificationId"),
    Metric("eligibility.fan_out.lag", "s", ("fan-out page",), "lagSeconds"),
    Metric("eligibility.fan_out.age", "s", ("fan-outs swept",), "oldestSeconds"),
    Metric("eligibility.outbox.age", "s", ("outboxes swept",), "oldestSeconds"),
    Metric("eligibility.outbox.size", "{notification}", ("outboxes swept",), "outboxes"),
    Metric("eligibility.quarantine.size", "{message}", ("quarantine counted",), "kept"),
    Metric("eligibility.quarantine.messages", "{message}", ("kept",), "", ("queue",)),
    Metric("eligibility.queue.size", "{message}", ("queue counted",), "messages", ("queue",)),
    Metric("eligibility.queue.age", "s", ("queue counted",), "oldestSeconds", ("queue",)),
    Metric("eligibility.failures", "{failure}", ("failed",), "", ("queue", "last")),
    Metric("eligibility.requests.failed", "{request}", ("request failed",), "", ("route",)),
)
"""Values are histograms, a sweep's too. A gauge's last value is exported again and again by a process that has stopped
measuring because the timer runs on another one now."""

_SECONDS = (0, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 14400, 86400)
_NUMBERS = (0, 1, 2, 5, 10, 100, 1_000, 10_000, 100_000)
_KINDS: Mapping[Operation, SpanKind] = {"process": SpanKind.CONSUMER, "send": SpanKind.PRODUCER}
_W3C = TraceContextTextMapPropagator()

type Measure = Callable[[Fields], None]


def start(tracer: Tracer | None = None, meter: Meter | None = None) -> Span:
    """From now on records are measured; gives what records spans. Providers are the process's unless given."""
    log = logging.getLogger(ROOT)
    for handler in [each for each in log.handlers if isinstance(each, MetricsFromLog)]:
        log.removeHandler(handler)
    log.addHandler(MetricsFromLog(meter or metrics.get_meter(ROOT)))
    log.setLevel(logging.INFO)  # what is measured does not depend on what is shown
    return _spans_of(tracer or trace.get_tracer(ROOT))


class MetricsFromLog(logging.Handler):
    """Measures the app's records: what a metric counts and what the log tells are the same fields."""

    def __init__(self, meter: Meter) -> None:
        super().__init__()
        self._measures: dict[str, list[Measure]] = {}
        for metric in METRICS:
            measure = _measure(meter, metric)
            for what in metric.what:
                self._measures.setdefault(what, []).append(measure)

    def emit(self, record: logging.LogRecord) -> None:
        line = record.args[0] if isinstance(record.args, tuple) and record.args else None
        if isinstance(line, Line):
            for measure in self._measures.get(str(line.fields["what"]), ()):
                measure(line.fields)


def _measure(meter: Meter, metric: Metric) -> Measure:
    if not metric.field:
        return _counter(meter, metric)
    bounds = _SECONDS if metric.unit == "s" else _NUMBERS
    histogram = meter.create_histogram(metric.name, metric.unit, explicit_bucket_boundaries_advisory=bounds)

    def measure(fields: Fields) -> None:
        if isinstance(value := fields[metric.field], int | float):
            histogram.record(value, _attributes(fields, metric.attributes))

    return measure


def _counter(meter: Meter, metric: Metric) -> Measure:
    """A record that was logged for others too counts for all of them."""
    counter = meter.create_counter(metric.name, metric.unit)

    def measure(fields: Fields) -> None:
        one_of = fields.get("oneOf", 1)
        if (not metric.of or metric.of in fields) and isinstance(one_of, int):
            counter.add(one_of, _attributes(fields, metric.attributes))

    return measure


def _spans_of(tracer: Tracer) -> Span:
    @contextmanager
    def span(operation: Operation, queue: Queue, within: TraceContext | None) -> Iterator[TraceContext | None]:
        attributes = {"messaging.operation.type": operation, "messaging.destination.name": queue.value}
        context, links = _place(within)
        with tracer.start_as_current_span(
            f"{operation} {queue.value}",
            context,
            _KINDS[operation],
            attributes,
            links,
            record_exception=False,  # its text may quote what was sent
            set_status_on_exception=False,
        ) as current:
            try:
                yield within and _here(current)
            except Exception as fault:
                current.set_status(StatusCode.ERROR)
                current.set_attribute("error.type", type(fault).__name__)
                raise
            finally:
                fields = known()
                current.set_attributes(_attributes(fields, fields))

    return span


def _place(within: TraceContext | None) -> tuple[Context | None, Sequence[Link]]:
    """The span's parent: where the message was made, linked to the host's call; without a trace, the host's call."""
    call = trace.get_current_span().get_span_context()
    if within is None:
        return None, ()
    context = _W3C.extract(within.members())
    made = trace.get_current_span(context).get_span_context()
    return context, (Link(call),) if call.is_valid and call.trace_id != made.trace_id else ()


def _here(span: trace.Span) -> TraceContext | None:
    members: dict[str, str] = {}
    _W3C.inject(members, trace.set_span_in_context(span))
    return TraceContext.of(members)


def _attributes(fields: Fields, names: Iterable[str]) -> dict[str, str | int | float]:
    return {_name(field): value for field in names if isinstance(value := fields.get(field), str | int | float)}


@functools.cache
def _name(field: str) -> str:
    return "eligibility." + re.sub("[A-Z]", lambda capital: "_" + capital[0].lower(), field)
