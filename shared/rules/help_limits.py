"""Which plans can be carried out: within what an event may say and what is kept of a customer and of a partner."""

from collections.abc import Mapping

from shared.domain.customer import Customer
from shared.domain.customer_state import MAX_BYTES, MAX_BYTES_AFTER_NEW_FACT, MAX_FACTS, MAX_PAIRS
from shared.domain.event_data import MAX_APPLICATIONS
from shared.domain.facts import Project
from shared.domain.partner import MAX_FACTS as MAX_PARTNER_FACTS
from shared.domain.partner import Partner
from shared.rules import help_plans as kinds
from shared.rules.help_plans import Plan

_A_NEW_FACT = (kinds.SPEND, kinds.START, kinds.ATTACH_ANY)
_NEAR = 100
"""With more room than this in all that plans add to, none is held against it."""
_REPLACED = (kinds.COVER, kinds.REOPEN)
_FACT_BYTES = 1024
"""More than a fact with its event takes, where the event has a short id and source."""
_DECISION_BYTES, _ID_BYTES = 32 * 1024, 68
"""More than the decision after it takes, besides the ids of eligible projects."""
_NEAR_BYTES = 256 * 1024
_OF_PARTNER = (kinds.COMPETENCY, kinds.DESIGNATION, kinds.DEPLOYMENTS, kinds.COURSE)


def has_room_for_application(project: Project) -> bool:
    return len(project.applications) < MAX_APPLICATIONS


class Limits:
    """The room that there is for a plan's facts."""

    def __init__(self, customer: Customer, partners: Mapping[str, Partner], size: int = 0) -> None:
        """``size``: the bytes that are stored of the customer. A partner's never come near their cap."""
        self._customer = customer
        self._bytes = size + _DECISION_BYTES + _ID_BYTES * len(customer.projects)
        self._partners = partners
        facts = len(customer.licences) + len(customer.projects) + len(customer.attachments)
        self._room = MAX_FACTS - facts
        self._registers = {(each.partner_id, each.project_id) for each in customer.attachments}
        many = (len(customer.projects) + _NEAR) * (len(customer.attachments) + _NEAR) > MAX_PAIRS
        self._pairs = MAX_PAIRS - customer.open_pairs if many else MAX_PAIRS
        full = size > MAX_BYTES_AFTER_NEW_FACT - _NEAR_BYTES
        self._near = min(self._room, *(each.room for each in partners.values()), MAX_FACTS) < _NEAR or many or full

    def allow(self, plan: Plan) -> bool:
        """Whether events could bring about all of the plan's changes."""
        return (not self._near and not _asks_much(plan)) or (
            self._new_facts(plan) <= self._room
            and self._has_bytes(plan)
            and self._new_pairs(plan) <= self._pairs
            and all(count <= self._room_of(name) for name, count in _partner_facts(plan).items())
        )

    def _new_facts(self, plan: Plan) -> int:
        return sum(
            key[0] in _A_NEW_FACT or (key[0] == kinds.ATTACH and (key[1], key[2]) not in self._registers)
            for key in plan
        )

    def _has_bytes(self, plan: Plan) -> bool:
        changed = sum(key[0] in (*_A_NEW_FACT, *_REPLACED, kinds.ATTACH) for key in plan)
        most = MAX_BYTES_AFTER_NEW_FACT if self._new_facts(plan) else MAX_BYTES
        return not changed or self._bytes + changed * _FACT_BYTES <= most

    def _new_pairs(self, plan: Plan) -> int:
        """A project that is opened comes with the partners on all projects, one reopened with its own too."""
        everywhere = len(self._customer.partners_by_project.get(None, ()))
        count = 0
        for kind, *ids in plan:
            if kind in (kinds.ATTACH, kinds.ATTACH_ANY):
                count += 1
            elif kind in (kinds.START, kinds.REOPEN):
                count += everywhere + len(self._customer.partners_by_project.get(ids[0], ()))
        return count

    def _room_of(self, partner_id: str) -> int:
        known = self._partners.get(partner_id)
        return known.room if known else MAX_PARTNER_FACTS


def _asks_much(plan: Plan) -> bool:
    """Whether so many deployments are asked for that not even a partner without any fact could have them."""
    return any(count > MAX_PARTNER_FACTS - _NEAR for count in _partner_facts(plan).values())


def _partner_facts(plan: Plan) -> dict[str, int]:
    """How many facts more partners would have, by id; one that nobody named has none yet."""
    counts: dict[str, int] = {}
    for key, value in plan.items():
        if key[0] in _OF_PARTNER:
            counts[key[1]] = counts.get(key[1], 0) + (value if key[0] == kinds.DEPLOYMENTS else 1)
        elif key[0] == kinds.ATTACH_ANY:
            counts[""] = max(counts.get("", 0), sum(_partner_facts(value).values()))
    return counts
