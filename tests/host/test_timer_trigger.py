"""Timers fire once at the start as past due, then by their schedule, and on request."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.host.timer_trigger import next_time
from tests.host.hosts import RunningHost, ask, eventually, running


def test_a_timer_is_past_due_once_at_the_start_and_then_follows_its_schedule(azurite: str, log: Path) -> None:
    with running(azurite, log, SCHEDULE="* * * * * *") as host:
        eventually(lambda: len(host.calls("timer")) >= 3)
        assert host.calls("timer")[:3] == [True, False, False]


def test_a_timer_runs_on_request(host: RunningHost) -> None:
    eventually(lambda: host.calls("rare") == [True])
    assert ask(f"{host.url}/admin/functions/rare", "POST", b"{}").status == 202
    eventually(lambda: host.calls("rare") == [True, False])


def test_a_request_for_a_function_that_is_no_timer_is_404(host: RunningHost) -> None:
    assert ask(f"{host.url}/admin/functions/nothing", "POST", b"{}").status == 404


@pytest.mark.parametrize(
    ("schedule", "due"),
    [
        ("*/5 * * * * *", "2026-03-01T00:00:05"),
        ("30 0 0 * * *", "2026-03-01T00:00:30"),
        ("0 5 0 * * *", "2026-03-01T00:05:00"),
        ("0 0 2 1 * *", "2026-03-01T02:00:00"),
        ("0 0 0 * * 1-5", "2026-03-02T00:00:00"),
    ],
)
def test_the_first_of_six_fields_is_seconds(schedule: str, due: str) -> None:
    after = datetime(2026, 3, 1, 0, 0, 2, tzinfo=UTC)
    assert next_time(schedule, after) == datetime.fromisoformat(due).replace(tzinfo=UTC)
