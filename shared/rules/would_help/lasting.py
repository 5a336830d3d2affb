"""How long a customer stays eligible, and from when it is by itself: by the facts given and the rule sets known."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

from shared.domain.customer import Customer
from shared.domain.decision import Status
from shared.rules.forecast import Rules, Walk, outcomes_ahead, walk_of
from shared.rules.rule_set import Outcomes, Partners, with_rates

_ONE_DAY = timedelta(days=1)


class Lasting(NamedTuple):
    """The projects that are eligible at first, and the last day on which the customer still is: None if no end is
    known, by ``known_until`` if the dates ahead are too many to look at all."""

    projects: Sequence[str]
    until: date | None
    known_until: date | None = None


def lasting(rules: Rules, customer: Customer, partners: Partners, on: date) -> Lasting | None:
    """None if the customer is not eligible on the date."""
    walk = from_the_first(rules, walk_of(rules, customer, partners, on), on)
    return lasting_on(walk, outcomes_ahead(walk, customer, partners))


def from_the_first(rules: Rules, walk: Walk, on: date) -> Walk:
    """The walk with the day itself before the later ones."""
    dated = list(walk.dates)
    days: list[date] = [on]
    if dated and dated[0][0] is rules.rule_set:
        days += dated.pop(0)[1]
    return Walk([(rules.rule_set, days), *dated], walk.known_until)


def lasting_on(walk: Walk, ahead: Iterable[Outcomes]) -> Lasting | None:
    """The same by the outcomes on the dates of a walk, those under one rule set looked at when they are needed."""
    later = iter(ahead)
    first = next(later)
    if not first.eligible & 1:
        return None
    days = (each.first_other_status(Status.ELIGIBLE) for each in chain((first,), later))
    end = next((day for day in days if day), None)
    return Lasting(first.outcome(0).eligible_projects, end and end - _ONE_DAY, None if end else walk.known_until)


def rules_on(rules: Rules, day: date) -> Rules:
    """Those in force on a later day that is known, and those that come after."""
    started = bisect_right(rules.later, day, key=itemgetter(0))
    in_force = rules.later[started - 1][1] if started else None
    return Rules(in_force or rules.rule_set, rules.later[started:])


def rules_with(rules: Rules, rates: Mapping[str, Decimal]) -> Rules:
    """The rule set in force with these exchange rates more; later ones stay as they are."""
    return replace(rules, rule_set=with_rates(rules.rule_set, rates)) if rates else rules
