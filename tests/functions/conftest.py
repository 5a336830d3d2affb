"""Telemetry on for one test, and the log as it was after it."""

import logging
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared import wiring
from shared.logs import ROOT
from shared.telemetry import start
from tests.functions.measured import Measured
from tests.world import World


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
