"""Makes the reasons of a customer's current decision when somebody asks for them: no row has them.

They are made of what the decision was made by: the customer's facts, which its row has beside the decision, the
partners in the revisions that it names, its rule set, its date.
"""

from datetime import date

from shared.aside import aside
from shared.domain.customer_state import CustomerState
from shared.domain.decision import Node
from shared.domain.notification import MAX_TREE_BYTES
from shared.errors import LaterVersionError, WentBackError
from shared.ports import Ports
from shared.rule_books import RuleSetMissingError
from shared.rules.reasons import deciding_part
from shared.rules.rule_set import decide, explain, steps_of_many


async def reasons_of(ports: Ports, state: CustomerState) -> Node | None:
    """What decided, as a recorded decision has it. None if what the decision was made by is not there any more: a
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

    def reasons() -> Node | None:
        """None too if the number of a rule set that was lost is another's now."""
        return deciding_part(explain(*facts), MAX_TREE_BYTES) if decide(*facts) == state.outcome.of_rules else None

    return await aside(steps_of_many(*facts[:3]), reasons)
