"""Metrics, where telemetry is on, say what the log says; where it is off, nothing of it is even loaded."""

import json
import logging

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from shared import wiring
from shared.errors import PassingError
from shared.logs import Log
from shared.messaging.sender import Queue, Waiting
from shared.settings import read_settings
from shared.storage.work import Outbox
from shared.telemetry import METRICS, start
from shared.workflow import sweep
from tests import events
from tests.functions.children import ROOT as FOLDER
from tests.functions.children import told_by
from tests.functions.measured import Measured
from tests.watched_store import WatchedStore, breaking_at

CANARY = "Zanzibar-Canary"


async def test_metrics_count_what_the_log_tells(measured: Measured, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    spend, certified = "fasttrack.spend.updated.v1", "fasttrack.partner.certified.v1"
    message = events.spend()
    await measured.post(message, message, *events.eligible()[1:], *events.qualified(), b"{", b"[")
    measured.world.now = measured.world.now.replace(minute=1)
    await sweep.count_quarantine(measured.world.ports)
    measured.world.ports.waiting = _waiting
    await sweep.count_queues(measured.world.ports)
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
    assert points["eligibility.queue.size"] == {("eligibility-recompute",): (1, 3)}
    assert points["eligibility.queue.age"] == {("eligibility-recompute",): (1, 0)}
    assert points["eligibility.fan_out.lag"] == {(): (3, 0)}
    told = [json.loads(each.getMessage()) for each in caplog.records if each.name.startswith("eligibility.")]
    for metric in METRICS:
        taken = sum(value if isinstance(value, int) else value[0] for value in points.get(metric.name, {}).values())
        assert taken == sum(line["what"] in metric.what and (metric.of or "what") in line for line in told), metric.name


async def _waiting() -> list[Waiting]:
    return [Waiting(Queue.RECOMPUTE, 3)]


async def test_a_record_that_was_logged_for_others_too_counts_for_all_of_them(
    measured: Measured, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    measured.use(measured.world.store, log_one_of=3)
    await measured.post(*(events.spend(f"C-{number}") for number in range(30)))
    logged = sum('"event handled"' in each.getMessage() for each in caplog.records)
    points = measured.points()
    assert 0 < logged < 30
    assert points["eligibility.events"] == {("fasttrack.spend.updated.v1", "applied"): 3 * logged}
    for name in ("eligibility.decision.changes", "eligibility.notifications"):
        assert points[name] == {("ineligible", "unassessed"): 3 * logged}


async def test_ages_are_in_seconds_and_of_the_oldest(measured: Measured) -> None:
    ports = measured.world.ports
    await measured.post(*events.eligible("C-9"), *events.qualified())
    for sequence, minute in ((1, 50), (2, 55)):
        await ports.work.open_outbox(Outbox("C-9", sequence, f"2026-06-01T11:{minute}:00.000000Z"))
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
        *("type", "result", "status", "previousStatus", "queue", "last", "route")
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
    lines = "".join(file.read_text() for file in (FOLDER / "docs").rglob("*.md")).splitlines()
    rows = [line.replace("`", "").split(" | ") for line in lines if line.startswith("| `eligibility.")]
    described = {(name.removeprefix("| "), unit, what) for name, unit, what, *_ in rows}
    assert described == {(metric.name, metric.unit, ", ".join(metric.what)) for metric in METRICS}


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
