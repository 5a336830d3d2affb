"""The time ahead of a customer: what its outcome is on later dates if no further event comes.

The dates on which a fact that the rules look at starts or stops holding, or another rule set comes into force, are
walked in order: between two of them nothing can change. The outcomes on all dates under one rule set are found at once.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from shared.domain.customer import Customer
from shared.domain.decision import Assessment
from shared.rules.criteria.ahead import MOST_DATES as MOST_DATES  # noqa: PLC0414  exported
from shared.rules.criteria.ahead import Ahead
from shared.rules.rule_set import Outcomes, Partners, RuleSet, decide, outcomes

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rules:
    """The rule set in force on a date, and those that come into force ``later``, in order; None is one that cannot be
    read here: what is known ends where it comes into force."""

    rule_set: RuleSet
    later: Sequence[tuple[date, RuleSet | None]] = ()


class Walk(NamedTuple):
    """The dates to walk, by the rule set in force on them; with ``known_until``, the last that is known, if there are
    more of them."""

    dates: Sequence[tuple[RuleSet, Sequence[date]]]
    known_until: date | None


def assess(rules: Rules, customer: Customer, partners: Partners, on: date) -> Assessment:
    """The outcome on a date, and the nearest later date on which it is another if no event comes."""
    outcome = decide(rules.rule_set, customer, partners, on)
    walk = walk_of(rules, customer, partners, on)
    changes = (each.first_other(outcome) for each in outcomes_ahead(walk, customer, partners))
    change = next((day for day in changes if day), None)
    return Assessment(outcome, on, rules.rule_set.version, change, walk.known_until)


def first_other_status(rules: Rules, customer: Customer, partners: Partners, on: date) -> date | None:
    """The first later date on which the customer has the other status if no event comes: of an eligible one when it
    is lost, of another when it is gained. None if there is none, as far as the walk goes."""
    status = decide(rules.rule_set, customer, partners, on).status
    ahead = outcomes_ahead(walk_of(rules, customer, partners, on), customer, partners)
    return next((day for each in ahead if (day := each.first_other_status(status))), None)


def outcomes_ahead(walk: Walk, customer: Customer, partners: Partners) -> Iterator[Outcomes]:
    """The outcomes on the dates of a walk, those under one rule set worked out when they are asked for."""
    return (outcomes(rule_set, customer, partners, dates) for rule_set, dates in walk.dates)


def walk_of(rules: Rules, customer: Customer, partners: Partners, on: date) -> Walk:
    """The dates after ``on``: how many there are depends on facts and rules alone."""
    walked: list[tuple[RuleSet, Sequence[date]]] = []
    room, start, rule_set = MOST_DATES, on, rules.rule_set
    for end, following in (*rules.later, (None, None)):
        dates = _dates(rule_set, customer, partners, start)
        if end is not None:
            del dates[bisect_left(dates, end) :]
        if start != on:
            dates.insert(0, start)
        if dates[:room]:
            walked.append((rule_set, dates[:room]))
        room -= len(dates)
        if room < 0:
            return Walk(walked, walked[-1][1][-1])
        if end is None:
            break
        if following is None:
            return Walk(walked, end - _ONE_DAY)
        start, rule_set = end, following
    return Walk(walked, None)


def _dates(rule_set: RuleSet, customer: Customer, partners: Partners, on: date) -> list[date]:
    ahead = Ahead(rule_set.document.terms, customer, partners, on)
    rule_set.document.criteria.add_dates(ahead)
    return sorted([each for each in ahead.dates if each > on]) if ahead.dates else []
