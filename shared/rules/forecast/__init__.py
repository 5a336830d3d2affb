"""The time ahead of a customer: what its outcome is on later dates if no further event comes.

The dates on which a fact that the rules look at starts or stops holding, or another rule set comes into force, are
walked in order: between two of them nothing can change but how near a loss is. The outcomes on all dates under one
rule set are found at once.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from shared.domain.customer import Customer
from shared.domain.decision import Assessment, Expiring, Outcome, Status
from shared.rules.criteria.ahead import MOST_DATES as MOST_DATES
from shared.rules.criteria.ahead import Ahead
from shared.rules.rule_set import Outcomes, Partners, RuleSet, decide, outcomes

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rules:
    """The rule set in force on a date, and those that come into force ``later``, in order; None is one that cannot be
    read here: what is known ends where it comes into force."""

    rule_set: RuleSet
    later: Sequence[tuple[date, RuleSet | None]] = ()

    def in_force(self, on: date) -> RuleSet | None:
        """On that date or a later one."""
        rule_set: RuleSet | None = self.rule_set
        for start, following in self.later:
            if start > on:
                break
            rule_set = following
        return rule_set

    @property
    def largest_step(self) -> int:
        """How many days before a loss these rules warn of it at the earliest; 0 if never."""
        steps = self.rule_set.document.warn_days_before[:1]
        if self.later:
            steps += tuple([step for _, each in self.later if each for step in each.steps[:1]])
        return max(steps) if steps else 0


class Walk(NamedTuple):
    """The dates to walk, by the rule set in force on them; with ``known_until``, how far is known, if there are more
    of them."""

    dates: Sequence[tuple[RuleSet, Sequence[date]]]
    known_until: date | None


def assess(rules: Rules, customer: Customer, partners: Partners, on: date) -> Assessment:
    """The outcome on a date, and the nearest later dates on which the status, and the outcome, are others if no event
    comes."""
    outcome = decide(rules.rule_set, customer, partners, on)
    walk = walk_of(rules, customer, partners, on)
    change = other_status = None
    for each in outcomes_ahead(walk, customer, partners):
        change = change or each.first_other(outcome)
        other_status = each.first_other_status(outcome.status) if change else None
        if other_status:
            break
    loses_on, gains_on = (other_status, None) if outcome.status is Status.ELIGIBLE else (None, other_status)
    if loses_on:
        expiring = Expiring.on(on, loses_on, rules.rule_set.steps)
        if expiring:
            outcome = Outcome(outcome.status, outcome.eligible_projects, expiring, outcome.by_exception)
        change = min(change or loses_on, _next_warning(rules, expiring, loses_on, on))
    due_on = change if other_status else _looked_at_again(walk, rules, change, on)
    return Assessment(outcome, on, rules.rule_set.version, change, walk.known_until, loses_on, gains_on, due_on)


def _next_warning(rules: Rules, now: Expiring | None, loses_on: date, on: date) -> date:
    """The first later day on which the loss is near in another way: not, or within another step."""
    start, steps = on, rules.rule_set.steps
    for end, following in (*rules.later, (loses_on, None)):
        until = min(end, loses_on)
        left = (loses_on - start).days
        nearer = loses_on - timedelta(days=max([each for each in steps if each < left], default=0))
        if nearer < until:
            return nearer
        if until == loses_on or following is None or Expiring.on(until, loses_on, following.steps) != now:
            return until
        start, steps = until, following.steps
    return loses_on


def _looked_at_again(walk: Walk, rules: Rules, change: date | None, on: date) -> date | None:
    """Where the other status may come after all that is known: the last day on which it could not be near, at the
    latest."""
    if walk.known_until is None:
        return change
    known = (walk.known_until - on).days
    again = on + timedelta(days=max(known - rules.largest_step, 1))
    return min(change, again) if change else again


def outcomes_ahead(walk: Walk, customer: Customer, partners: Partners) -> Iterator[Outcomes]:
    """The outcomes on the dates of a walk, those under one rule set worked out when they are asked for."""
    return (outcomes(rule_set, customer, partners, dates) for rule_set, dates in walk.dates)


def walk_of(rules: Rules, customer: Customer, partners: Partners, on: date) -> Walk:
    """The dates after ``on``, all of those on which a loss would be near: how many depends on facts and rules alone."""
    walked: list[tuple[RuleSet, Sequence[date]]] = []
    least = on + timedelta(days=min(rules.largest_step, (date.max - on).days))
    room, start, rule_set = MOST_DATES, on, rules.rule_set
    for end, following in (*rules.later, (None, None)):
        dates = _dates(rule_set, customer, partners, start, least)
        if end is not None:
            del dates[bisect_left(dates, end) :]
        if start != on:
            dates.insert(0, start)
        known = len(dates) if len(dates) <= room else max(room, bisect_right(dates, least))
        if known > 0:
            walked.append((rule_set, dates[:known]))
        if known < len(dates):
            return Walk(walked, max(walked[-1][1][-1], least))
        room -= len(dates)
        if end is None:
            break
        if following is None:
            return Walk(walked, end - _ONE_DAY)
        start, rule_set = end, following
    return Walk(walked, None)


def _dates(rule_set: RuleSet, customer: Customer, partners: Partners, on: date, least: date) -> list[date]:
    ahead = Ahead(rule_set.document.terms, customer, partners, on, least=least)
    rule_set.document.criteria.add_dates(ahead)
    return sorted([each for each in ahead.dates if each > on]) if ahead.dates else []
