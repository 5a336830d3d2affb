"""What a look at the days ahead knows while it goes through the criteria.

First it gathers the dates on which a fact that they look at starts or stops holding. Then it finds on which of those
days each of them is met, all days at once: as bits, 1 for the first day, 2 for the second, 4 for the third.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice, takewhile
from typing import NamedTuple

from shared.domain.decision import JsonObject
from shared.rules.criteria.scope import Scope

MOST_DATES = 64
"""Of one walk: no more are looked at, but for those of the days of warning."""


class Turn(NamedTuple):
    """A fact that starts or stops holding on a day: its kind, the members that name it, and in words."""

    kind: str
    starts: bool
    names: Mapping[str, str | int]
    text: str

    def to_json(self) -> JsonObject:
        return {"kind": self.kind, "change": "starts" if self.starts else "ends", **self.names}


type AlreadyFound = dict[tuple[Hashable, ...], int]
"""On which of some days a criterion is met, by what it depends on: of a project its criterion's and its own id, of a
partner its id among the first two."""


@dataclass(slots=True)
class Ahead(Scope):
    """One look at the days after ``on``: at the nearest dates, and at all until ``least``."""

    least: date = date.min
    dates: set[date] = field(default_factory=set)
    """Those gathered: of each kind of fact the nearest, as many as matter."""
    gathered: set[Hashable] = field(default_factory=set)
    """Of what the dates were gathered: of a partner for the project that starts last, whose dates are those of all."""
    days: Sequence[date] = ()
    """Those looked at, in order."""
    every: int = 0
    """All of them."""
    eligible_on: dict[str, int] = field(default_factory=dict)
    """On which of them each project meets what is asked of projects."""
    found: AlreadyFound = field(default_factory=dict)

    def look_at(self, days: Sequence[date]) -> None:
        self.days, self.every = days, (1 << len(days)) - 1

    def bits(self, first: date, end: date | None) -> int:
        """The days from ``first`` until before ``end``, or all from then on."""
        days = self.days
        begin, stop = bisect_left(days, first), len(days) if end is None else bisect_left(days, end)
        return (1 << stop) - (1 << begin) if begin < stop else 0

    def add_nearest(self, dates: Sequence[date], until: date = date.max) -> None:
        """Of dates in their order, those after ``on`` and before ``until``, as many as matter."""
        start, end = bisect_right(dates, self.on), bisect_left(dates, until)
        if end - start > MOST_DATES + 1:
            end = max(start + MOST_DATES + 1, min(end, bisect_right(dates, self.least)))
        self.dates.update(dates[start:end])

    def add_first(self, dates: Iterable[date]) -> None:
        """Of dates in their order, as many as matter."""
        following = iter(dates)
        self.dates.update(islice(following, MOST_DATES + 1))
        self.dates.update(takewhile(lambda each: each <= self.least, following))

    def is_new(self, what: Hashable) -> bool:
        """Whether dates are still to be gathered of it; now they are."""
        if what in self.gathered:
            return False
        self.gathered.add(what)
        return True
