"""What is so of ways, found without the code that finds them: until when they last, and which kinds there are."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import combinations

from shared.domain.customer import Customer
from shared.domain.decision import JsonObject, Status
from shared.domain.partner import Partner
from shared.rules.forecast import Rules
from shared.rules.rule_set import RuleSet, decide, with_rates

from .applied import apply
from .given import Json

_ONE_DAY = timedelta(days=1)

type Partners = dict[str, Partner]


class Known:
    """The rule sets that are known, and the facts."""

    def __init__(self, rules: Rules, customer: Customer, partners: Partners, on: date) -> None:
        self.rules, self.customer, self.partners, self.on = rules, customer, partners, on

    def in_force(self, day: date) -> tuple[RuleSet, bool]:
        """Which on a day, and whether it is the one in force now."""
        found = self.rules.rule_set
        for start, rule_set in self.rules.later:
            if start <= day and rule_set:
                found = rule_set
        return found, found is self.rules.rule_set

    def eligible(self, changes: Iterable[Json], day: date) -> list[str] | None:
        """The eligible projects on a day if the changes are made now; None if the customer is not eligible."""
        facts = apply(changes, self.customer, self.partners)
        rule_set, is_current = self.in_force(day)
        rule_set = with_rates(rule_set, facts.rates) if is_current else rule_set
        outcome = decide(rule_set, facts.customer, facts.partners, day)
        return list(outcome.eligible_projects) if outcome.status is Status.ELIGIBLE else None

    def last_day(self, changes: list[Json], start: date) -> date | None:
        """The last day, from one on which it is eligible, on which it still is: each day is looked at on which any fact
        or rule set starts or stops."""
        facts = apply(changes, self.customer, self.partners)
        days = {*_days(facts.customer, facts.partners.values()), *(each for each, _ in self.rules.later)}
        lost = (day for day in sorted(days) if day > start and self.eligible(changes, day) is None)
        first = next(lost, None)
        return first and first - _ONE_DAY

    def gains_on(self) -> date | None:
        days = {*_days(self.customer, self.partners.values()), *(each for each, _ in self.rules.later)}
        return next((day for day in sorted(days) if day > self.on and self.eligible([], day) is not None), None)


def _days(customer: Customer, partners: Iterable[Partner]) -> Iterator[date]:
    """Every day on which some fact starts, and the one after it ends."""
    yield from (each.ends_on + _ONE_DAY for each in customer.licences if each.ends_on)
    for exception in customer.exceptions:
        yield exception.valid_from
        yield exception.valid_until + _ONE_DAY
    for partner in partners:
        periods = [(each.valid_from, each.valid_until) for each in partner.competencies]
        periods += [(each.valid_from, each.valid_until) for each in partner.designations]
        for valid_from, valid_until in periods:
            yield valid_from
            if valid_until and valid_until < date.max:
                yield valid_until + _ONE_DAY
        yield from (live_on for _, live_on in partner.deployments)
        for _, _, completed_on, expires_on in partner.trainings:
            yield completed_on
            if expires_on and expires_on < date.max:
                yield expires_on + _ONE_DAY


def kinds(known: Known, vocabulary: list[JsonObject], largest: int) -> set[frozenset[str]]:
    """The kinds of ways of up to so many changes, none of which can be left out, of all changes there are."""
    found: list[frozenset[int]] = []
    for size in range(1, largest + 1):
        for some in combinations(range(len(vocabulary)), size):
            chosen = frozenset(some)
            if any(each <= chosen for each in found):
                continue
            if known.eligible([vocabulary[each] for each in some], known.on) is not None:
                found.append(chosen)
    return {frozenset(vocabulary[each]["action"] for each in way) for way in found}
