"""The criteria about what one partner holds: a competency, a designation."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, timedelta
from itertools import islice
from typing import Annotated

from shared.domain import event_data
from shared.domain.decision import Node, Said, Value, Verdict
from shared.domain.declared import declared
from shared.domain.facts import Competency, Designation
from shared.domain.partner_days import Period, Periods
from shared.rules.changes.partner import GainCompetency, GainDesignation
from shared.rules.changes.plan import Plans
from shared.rules.checks import list_of, one_of, without_repeats
from shared.rules.criteria.ahead import Ahead, Turn
from shared.rules.criteria.base import Leaf, Subject, about, verdict_of
from shared.rules.criteria.periods import holds, in_force
from shared.rules.criteria.phrase import Phrase, in_area
from shared.rules.criteria.scope import Scope, Test
from shared.rules.criteria.search import Search
from shared.rules.words import day, listed, name_of, words

_ONE_DAY = timedelta(days=1)
_NO_END = date.max.isoformat()


def _shown(name: str, value: str | bool, period: Competency | Designation) -> dict[str, Value]:
    until = period.valid_until
    return {name: value, "validFrom": period.valid_from.isoformat(), "validUntil": until.isoformat() if until else None}


def _last_and_next[P: (Competency, Designation)](
    periods: list[P], enough: Callable[[P], bool], on: date
) -> dict[str, Value]:
    """Where none that is ``enough`` holds: the last day on which one did, and the first on which one will."""
    found: dict[str, Value] = {}
    following: P | None = None
    for each in sorted(periods, key=lambda each: each.valid_from, reverse=True):
        if enough(each) and holds(each, each.valid_from):
            if each.valid_from <= on:
                return found | _said("ended", _last_day(each, following), each)
            found = _said("starts", each.valid_from, each)
        following = each
    return found


def _last_day(period: Competency | Designation, following: Competency | Designation | None) -> date:
    ends = period.valid_until or date.max
    return min(ends, following.valid_from - _ONE_DAY) if following else ends


def _said(what: str, on: date, period: Competency | Designation) -> dict[str, Value]:
    level: dict[str, Value] = {f"{what}Level": period.level} if isinstance(period, Competency) else {}
    return {f"{what}On": on.isoformat(), **level}


def _texts(node: Node) -> dict[str, str]:
    """What is said of periods, as far as it is text."""
    found = node.actual if isinstance(node.actual, dict) else {}
    return {name: value for name, value in found.items() if isinstance(value, str)}


def _until(found: Mapping[str, str]) -> str:
    return f", until {day(found['validUntil'])}" if "validUntil" in found else ""


def _starts(found: Mapping[str, str]) -> str:
    if "startsOn" not in found:
        return ""
    return f"; {found.get('startsLevel', 'it')} starts on {day(found['startsOn'])}"


def _holding(periods: Periods, values: Collection[str | bool], ahead: Ahead) -> int:
    """On which days one with such a value holds."""
    found, days = 0, ahead.days
    start = max(bisect_right(periods.holding, days[0], key=_first) - 1, 0)
    for period in islice(periods.holding, start, None):
        if period.first > days[-1]:
            break
        if period.value in values:
            found |= ahead.bits(period.first, period.end)
    return found


def _of_day(periods: Periods | None, ahead: Ahead, *, starts: bool) -> Iterator[Period]:
    """The one that starts on the second of two days, or that ended on the first."""
    day = ahead.days[1]
    for each in periods.holding if periods else ():
        if (each.first if starts else each.end) == day:
            yield each


def _first(period: Period) -> date:
    return period.first


@declared
class CompetencyHeld(Leaf):
    """Met when the partner's period in force in the area, the one with the latest ``validFrom`` not after the
    day, has not passed its ``validUntil`` and is at one of the ``levels``.
    """

    kind = "competency"
    inside = ("partner", "area")

    competency: Annotated[str, one_of(*event_data.COMPETENCY.words)]
    levels: Annotated[
        tuple[str, ...],
        without_repeats(list_of(one_of("gold", "silver"), least=1, description="the levels that do")),
    ]

    def sentence(self, currency: str) -> str:  # noqa: ARG002
        return f"The partner holds the {name_of(self.competency)}, {listed(self.levels, 'or')}, in the area"

    def compile(self) -> Test:
        """As ``explain`` finds it, in one function: calls cost more than what they do."""
        name, levels = self.competency, self.levels

        def competency(scope: Scope) -> bool:
            on, area, found = scope.on, scope.area, None
            for each in scope.partner.competencies:
                if (
                    each.area == area
                    and each.valid_from <= on
                    and each.competency == name
                    and (found is None or each.valid_from > found.valid_from)
                ):
                    found = each
            return (
                found is not None and found.level in levels and (found.valid_until is None or on <= found.valid_until)
            )

        return competency

    def _periods(self, scope: Scope) -> list[Competency]:
        name, area = self.competency, scope.area
        return [each for each in scope.partner.competencies if each.area == area and each.competency == name]

    def explain(self, scope: Scope, subject: Subject = None) -> Node:
        periods = self._periods(scope)
        period = in_force(periods, scope.on)
        met = period is not None and period.level in self.levels and holds(period, scope.on)
        actual = _shown("level", period.level, period) if period else {}
        if not met:
            actual |= _last_and_next(periods, lambda each: each.level in self.levels, scope.on)
        asked = about(subject, partner=scope.partner.partner_id, area=scope.area)
        required: Said = {"competency": self.competency, "levels": list(self.levels)}
        return self.node(verdict_of(met), required, actual or None, asked)

    def phrase(self, node: Node, on: date) -> Phrase:
        area = in_area(node)
        name, found = f"{name_of(self.competency)}{area}", _texts(node)
        level = found.get("level", "none")
        if node.verdict is Verdict.MET:
            return Phrase(f"{level} {name}", _until(found))
        needed, starts = listed(self.levels, "or"), _starts(found)
        if "endedOn" in found:
            return Phrase(f"{found['endedLevel']} {name} ended on {day(found['endedOn'])}{starts}")
        if level != "none" and on.isoformat() <= found.get("validUntil", _NO_END):
            return Phrase(f"{level} {name}, but {needed} is needed{starts}")
        return Phrase(f"no {name_of(self.competency)} ({needed}){area}{starts}")

    def add_dates(self, ahead: Ahead) -> None:
        periods = ahead.partner.days.competencies.get((self.competency, ahead.area))
        if periods:
            ahead.add_nearest(periods.dates)

    def met_on(self, ahead: Ahead) -> int:
        periods = ahead.partner.days.competencies.get((self.competency, ahead.area))
        return _holding(periods, self.levels, ahead) if periods else 0

    def turns(self, ahead: Ahead, *, starts: bool) -> Iterator[Turn]:
        partner_id, area = ahead.partner.partner_id, ahead.area
        periods = ahead.partner.days.competencies.get((self.competency, area))
        for level in [str(each.value) for each in _of_day(periods, ahead, starts=starts) if each.value in self.levels]:
            names = {"partnerId": partner_id, "competency": self.competency, "area": area, "level": level}
            named = f"the {name_of(self.competency)} ({level}) of partner {partner_id} in {words(area)}"
            yield Turn(Competency.kind, starts, names, f"{named} {'starts' if starts else 'ends'}")

    def missing(self, search: Search) -> Plans:
        key = GainCompetency.key(search.partner.partner_id, self.competency, search.area)
        return [{key: self.levels}] if search.alike.levels else [{key: (level,)} for level in self.levels]


@declared
class DesignationHeld(Leaf):
    """Met when the partner's period in force, the one with the latest ``validFrom`` not after the day, has not
    passed its ``validUntil`` and is active.
    """

    kind = "designation"
    inside = ("partner",)

    designation: Annotated[str, one_of(*event_data.DESIGNATION.words)]

    def sentence(self, currency: str) -> str:  # noqa: ARG002
        return f"The partner holds the {name_of(self.designation)}"

    def compile(self) -> Test:
        """As ``explain`` finds it, in one function: calls cost more than what they do."""
        name = self.designation

        def designation(scope: Scope) -> bool:
            on, found = scope.on, None
            for each in scope.partner.designations:
                if (
                    each.valid_from <= on
                    and each.designation == name
                    and (found is None or each.valid_from > found.valid_from)
                ):
                    found = each
            return found is not None and found.active and (found.valid_until is None or on <= found.valid_until)

        return designation

    def _periods(self, scope: Scope) -> list[Designation]:
        return [each for each in scope.partner.designations if each.designation == self.designation]

    def explain(self, scope: Scope, subject: Subject = None) -> Node:
        periods = self._periods(scope)
        period = in_force(periods, scope.on)
        met = period is not None and period.active and holds(period, scope.on)
        actual = _shown("active", period.active, period) if period else {}
        if not met:
            actual |= _last_and_next(periods, lambda each: each.active, scope.on)
        asked = about(subject, partner=scope.partner.partner_id)
        return self.node(verdict_of(met), {"designation": self.designation}, actual or None, asked)

    def phrase(self, node: Node, on: date) -> Phrase:  # noqa: ARG002
        name, found = name_of(self.designation), _texts(node)
        if node.verdict is Verdict.MET:
            return Phrase(name, _until(found))
        if "endedOn" in found:
            return Phrase(f"{name} ended on {day(found['endedOn'])}{_starts(found)}")
        return Phrase(f"no {name}{_starts(found)}")

    def add_dates(self, ahead: Ahead) -> None:
        periods = ahead.partner.days.designations.get(self.designation)
        if periods:
            ahead.add_nearest(periods.dates)

    def met_on(self, ahead: Ahead) -> int:
        periods = ahead.partner.days.designations.get(self.designation)
        return _holding(periods, (True,), ahead) if periods else 0

    def turns(self, ahead: Ahead, *, starts: bool) -> Iterator[Turn]:
        partner_id, periods = ahead.partner.partner_id, ahead.partner.days.designations.get(self.designation)
        if any(each.value for each in _of_day(periods, ahead, starts=starts)):
            names = {"partnerId": partner_id, "designation": self.designation}
            named = f"the {name_of(self.designation)} of partner {partner_id}"
            yield Turn(Designation.kind, starts, names, f"{named} {'starts' if starts else 'ends'}")

    def missing(self, search: Search) -> Plans:
        return [{GainDesignation.key(search.partner.partner_id, self.designation): True}]
