"""Estimate what deciding and explaining takes before it is done: criteria times applications, areas and pairs."""

from datetime import date

from shared.domain.customer import Customer
from shared.domain.partner import Partner
from shared.rules.criteria import Weights
from shared.rules.rule_set import Partners, RuleSet
from shared.rules.scope import is_many, scope_of

MAX_WORK = 1_000_000
"""Steps of one request's questions: well under a second."""
_FACTS_A_STEP = 16
"""So many facts are looked through in the time of one step."""


def work_of(rule_set: RuleSet, customer: Customer, partners: Partners) -> int:
    """How many steps it takes at most to evaluate every criterion for all that it is asked about."""
    weights = Weights(
        {each: _steps(partners.get(each)) for each in customer.partner_ids}, 1 + len(customer.licences) // _FACTS_A_STEP
    )
    document = rule_set.document
    steps = document.criteria.size(scope_of(document.terms, customer, partners, date.min), weights)
    return steps + weights.once


def steps_of_many(rule_set: RuleSet, customer: Customer, partners: Partners) -> int:
    """The same, or 0 for an ordinary customer: what it takes is not worth an estimate."""
    return work_of(rule_set, customer, partners) if is_many(customer) else 0


def _steps(partner: Partner | None) -> int:
    if partner is None:
        return 1
    facts = len(partner.competencies) + len(partner.designations) + len(partner.deployments) + len(partner.trainings)
    return 1 + facts // _FACTS_A_STEP
