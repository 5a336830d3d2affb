"""On which days a partner's facts start and stop holding: sorted once, looked up for every customer of the partner.

Of periods of one kind the one that started last is in force; it holds if it has not ended. An earlier one does not come
back. All lists are in order of their dates.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate, zip_longest
from typing import NamedTuple

from shared.domain.facts import Competency, Designation


class Period(NamedTuple):
    """In force and not ended from ``first`` until before ``end`` (None: for ever), at a level, or active or not."""

    first: date
    end: date | None
    value: str | bool


class Periods(NamedTuple):
    """Those of one kind that hold on some day; ``dates`` are those on which one starts or stops holding."""

    holding: Sequence[Period]
    dates: Sequence[date]


class Deployments(NamedTuple):
    """The days from which deployments in one area are live, and how many are from each day on."""

    dates: Sequence[date]
    counts: Sequence[int]


class Completions(NamedTuple):
    """Completions of one part of a course: on which days, each once, and on which day at the latest any of those
    completed up to then holds.

    ``stops`` are days on which some no longer hold, each with the earliest day of completion of those.
    """

    dates: Sequence[date]
    last_days: Sequence[date]
    stops: Sequence[tuple[date, date]]


class PartnerDays(NamedTuple):
    """By competency and area, by designation, by area, by course and part."""

    competencies: Mapping[tuple[str, str], Periods]
    designations: Mapping[str, Periods]
    deployments: Mapping[str, Deployments]
    completions: Mapping[tuple[str, str], Completions]


def day_after(day: date | None) -> date | None:
    """The first day on which what ends on ``day`` no longer holds, if there is one."""
    return None if day is None or day == date.max else day + _ONE_DAY


def partner_days(
    competencies: Collection[Competency],
    designations: Collection[Designation],
    deployments: Mapping[tuple[str, date], int],
    trainings: Iterable[tuple[str, str, date, date | None]],
) -> PartnerDays:
    """Of a partner's summary."""
    held: defaultdict[tuple[str, str], list[_Valid]] = defaultdict(list)
    active: defaultdict[str, list[_Valid]] = defaultdict(list)
    live: defaultdict[str, list[tuple[date, int]]] = defaultdict(list)
    completed: defaultdict[tuple[str, str], list[_Held]] = defaultdict(list)
    for each in competencies:
        held[each.competency, each.area].append((each.valid_from, each.valid_until, each.level))
    for period in designations:
        active[period.designation].append((period.valid_from, period.valid_until, period.active))
    for (area, live_on), count in deployments.items():
        live[area].append((live_on, count))
    for course, part, completed_on, expires_on in trainings:
        last_day = expires_on or date.max
        if completed_on <= last_day:
            completed[course, part].append((completed_on, last_day))
    return PartnerDays(
        {kind: _periods(valid) for kind, valid in held.items()},
        {kind: _periods(valid) for kind, valid in active.items()},
        {area: _deployments(dated) for area, dated in live.items()},
        {kind: _completions(own) for kind, own in completed.items()},
    )


def _periods(valid: "list[_Valid]") -> Periods:
    valid.sort(key=_first)
    holding, dates = [], set[date]()
    for (first, until, value), following in zip_longest(valid, valid[1:]):
        ends = [end for end in (day_after(until), following and following[0]) if end]
        end = min(ends, default=None)
        if end is None or first < end:
            holding.append(Period(first, end, value))
            dates |= {first, end} if end else {first}
    return Periods(holding, sorted(dates))


def _deployments(dated: list[tuple[date, int]]) -> Deployments:
    dated.sort()
    return Deployments([day for day, _ in dated], list(accumulate([count for _, count in dated])))


def _completions(held: "list[_Held]") -> Completions:
    held.sort()
    stops: dict[date, date] = {}
    last_days: dict[date, date] = {}
    for completed_on, last_day in held:
        stops.setdefault(last_day, completed_on)
        last_days[completed_on] = last_day
    ends = [(end, first) for last_day, first in sorted(stops.items()) if (end := day_after(last_day))]
    return Completions(list(last_days), list(accumulate(last_days.values(), max)), ends)


def _first(valid: "_Valid") -> date:
    return valid[0]


_ONE_DAY = timedelta(days=1)
type _Valid = tuple[date, date | None, str | bool]
type _Held = tuple[date, date]
