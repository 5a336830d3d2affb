"""The machine's clock held against the dates of the storage's answers."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from shared.storage_clock import ClockOffError, StorageClock

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


class Machine:
    """``ahead`` of the time it is, which ``passes``."""

    def __init__(self, **ahead: float) -> None:
        self.passed = timedelta()
        self.ahead = timedelta(**ahead)
        self.clock = StorageClock(self._time, self._elapsed)

    def _time(self) -> float:
        return (NOW + self.passed + self.ahead).timestamp()

    def _elapsed(self) -> float:
        return 7 + self.passed.total_seconds()

    def answered(self) -> None:
        self.clock.answered(format_datetime(NOW + self.passed, usegmt=True))

    def passes(self, **time: float) -> None:
        self.passed += timedelta(**time)


@pytest.mark.parametrize(
    ("seconds", "off"),
    [
        (0, None),
        (119, None),
        (-119, None),
        (122, "0:02:02 ahead of the storage's"),
        (-122, "0:02:02 behind the storage's"),
        (366 * 86400, "366 days, 0:00:00 ahead of the storage's"),
    ],
)
def test_a_clock_more_than_two_minutes_off_is_found_out_by_one_answer(seconds: float, off: str | None) -> None:
    machine = Machine(seconds=seconds)
    machine.answered()
    assert machine.clock.off() == off
    if off is None:
        machine.clock.check()
    else:
        with pytest.raises(ClockOffError, match=f"this machine's clock is {off}"):
            machine.clock.check()


def test_before_an_answer_nothing_is_known() -> None:
    machine = Machine(days=366)
    machine.clock.check()
    assert machine.clock.now() is None


@pytest.mark.parametrize("date", [None, "", "yesterday", "Mon, 99 Jun 2026 12:00:00 GMT", "2026-06-01"])
def test_an_answer_without_a_date_that_can_be_read_says_nothing(date: str | None) -> None:
    machine = Machine(days=366)
    machine.clock.answered(date)
    machine.clock.check()


def test_a_clock_that_jumps_after_an_answer_is_found_out_without_another() -> None:
    machine = Machine()
    machine.answered()
    machine.passes(minutes=50)
    machine.clock.check()
    machine.ahead = timedelta(days=366)
    with pytest.raises(ClockOffError):
        machine.clock.check()


def test_a_clock_that_was_set_right_is_right_at_once() -> None:
    machine = Machine(days=3)
    machine.answered()
    machine.ahead = timedelta()
    machine.clock.check()


def test_the_next_answer_counts_where_time_stood_still_for_the_process() -> None:
    machine = Machine()
    machine.answered()
    machine.ahead = timedelta(hours=8)  # a machine that slept: its clock is right and the time that elapsed is not
    with pytest.raises(ClockOffError):
        machine.clock.check()
    machine.clock.answered(format_datetime(NOW + timedelta(hours=8), usegmt=True))
    machine.clock.check()


def test_the_storages_time_is_known_whatever_the_machines_is() -> None:
    machine = Machine(days=366)
    machine.answered()
    machine.passes(minutes=1)
    assert machine.clock.now() == NOW + timedelta(minutes=1)
