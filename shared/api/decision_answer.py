"""A decision as a question is answered with it: the tree, and for the ineligible what would help, within bounds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.api.bounded import ALONE, NOT_COMPUTED, Share, fitted
from shared.aside import aside
from shared.candidates import Candidates
from shared.domain.customer import Customer
from shared.domain.decision import Assessment, JsonObject, Node, Status
from shared.domain.notification import decision_json
from shared.domain.partner import Partner
from shared.rules.rule_set import MAX_WORK, RuleSet, assess, explain, work_of
from shared.rules.would_help.search import would_help


@dataclass(frozen=True, slots=True)
class Asked:
    """What is decided from. ``partners`` are those attached to any project, and perhaps others that could be; ``size``
    are the bytes stored of the customer."""

    rule_set: RuleSet
    customer: Customer
    partners: Mapping[str, Partner]
    on: date
    next_start: date | None
    size: int = 0

    @property
    def work(self) -> int:
        """An estimate of the steps that deciding takes."""
        return work_of(self.rule_set, self.customer, self.partners)


async def decision_answer(
    asked: Asked, today: date, candidates: Candidates | None = None, share: Share = ALONE
) -> JsonObject:
    """All partners given may be proposed, and the ``candidates`` too; ``wouldHelp`` is null where it would be too much
    work. An answer for a past day says that it is by what is known today, not by what was known then."""
    rule_set, customer, partners, on = asked.rule_set, asked.customer, asked.partners, asked.on
    work = asked.work
    assessment = await aside(work, lambda: assess(rule_set, customer, partners, on, asked.next_start, share.nodes))
    decision = decision_json(customer.customer_id or None, assessment, assessment.tree, rule_set.offers)
    if on < today:
        decision["knownAsOf"] = today.isoformat()
    if assessment.outcome.status is Status.INELIGIBLE:
        known = await candidates.partners() if candidates else []
        decision |= await aside(work, lambda: _help(asked, known, work, share))
    return await aside(work, lambda: _fitted(decision, asked, assessment, share.size))


def _help(asked: Asked, known: list[Partner], work: int, share: Share) -> JsonObject:
    if work > MAX_WORK:
        return {"wouldHelp": None, NOT_COMPUTED: ["wouldHelp"]}
    others = [each for each in known if each.partner_id not in asked.partners]
    proposed = [*asked.partners.values(), *others]
    facts = (asked.rule_set, asked.customer, asked.partners, asked.on)
    return {"wouldHelp": would_help(*facts, proposed, share.help, asked.size)}


def _fitted(decision: JsonObject, asked: Asked, assessment: Assessment, most_bytes: int) -> JsonObject:
    def cut(nodes: int) -> Node:
        return explain(asked.rule_set, asked.customer, asked.partners, asked.on, nodes)

    return fitted(decision, assessment.tree, cut, most_bytes)
