"""A decision as a question is answered with it: the whole tree, and for the ineligible what would help."""

from collections.abc import Mapping
from datetime import date

from shared.candidates import Candidates
from shared.domain.customer import Customer
from shared.domain.decision import JsonObject, Status
from shared.domain.notification import decision_json
from shared.domain.partner import Partner
from shared.rules.rule_set import RuleSet, assess
from shared.rules.would_help import would_help


async def decision_answer(
    rule_set: RuleSet,
    customer: Customer,
    partners: Mapping[str, Partner],
    on: date,
    next_start: date | None,
    today: date,
    candidates: Candidates | None = None,
) -> JsonObject:
    """``partners`` are those attached to any project, and perhaps others that could be; all may be proposed, and the
    ``candidates`` too. An answer for a past day says that it is by what is known today, not by what was known then."""
    assessment = assess(rule_set, customer, partners, on, next_start)
    offers = (rule_set.benefits, rule_set.self_guided_resources)
    decision = decision_json(customer.customer_id or None, assessment, assessment.tree, offers)
    if on < today:
        decision["knownAsOf"] = today.isoformat()
    if assessment.outcome.status is Status.INELIGIBLE:
        known = await candidates.partners() if candidates else []
        others = [each for each in known if each.partner_id not in partners]
        decision["wouldHelp"] = would_help(rule_set, customer, partners, on, [*partners.values(), *others])
    return decision
