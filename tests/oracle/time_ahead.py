"""Facts, the rule-set documents with the days from which they are in force, and a day arrives; the time ahead leaves.

Every later day is looked at, one after the other; only days on which something given starts or stops are judged again,
as the verdict of any other day is that of the day before. How many dates a walk may have is not looked at.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from .decide import Json, Timeline, dates_in, decide, in_force

type Verdict = tuple[str, list[str], bool]


@dataclass(frozen=True)
class TimeAhead:
    """The outcome on the day, what comes later, and each later day with another verdict."""

    status: str
    eligible_projects: list[str]
    by_exception: bool
    expiring: Json | None
    loses_on: date | None
    gains_on: date | None
    next_change_on: date | None
    forecast: list[tuple[date, Verdict]]


def time_ahead(facts: Json, timeline: Timeline, on: date) -> TimeAhead:
    now = decide(facts, in_force(timeline, on), on)
    changes = changes_after(facts, timeline, on, now)
    other = next((day for day, (status, *_) in changes if status != now[0]), None)
    loses_on, gains_on = (other, None) if now[0] == "eligible" else (None, other)
    expiring = near(loses_on, timeline, on)
    first_change = changes[0][0] if changes else None
    return TimeAhead(*now, expiring, loses_on, gains_on, first_of(first_change, loses_on, timeline, on), changes)


def changes_after(facts: Json, timeline: Timeline, on: date, now: Verdict) -> list[tuple[date, Verdict]]:
    """Each later day whose verdict is not that of the day before."""
    found = []
    for day in sorted({start for start, _ in timeline} | dates_in(facts)):
        if day > on and (verdict := decide(facts, in_force(timeline, day), day)) != now:
            found.append((day, verdict))
            now = verdict
    return found


def near(loses_on: date | None, timeline: Timeline, day: date) -> Json | None:
    """The ``expiring`` of a day, by the steps of the document in force on it."""
    steps = in_force(timeline, day).get("warnDaysBefore", [])
    left = (loses_on - day).days if loses_on else 0
    if loses_on is None or not steps or left > max(steps):
        return None
    return {"losesOn": loses_on.isoformat(), "within": min(step for step in steps if step >= left)}


def first_of(change: date | None, loses_on: date | None, timeline: Timeline, on: date) -> date | None:
    """The first later day with another verdict, or on which the loss is near in another way."""
    if change is None or loses_on is None:
        return change
    day = on + timedelta(days=1)
    while day < change and near(loses_on, timeline, day) == near(loses_on, timeline, on):
        day += timedelta(days=1)
    return day
