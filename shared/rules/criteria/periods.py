"""Which of several periods is in force on a day.

The one in force is the one that started last; it holds if it has not ended. An earlier one does not come back.
"""

from collections.abc import Iterable
from datetime import date
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
