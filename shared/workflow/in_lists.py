"""Makes what lists say of a customer that its decision does not: counted spend, why it loses or gains eligibility."""

from datetime import date

from shared.aside import aside
from shared.domain.customer import Customer
from shared.domain.customer_state import CustomerState, InLists
from shared.domain.decision import Assessment, Status, Verdict
from shared.rules.criteria.spend import readable, spend_on
from shared.rules.forecast import Rules
from shared.rules.rule_set import Partners, RuleSet, decide, explain
from shared.rules.summary import summary_of


async def in_lists(
    rules: Rules, customer: Customer, partners: Partners, assessment: Assessment, before: CustomerState, steps: int
) -> InLists:
    """Of what was decided, in about so many ``steps``; ``before`` is what was so: why, as of a day, is said once, when
    that day becomes the next one."""
    rule_set, on = rules.rule_set, assessment.on
    spend, is_whole = spend_on(rule_set.document.terms, customer, on)
    undecided = False
    if not is_whole and assessment.outcome.status is Status.INELIGIBLE:
        undecided = await aside(steps, lambda: _is_undecided(rule_set, customer, partners, on))
    days, because = (assessment.loses_on, assessment.gains_on), before.in_lists.because
    day = days[0] or days[1]
    if day is None:
        because = ""
    elif not because or days != (before.loses_on, before.gains_on):
        then = rules.in_force(day)
        because = await aside(steps, lambda: _why_on(then, customer, partners, day)) if then else ""
    return InLists(readable(spend), undecided, because)


def _is_undecided(rule_set: RuleSet, customer: Customer, partners: Partners, on: date) -> bool:
    return explain(rule_set, customer, partners, on).verdict is Verdict.UNKNOWN


def _why_on(rule_set: RuleSet, customer: Customer, partners: Partners, on: date) -> str:
    """As of a later day, by the facts known."""
    tree = explain(rule_set, customer, partners, on)
    return summary_of(rule_set, tree, decide(rule_set, customer, partners, on), on).why
