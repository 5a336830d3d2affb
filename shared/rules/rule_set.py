"""A rule set ready to decide.

Arrives: a checked document, then a customer's facts, its partners' facts and a date. Leaves: the outcome, the whole
reasons, and the next date on which either may differ without any event.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.domain.customer import Customer
from shared.domain.decision import Assessment, JsonObject, Node, Outcome, Status
from shared.domain.partner import Partner
from shared.rules.criteria import optional_parts
from shared.rules.document import AREAS, RuleSetDocument, sha256_of
from shared.rules.explanation import MAX_NODES, explained
from shared.rules.quantified import AnyProject
from shared.rules.scope import Scope, Test, scope_of

type Partners = Mapping[str, Partner]

_INELIGIBLE = Outcome(Status.INELIGIBLE)


@dataclass(frozen=True)
class RuleSet:
    """One version of the rules; ``optional_projects`` are the any-projects a met root may not have evaluated."""

    version: int
    document: RuleSetDocument
    sha256: str
    root: Test
    criteria: int
    optional_projects: tuple[Test, ...]

    @classmethod
    def compile(cls, document: RuleSetDocument, version: int) -> "RuleSet":
        optional = [each for each in optional_parts(document.criteria) if isinstance(each, AnyProject)]
        return cls(
            version,
            document,
            sha256_of(document.value),
            document.criteria.compile(),
            sum(1 for _ in document.criteria.with_all_below()),
            tuple(each.compile() for each in optional),
        )

    @property
    def effective_from(self) -> date:
        return self.document.effective_from

    @property
    def benefits(self) -> list[JsonObject]:
        return self.document.benefits

    @property
    def self_guided_resources(self) -> list[JsonObject]:
        return self.document.self_guided_resources


def decide(rule_set: RuleSet, customer: Customer, partners: Partners, on: date) -> Outcome:
    """The outcome on a date; a partner that is not given has no facts."""
    return _outcome(rule_set, scope_of(rule_set.document.terms, customer, partners, on))


def explain(rule_set: RuleSet, customer: Customer, partners: Partners, on: date, most_nodes: int = MAX_NODES) -> Node:
    """The tree of verdicts with what each required and found: whole, or those that decided first."""
    return _tree(rule_set, scope_of(rule_set.document.terms, customer, partners, on), most_nodes)


def next_change_on(rule_set: RuleSet, customer: Customer, partners: Partners, on: date) -> date | None:
    """The nearest date after ``on`` on which a fact these rules look at starts or stops holding."""
    return _next_change(rule_set, scope_of(rule_set.document.terms, customer, partners, on))


def assess(
    rule_set: RuleSet,
    customer: Customer,
    partners: Partners,
    on: date,
    next_start: date | None,
    most_nodes: int = MAX_NODES,
) -> Assessment:
    """The whole assessment; ``next_start`` is the next date another rule set comes into force."""
    scope = scope_of(rule_set.document.terms, customer, partners, on)
    changes = (_next_change(rule_set, scope), next_start)
    return Assessment(
        outcome=_outcome(rule_set, scope),
        on=on,
        rule_set_version=rule_set.version,
        tree=_tree(rule_set, scope, most_nodes),
        next_change_on=min((each for each in changes if each and each > on), default=None),
    )


def _outcome(rule_set: RuleSet, scope: Scope) -> Outcome:
    if not rule_set.root(scope):
        return _INELIGIBLE
    for any_project in rule_set.optional_projects:
        any_project(scope)
    return Outcome(Status.ELIGIBLE, tuple(sorted(scope.eligible)))


def _tree(rule_set: RuleSet, scope: Scope, most_nodes: int) -> Node:
    criteria = rule_set.document.criteria
    if most_nodes_of(rule_set, scope.customer) <= most_nodes:
        return criteria.explain(scope)
    return explained(criteria, scope, most_nodes)


def most_nodes_of(rule_set: RuleSet, customer: Customer) -> int:
    """As many nodes as explaining makes at most, told without going through them: no ordinary customer has many."""
    applications = sum([len(each.applications) or 1 for each in customer.projects])
    return rule_set.criteria * len(AREAS) * (applications or 1) * (len(customer.attachments) or 1)


def _next_change(rule_set: RuleSet, scope: Scope) -> date | None:
    dates: set[date] = set()
    rule_set.document.criteria.add_changes(scope, dates)
    return min([each for each in dates if each > scope.on], default=None)
