"""A rule set ready to decide: the outcome on a date, by the compiled closures alone, and the reasons on request."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from shared.domain.customer import Customer
from shared.domain.decision import JsonObject, Node, Outcome, Status
from shared.domain.event_data import AREA
from shared.domain.partner import Partner
from shared.rules.criteria.ahead import Ahead, AlreadyFound
from shared.rules.criteria.base import Criterion, Weights
from shared.rules.criteria.combined import optional_parts
from shared.rules.criteria.explained import MAX_NODES, explained
from shared.rules.criteria.granted import held_on
from shared.rules.criteria.quantified import AnyArea, AnyProject
from shared.rules.criteria.scope import Scope, Test, is_many, scope_of
from shared.rules.document import RuleSetDocument, sha256_of

type Partners = Mapping[str, Partner]

MAX_WORK = 1_000_000
"""Steps of one request's questions: well under a second."""
_FACTS_A_STEP = 16
"""So many facts are looked through in the time of one step."""
_MANY_FACTS = 50_000
"""Of a customer's partners, each time they are looked through: some hundredths of a second."""
INELIGIBLE = Outcome(Status.INELIGIBLE)
_NOBODY = Customer("")


@dataclass(frozen=True)
class RuleSet:
    """One version of the rules; ``optional_projects`` are the any-projects a met root may not have evaluated."""

    version: int
    document: RuleSetDocument
    sha256: str
    root: Test
    criteria: int
    optional_projects: tuple[AnyProject, ...]
    excepts: bool = False
    """Whether it allows exceptions."""

    @classmethod
    def compile(cls, document: RuleSetDocument, version: int) -> "RuleSet":
        optional = [each for each in optional_parts(document.criteria) if isinstance(each, AnyProject)]
        return cls(
            version,
            document,
            sha256_of(document.value),
            document.criteria.test,
            sum(1 for _ in document.criteria.with_all_below()),
            tuple(optional),
            document.criteria.excepts,
        )

    @cached_property
    def criteria_by_id(self) -> Mapping[str, Criterion]:
        return {each.id: each for each in self.document.criteria.with_all_below()}

    @property
    def steps(self) -> tuple[int, ...]:
        """How many days before a loss it warns of it, the most first."""
        return self.document.warn_days_before

    @property
    def offers(self) -> tuple[list[JsonObject], list[JsonObject]]:
        """What eligible customers get, and what everyone else is pointed to."""
        return self.document.benefits, self.document.self_guided_resources


def with_rates(rule_set: RuleSet, rates: Mapping[str, Decimal]) -> RuleSet:
    """The rule set with these exchange rates more."""
    if not rates:
        return rule_set
    terms = rule_set.document.terms
    terms = replace(terms, rates={**terms.rates, **rates})
    return replace(rule_set, document=replace(rule_set.document, terms=terms))


def decide(rule_set: RuleSet, customer: Customer, partners: Partners, on: date) -> Outcome:
    """The outcome on a date; a partner that is not given has no facts."""
    if is_many(customer):  # then what is found of a partner is remembered, which costs more where there are few
        return outcomes(rule_set, customer, partners, (on,)).outcome(0)
    scope = scope_of(rule_set.document.terms, customer, partners, on)
    if not rule_set.root(scope):
        return INELIGIBLE
    for any_project in rule_set.optional_projects:
        any_project.test(scope)
    projects = tuple(sorted(scope.eligible))
    return Outcome(Status.ELIGIBLE, projects, None, rule_set.excepts and _is_by_exception(rule_set, scope))


def _is_by_exception(rule_set: RuleSet, scope: Scope) -> bool:
    """Whether who is eligible would not be without exceptions."""
    if not any(each.holds(scope.on) for each in scope.customer.exceptions):
        return False
    scope.without_exceptions = True
    return not rule_set.root(scope)


class Outcomes(NamedTuple):
    """Dates in order under one rule set, and on which of them the customer, and each project, is eligible, and the
    customer only by exception: as bits, 1 for the first date, 2 for the second, and so on."""

    rule_set: RuleSet
    dates: Sequence[date]
    eligible: int
    projects: Mapping[str, int]
    by_exception: int = 0

    def outcome(self, at: int) -> Outcome:
        """On the date of that number."""
        if not self.eligible >> at & 1:
            return INELIGIBLE
        projects = tuple(sorted([each for each, on in self.projects.items() if on >> at & 1]))
        return Outcome(Status.ELIGIBLE, projects, None, bool(self.by_exception >> at & 1))

    def changes(self, before: Outcome) -> Iterator[int]:
        """The numbers of the dates whose outcome is not that of the date before; ``before`` is that before the
        first."""
        every = (1 << len(self.dates)) - 1

        def turned(on: int, was: bool) -> int:
            return on ^ ((on << 1 | was) & every)

        changed = turned(self.eligible, before.status is Status.ELIGIBLE)
        changed |= turned(self.by_exception, before.by_exception)
        for project in {*before.eligible_projects, *self.projects}:
            changed |= turned(self.projects.get(project, 0) & self.eligible, project in before.eligible_projects)
        return (number for number in range(len(self.dates)) if changed >> number & 1)

    def first_other(self, outcome: Outcome) -> date | None:
        """The first date on which the outcome is another."""
        every, other = (1 << len(self.dates)) - 1, self.eligible
        if outcome.status is Status.ELIGIBLE:
            other = every & ~self.by_exception if outcome.by_exception else (every & ~self.eligible) | self.by_exception
            for project in {*outcome.eligible_projects, *self.projects}:
                on = self.projects.get(project, 0)
                other |= every & ~on if project in outcome.eligible_projects else on
        return self._first(other)

    def first_other_status(self, status: Status) -> date | None:
        """The first date on which the status is another."""
        is_eligible = status is Status.ELIGIBLE
        return self._first(((1 << len(self.dates)) - 1) & ~self.eligible if is_eligible else self.eligible)

    def _first(self, on: int) -> date | None:
        return self.dates[(on & -on).bit_length() - 1] if on else None


def outcomes(
    rule_set: RuleSet, customer: Customer, partners: Partners, dates: Sequence[date], found: AlreadyFound | None = None
) -> Outcomes:
    """The same on several dates at once: of those in their order, at least one. ``found`` is what is known already of
    these dates; what is found is added."""
    criteria, ahead = rule_set.document.criteria, Ahead(rule_set.document.terms, customer, partners, dates[0])
    ahead.look_at(dates)
    if found is not None:
        ahead.found = found
    eligible = criteria.met_on(ahead)
    if eligible:
        for any_project in rule_set.optional_projects:
            any_project.met_on(ahead)
    projects = ahead.eligible_on
    if not rule_set.excepts or not (eligible & held_on(ahead)):
        return Outcomes(rule_set, dates, eligible, projects)
    ahead.without_exceptions, ahead.eligible_on = True, {}
    return Outcomes(rule_set, dates, eligible, projects, eligible & ~criteria.met_on(ahead))


def found_of_projects(rule_set: RuleSet, dates: Sequence[date], customer: Customer, partners: Partners) -> AlreadyFound:
    """What is found of each project and its partners on these dates, whether or not anything else is met."""
    ahead = Ahead(rule_set.document.terms, customer, partners, dates[0])
    ahead.look_at(dates)
    for each in rule_set.document.criteria.with_all_below():
        if isinstance(each, AnyProject):
            each.met_on(ahead)
    return ahead.found


def explain(rule_set: RuleSet, customer: Customer, partners: Partners, on: date, most_nodes: int = MAX_NODES) -> Node:
    """The tree of verdicts with what each required and found: whole, or those that decided first."""
    scope, criteria = scope_of(rule_set.document.terms, customer, partners, on), rule_set.document.criteria
    if most_nodes_of(rule_set, customer) <= most_nodes:
        return criteria.explain(scope)
    return explained(criteria, scope, most_nodes)


def most_nodes_of(rule_set: RuleSet, customer: Customer) -> int:
    """As many nodes as explaining makes at most, told without going through them: no ordinary customer has many."""
    applications = sum([len(each.applications) or 1 for each in customer.projects])
    return rule_set.criteria * len(AREA.words) * (applications or 1) * (len(customer.attachments) or 1)


def work_of(rule_set: RuleSet, customer: Customer, partners: Partners) -> int:
    """An estimate of the steps that it takes at most to evaluate every criterion for all that it is asked about."""
    weights = Weights(
        {each: _steps(partners.get(each)) for each in customer.partner_ids},
        1 + len(customer.licences) // _FACTS_A_STEP,
        1 + len(customer.exceptions) // _FACTS_A_STEP,
    )
    document = rule_set.document
    steps = document.criteria.size(scope_of(document.terms, customer, partners, date.min), weights)
    return steps + weights.once


def steps_of_many(rule_set: RuleSet, customer: Customer, partners: Partners) -> int:
    """The same, or 0 for an ordinary customer with ordinary partners: what it takes is not worth an estimate."""
    most = max([each.stored for each in partners.values()], default=0)
    is_much = is_many(customer) or len(customer.projects) * len(customer.attachments) * most > _MANY_FACTS
    return work_of(rule_set, customer, partners) if is_much else 0


def _steps(partner: Partner | None) -> int:
    return 1 + (partner.entries if partner else 0) // _FACTS_A_STEP


def qualification(rule_set: RuleSet, partner: Partner, on: date) -> JsonObject:
    """By area, the verdict tree of each criterion that is asked per area, whichever customer asks.

    Training is not part of it: whether it was done in time depends on a project.
    """
    document = rule_set.document
    areas = sorted({area for areas in document.terms.areas_of.values() for area in areas})
    asked = [each.criterion for each in document.criteria.with_all_below() if isinstance(each, AnyArea)]

    def tree(criterion: Criterion, area: str) -> JsonObject:
        scope = Scope(document.terms, _NOBODY, {}, on, partner=partner, areas=(area,), area=area)
        return criterion.explain(scope, {"area": area}).to_json()

    return {area: [tree(criterion, area) for criterion in asked] for area in areas}
