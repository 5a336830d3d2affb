"""Counts a customer as it is: status, what decides against it, spend, and how far it is from enough of it."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from shared.domain.customer import Customer
from shared.domain.customer_state import CustomerState
from shared.domain.decision import JsonObject, Verdict
from shared.rules.criteria.spend import AnnualSpendAtLeast, counted_spend, readable
from shared.rules.document import parse_document
from shared.rules.rule_set import Partners, RuleSet, decide, explain
from shared.workflow.population.comparing import MOST_CRITERIA, Side, deciding_leaves

ELIGIBLE, INELIGIBLE, UNDECIDED = "eligible", "ineligible", "undecided"
STATUSES = (ELIGIBLE, INELIGIBLE, UNDECIDED)
NEAR = "near"
"""The kind under which customers are told that lack nothing but spend."""
AGAINST = "against"
"""The kind under which all are told that are not eligible, or cannot be decided."""
SOON, SOON_DAYS = "lossesWithin90Days", timedelta(days=90)
_STATUS_OF = {Verdict.MET: ELIGIBLE, Verdict.UNMET: INELIGIBLE, Verdict.UNKNOWN: UNDECIDED}
SPEND_STEPS: tuple[int, ...] = (0, *(step * 10**zeros for zeros in range(2, 11) for step in (10, 15, 20, 30, 50, 70)))
"""Of the histogram, each up to the next: 1,000, 1,500, 2,000, 3,000, 5,000, 7,000, 10,000 and so on."""


@dataclass(frozen=True)
class Count:
    """Of customers under one rule set as of a date."""

    side: Side

    def of(self, state: CustomerState, partners: Partners) -> tuple[dict[str, JsonObject], JsonObject]:
        """What is told of the customer under its status, and ``AGAINST`` or ``NEAR`` if it is that; what is counted."""
        (rule_set, on), customer = self.side, state.customer
        tree = explain(rule_set, customer, partners, on)
        status = _STATUS_OF[tree.verdict]
        spend = counted_spend(rule_set.document.terms, customer, on)
        found: JsonObject = {
            "counts": {each: int(each == status) for each in STATUSES},
            "byPartner": {each: {name: int(name == status) for name in STATUSES} for each in customer.partner_ids},
            "bySpend": {str(step_of(spend)): 1},
        }
        told: JsonObject = {"customerId": customer.customer_id}
        if status != ELIGIBLE:
            found["byCriterion"] = {each.id: 1 for each in deciding_leaves(tree)}
            told["criteria"] = sorted(found["byCriterion"])[:MOST_CRITERIA]
        elif day := state.loses_on:
            found["lossesByMonth"] = {day.isoformat()[:7]: 1}
            found[SOON] = int(day <= on + SOON_DAYS)
        kinds = {status: told} if status == ELIGIBLE else {status: told, AGAINST: told}
        enough = self.enough(customer, partners, spend) if status == INELIGIBLE else None
        if enough is not None:
            kinds[NEAR] = _told(customer, spend, enough)
        return kinds, found

    def enough(self, customer: Customer, partners: Partners, spend: Decimal) -> Decimal | None:
        """The least spend that alone makes the customer eligible; None if none does."""
        for amount, would_do in self._with_enough:
            if amount > spend and would_do(customer, partners):
                return amount
        return None

    @cached_property
    def _with_enough(self) -> Sequence[tuple[Decimal, Callable[[Customer, Partners], bool]]]:
        """For each amount asked for, in order: whether spending that would do."""
        rule_set, on = self.side
        asked = (each for each in rule_set.document.criteria.with_all_below() if isinstance(each, AnnualSpendAtLeast))

        def would_do(amount: Decimal) -> Callable[[Customer, Partners], bool]:
            enough = _without_spend(rule_set, amount)
            return lambda customer, partners: decide(enough, customer, partners, on).status.value == ELIGIBLE

        return [(amount, would_do(amount)) for amount in sorted({each.least for each in asked})]


def step_of(spend: Decimal) -> int:
    return SPEND_STEPS[bisect_right(SPEND_STEPS, spend) - 1]


def _without_spend(rule_set: RuleSet, amount: Decimal) -> RuleSet:
    """The rule set for who spends that much: less is not asked for."""

    def met(criterion: Any) -> Any:
        if isinstance(criterion, list):
            return [met(each) for each in criterion]
        if not isinstance(criterion, dict):
            return criterion
        changed = {name: met(value) for name, value in criterion.items()}
        if changed.get("type") == AnnualSpendAtLeast.kind and Decimal(changed["amount"]) <= amount:
            changed["amount"] = "0"
        return changed

    value = rule_set.document.value
    return RuleSet.compile(parse_document({**value, "criteria": met(value["criteria"])}), rule_set.version)


def _told(customer: Customer, spend: Decimal, enough: Decimal) -> JsonObject:
    return {
        "customerId": customer.customer_id,
        "missing": readable(enough - spend),
        "spend": readable(spend),
        "required": readable(enough),
    }
