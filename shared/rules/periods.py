"""Which of several periods is in force on a day, and when that changes.

The one in force is the one that started last; it holds if it has not ended. An earlier one does not come back.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import zip_longest
from typing import Protocol

from shared.rules.scope import day_after


class Period(Protocol):
    """Something valid from one day to another, both included."""

    @property
    def valid_from(self) -> date: ...

    @property
    def valid_until(self) -> date | None: ...


def later[P: Period](one: P | None, other: P) -> P:
    """The one that starts later, so the one in force of those that have started."""
    return other if one is None or other.valid_from > one.valid_from else one


def holds(period: Period, on: date) -> bool:
    """Whether a period in force on ``on`` has not ended."""
    return period.valid_until is None or on <= period.valid_until


def changes(periods: Iterable[Period]) -> Iterator[date]:
    """The days on which a period starts or stops holding, cut short where the next one takes its place."""
    ordered = sorted(periods, key=lambda each: each.valid_from)
    for each, following in zip_longest(ordered, ordered[1:]):
        ends = [end for end in (day_after(each.valid_until), following and following.valid_from) if end]
        yield from interval_changes(each.valid_from, min(ends, default=None))


def interval_changes(start: date, end: date | None) -> Iterator[date]:
    """First day and first day after, unless there is none in between; ``end`` is the first day after."""
    if end is None:
        yield start
    elif start < end:
        yield start
        yield end
