"""The dates ahead of all ways of a customer, looked at once: what a way leaves as it is is found once for all of them.

A way adds facts that start at once and have no end, besides attaching partners and opening projects. So the dates of
the customer with all these partners and projects are those of every way, and some more that do it no harm.
"""

from collections.abc import Iterable, Iterator, Sequence

from shared.domain.customer import Customer
from shared.rules.changes.base import CHANGES, PARTNER, PROJECT_ID, Change, Key, Plan, Setting
from shared.rules.changes.customer import AttachQualifiedPartner
from shared.rules.changes.named import without_names
from shared.rules.changes.plan import Applied, applied
from shared.rules.criteria.ahead import AlreadyFound
from shared.rules.forecast import Rules, walk_of
from shared.rules.rule_set import Outcomes, Partners, found_of_projects, outcomes, with_rates
from shared.rules.would_help.lasting import Lasting, from_the_first, lasting, lasting_on, rules_with

_FEW = 24
"""So many pairs of a project and an attachment, times ways, are looked at sooner than remembered."""


class Horizon:
    """The dates ahead of the plans, each of which is then looked at on them."""

    def __init__(
        self, rules: Rules, customer: Customer, partners: Partners, setting: Setting, plans: Sequence[Plan]
    ) -> None:
        self._rules, self._customer, self._partners, self._on = rules, customer, partners, setting.on
        asks_for_money = rules.rule_set.document.criteria.asks_projects_for_money
        everything = applied(_opening(plans, setting, anyone=asks_for_money), customer, partners)
        walk = walk_of(rules, everything.customer, everything.partners, setting.on)
        self._is_whole = walk.known_until is None
        self._walk = from_the_first(rules, walk, setting.on)
        pairs = len(customer.projects) * len(customer.attachments)
        self._remembers = pairs * len(plans) > _FEW and not asks_for_money
        self._found: dict[int, AlreadyFound] = {}
        """What is so of the customer as it is, by the number of the rule set."""

    def lasting(self, plan: Plan, facts: Applied) -> Lasting | None:
        """How long the customer is eligible with the facts that the plan leads to."""
        if not self._is_whole or _hides(plan, facts):  # it may have a date that is not among those of all
            return lasting(rules_with(self._rules, facts.rates), facts.customer, facts.partners, self._on)
        return lasting_on(self._walk, self._outcomes(plan, facts))

    def _outcomes(self, plan: Plan, facts: Applied) -> Iterator[Outcomes]:
        for number, (rule_set, dates) in enumerate(self._walk.dates):
            found = self._unchanged_by(plan, number) if self._remembers else {}
            by_rules = rule_set if number else with_rates(rule_set, facts.rates)
            yield outcomes(by_rules, facts.customer, facts.partners, dates, found)

    def _unchanged_by(self, plan: Plan, number: int) -> AlreadyFound:
        if number not in self._found:
            self._found[number] = found_of_projects(*self._walk.dates[number], self._customer, self._partners)
        changed = _changed_by(plan, self._customer)
        return {key: found for key, found in self._found[number].items() if changed.isdisjoint(key[:2])}


def _opening(plans: Iterable[Plan], setting: Setting, *, anyone: bool) -> Iterator[Change]:
    """The changes that attach a partner or make a project count: those with dates of their own. A partner that nobody
    named has none, but what is asked besides may."""
    seen: set[tuple[Key, str]] = set()
    for plan in plans:
        for key, value in plan.items():
            change, name = CHANGES[key[0]], (key, repr(value))
            is_one = PROJECT_ID in change.ids and (anyone or change is not AttachQualifiedPartner)
            if is_one and name not in seen:
                seen.add(name)
                yield change.of(key, value, setting)


def _hides(plan: Plan, facts: Applied) -> bool:
    """Whether a partner that the plan changes has a period that holds on no day: what is in force before it ends."""
    for partner in (facts.partners[key[1]] for key in plan if CHANGES[key[0]].by == PARTNER):
        for competency in partner.competencies:
            if competency.valid_until and competency.valid_until < competency.valid_from:
                return True
        for designation in partner.designations:
            if designation.valid_until and designation.valid_until < designation.valid_from:
                return True
    return False


def _changed_by(plan: Plan, customer: Customer) -> set[str]:
    """The ids of partners that are others then, and of projects for which it makes a difference."""
    changed: set[str] = set()
    for key in plan:
        partner, project = without_names(key)[1]
        if CHANGES[key[0]].by == PARTNER:
            changed.add(partner)
            changed.update(each.project_id for each in customer.projects if partner in customer.partners_of(each))
        elif project:
            changed.add(project)
    return changed
