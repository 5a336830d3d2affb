"""Which plans events could carry out: within how many facts and pairs a customer, and facts a partner, may have."""

from collections.abc import Mapping

from shared.domain.customer import Customer
from shared.domain.customer_state import MAX_BYTES, MAX_BYTES_AFTER_NEW_FACT, MAX_FACTS, MAX_PAIRS
from shared.domain.partner import MAX_FACTS as MAX_PARTNER_FACTS
from shared.domain.partner import Partner
from shared.rules.changes.base import CHANGES, CUSTOMER, Plan
from shared.rules.changes.plan import partner_facts

_NEAR = 100
"""If all that plans add to has more room than this, no plan needs to be checked."""
_FACT_BYTES = 1024
"""More than a fact with its event takes, where the event has a short id and source."""
_DECISION_BYTES, _ID_BYTES = 32 * 1024, 68
"""More than the decision after it takes, besides the ids of eligible projects."""
_NEAR_BYTES = 256 * 1024


def limits_of(customer: Customer, partners: Mapping[str, Partner], most_asked: int, size: int) -> "Limits | None":
    """The limits of plans that ask at most so many facts of one partner; None if all of them are far within.

    ``size``: the bytes that are stored of the customer. A partner's never come near their cap.
    """
    facts = len(customer.licences) + len(customer.projects) + len(customer.attachments)
    many_pairs = (len(customer.projects) + _NEAR) * (len(customer.attachments) + _NEAR) > MAX_PAIRS
    room = min(MAX_FACTS - facts, MAX_PARTNER_FACTS - most_asked, *(each.room for each in partners.values()))
    is_full = size > MAX_BYTES_AFTER_NEW_FACT - _NEAR_BYTES
    return Limits(customer, partners, size) if many_pairs or is_full or room < _NEAR else None


class Limits:
    """The room that there is for a plan's facts."""

    def __init__(self, customer: Customer, partners: Mapping[str, Partner], size: int) -> None:
        self._customer = customer
        self._bytes = size + _DECISION_BYTES + _ID_BYTES * len(customer.projects)
        self._partners = partners
        facts = len(customer.licences) + len(customer.projects) + len(customer.attachments)
        self._room = MAX_FACTS - facts
        self._attachments = {(each.partner_id, each.project_id) for each in customer.attachments}
        self._pairs = MAX_PAIRS - customer.open_pairs

    def allow(self, plan: Plan) -> bool:
        """Whether events could bring about all of the plan's changes."""
        new_facts = sum(CHANGES[key[0]].new_facts(key, self._attachments) for key in plan)
        return (
            new_facts <= self._room
            and self._have_bytes(sum(CHANGES[key[0]].by == CUSTOMER for key in plan), new_facts)
            and sum(CHANGES[key[0]].new_pairs(key, self._customer) for key in plan) <= self._pairs
            and all(count <= self._room_of(name) for name, count in partner_facts(plan).items())
        )

    def _have_bytes(self, changed: int, new: int) -> bool:
        """Whether there is room for so many facts changed, some of them new."""
        most = MAX_BYTES_AFTER_NEW_FACT if new else MAX_BYTES
        return not changed or self._bytes + changed * _FACT_BYTES <= most

    def _room_of(self, partner_id: str) -> int:
        known = self._partners.get(partner_id)
        return known.room if known else MAX_PARTNER_FACTS
