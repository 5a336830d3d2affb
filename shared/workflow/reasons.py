"""Makes the reasons of a decision: when it is recorded, and of the current one when somebody asks: no row has them.

The latter are made of what the decision was made by: the customer's facts, which its row has beside the decision, the
partners in the revisions that it names, its rule set, its date.
"""

from datetime import date
from typing import NamedTuple

from shared.aside import aside
from shared.domain.customer import Customer
from shared.domain.customer_state import CustomerState
from shared.domain.decision import JsonObject, Outcome
from shared.domain.notification import MAX_TREE_BYTES
from shared.errors import LaterVersionError, WentBackError
from shared.ports import Ports
from shared.rule_books import RuleSetMissingError
from shared.rules.reasons import deciding_part
from shared.rules.rule_set import Partners, RuleSet, decide, explain, steps_of_many
from shared.rules.summary import summary_of

_EXPLAINED_SINCE = 2
"""The first format of decisions whose versions keep a customer's reasons in one line."""


class Reasons(NamedTuple):
    """Why, as a recorded decision has it: in one line, and the ``members`` that say it, of which ``criteria`` is the
    part of the tree that decided."""

    why: str
    members: JsonObject


def reasons(rule_set: RuleSet, customer: Customer, partners: Partners, on: date, outcome: Outcome) -> Reasons:
    """The summary is made of the whole tree."""
    tree = explain(rule_set, customer, partners, on)
    summary, part = summary_of(rule_set, tree, outcome, on), deciding_part(tree, MAX_TREE_BYTES)
    return Reasons(summary.why, {**summary.members(), "criteria": part.to_json()})


def is_explained(state: CustomerState) -> bool:
    """Whether its reasons in one line are those of its last recorded decision: an older version leaves them."""
    return bool(state.why) and state.evidence.decisions >= _EXPLAINED_SINCE


async def reasons_of(ports: Ports, state: CustomerState) -> JsonObject | None:
    """These members, as a recorded decision has it. None if what the decision was made by is not there any more: a
    partner has newer facts, which are on their way to this customer, or a table was restored."""
    decision, evidence = state.decision, state.evidence
    if decision is None:
        return None
    try:
        partners = await ports.gathering().partners(state.customer.partner_ids, evidence.partners)
        rule_set = await ports.rule_books.compiled(decision["ruleSetVersion"])
    except (WentBackError, RuleSetMissingError, LaterVersionError):
        return None
    if any(evidence.partners.get(each.partner_id) != each.revision for each in partners.values()):
        return None
    facts = (rule_set, state.customer, partners, date.fromisoformat(decision["decidedOn"]))

    def made() -> JsonObject | None:
        """None too if the number of a rule set that was lost is another's now."""
        return reasons(*facts, state.outcome).members if decide(*facts) == state.outcome.of_rules else None

    return await aside(steps_of_many(*facts[:3]), made)
