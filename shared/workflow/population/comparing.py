"""Compares a customer under one rule set, date and partners' facts with the same customer under others."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from shared.domain.customer import Customer
from shared.domain.decision import JsonObject, Node, Outcome, Status, Verdict
from shared.domain.partner import Partner
from shared.rules.criteria.spend import counted_spend, readable
from shared.rules.difference import comparable
from shared.rules.reasons import deciding_children
from shared.rules.rule_set import Partners, RuleSet, decide, explain
from shared.rules.summary import summary_of
from shared.storage.previews import CHANGES, GAINED, LOST, PROJECTS, REASON, STAYED

MOST_PROJECTS, MOST_CRITERIA, MOST_PARTNERS = 20, 50, 20
"""Told of a customer."""


class Side(NamedTuple):
    """What customers are decided by."""

    rule_set: RuleSet
    on: date


@dataclass(frozen=True, slots=True)
class Comparison:
    """``replaced`` are partners as they would be, by id."""

    before: Side
    after: Side
    replaced: Mapping[str, Partner] = field(default_factory=dict)

    def of(self, customer: Customer, partners: Partners) -> tuple[str, JsonObject, JsonObject]:
        """The kind of change, what is told of the customer, and what is counted."""
        others = {**partners, **{each: self.replaced[each] for each in partners if each in self.replaced}}
        before, after = (self.before, customer, partners), (self.after, customer, others)
        outcome_before, outcome = _outcome(*before), _outcome(*after)
        kind = _kind(outcome_before, outcome)
        reasons_before, reasons = _reasons(*before), _reasons(*after)
        is_other = outcome_before != outcome or _reason(reasons_before) != _reason(reasons)
        if kind == STAYED and is_other:
            kind = REASON
        telling = reasons_before if kind == GAINED else reasons
        criteria = sorted({each.id for each in deciding_leaves(telling)})[:MOST_CRITERIA]
        side = self.after if kind == GAINED else self.before
        spend = counted_spend(side.rule_set.document.terms, customer, side.on)
        told: JsonObject = {
            "customerId": customer.customer_id,
            "status": outcome.status.value,
            "previousStatus": outcome_before.status.value,
            "eligibleProjects": list(outcome.eligible_projects[:MOST_PROJECTS]),
            "byException": outcome.by_exception,
            "previousByException": outcome_before.by_exception,
            "criteria": criteria,
            "partners": list(customer.partner_ids[:MOST_PARTNERS]),
            "because": summary_of(self.after.rule_set, reasons, outcome, self.after.on).why,
            "spend": readable(spend),
        }
        return kind, told, counted(kind, criteria, customer.partner_ids, readable(spend))


def counted(kind: str, criteria: list[str], partners: tuple[str, ...], spend: str) -> JsonObject:
    """Of one customer."""
    found: JsonObject = {"counts": {each: int(each == kind) for each in CHANGES}}
    if kind in (GAINED, LOST):
        one = {GAINED: int(kind == GAINED), LOST: int(kind == LOST)}
        found |= {"byCriterion": dict.fromkeys(criteria, one), "byPartner": dict.fromkeys(partners, one)}
    if kind == LOST:
        found["spend"] = spend
    return found


def _outcome(side: Side, customer: Customer, partners: Partners) -> Outcome:
    return decide(side.rule_set, customer, partners, side.on)


def _reasons(side: Side, customer: Customer, partners: Partners) -> Node:
    return explain(side.rule_set, customer, partners, side.on)


def _kind(before: Outcome, after: Outcome) -> str:
    """By status and projects alone."""
    if before.status != after.status:
        return GAINED if after.status is Status.ELIGIBLE else LOST
    return STAYED if before.eligible_projects == after.eligible_projects else PROJECTS


def _reason(tree: Node) -> frozenset[tuple[str, str, Hashable]]:
    """What decided; what was required counts only where it was not met."""
    return frozenset(
        (leaf.id, leaf.verdict.value, None if leaf.verdict is Verdict.MET else comparable(leaf.required))
        for leaf in deciding_leaves(tree)
    )


def deciding_leaves(node: Node) -> Iterator[Node]:
    if not node.children:
        yield node
    for child in deciding_children(node):
        yield from deciding_leaves(child)
