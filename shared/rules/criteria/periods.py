"""Which of several periods is in force on a day, and when that changes.

The one in force is the one that started last; it holds if it has not ended. An earlier one does not come back.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import zip_longest
from typing import Protocol


class Period(Protocol):
    """Something valid from one day to another, both included."""

    @property
    def valid_from(self) -> date: ...

    @property
    def valid_until(self) -> date | None: ...


def in_force[P: Period](periods: Iterable[P], on: date) -> P | None:
    """The one that starts last of those that have started."""
    found = None
    for each in periods:
        if each.valid_from <= on and (found is None or each.valid_from > found.valid_from):
            found = each
    return found


def holds(period: Period, on: date) -> bool:
    """Whether a period in force on ``on`` has not ended."""
    return period.valid_until is None or on <= period.valid_until


def dates_of(periods: Iterable[Period]) -> Iterator[date]:
    """The days on which a period starts or stops holding, cut short where the next one takes its place."""
    ordered = sorted(periods, key=lambda each: each.valid_from)
    for each, following in zip_longest(ordered, ordered[1:]):
        ends = [end for end in (day_after(each.valid_until), following and following.valid_from) if end]
        yield from dates_of_interval(each.valid_from, min(ends, default=None))


def dates_of_interval(start: date, end: date | None) -> Iterator[date]:
    """First day and first day after, unless there is none in between; ``end`` is the first day after."""
    if end is None:
        yield start
    elif start < end:
        yield start
        yield end


def day_after(day: date | None) -> date | None:
    """The first day on which what ends on ``day`` no longer holds, if there is one."""
    return None if day is None or day == date.max else day + timedelta(days=1)
