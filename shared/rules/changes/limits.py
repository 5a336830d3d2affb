"""Which plans can be carried out: within what an event may say and how many facts a customer and a partner may have."""

from collections.abc import Mapping

from shared.domain.customer import Customer
from shared.domain.customer_state import MAX_FACTS, MAX_PAIRS
from shared.domain.partner import MAX_FACTS as MAX_PARTNER_FACTS
from shared.domain.partner import Partner
from shared.rules.changes.base import CHANGES, Plan
from shared.rules.changes.plan import partner_facts

_NEAR = 100
"""If all that plans add to has more room than this, no plan is checked against it."""


class Limits:
    """The room that there is for a plan's facts."""

    def __init__(self, customer: Customer, partners: Mapping[str, Partner]) -> None:
        self._customer = customer
        self._partners = partners
        facts = len(customer.licences) + len(customer.projects) + len(customer.attachments)
        self._room = MAX_FACTS - facts
        self._attachments = {(each.partner_id, each.project_id) for each in customer.attachments}
        many = (len(customer.projects) + _NEAR) * (len(customer.attachments) + _NEAR) > MAX_PAIRS
        self._pairs = MAX_PAIRS - customer.open_pairs if many else MAX_PAIRS
        self._near = min(self._room, *(each.room for each in partners.values()), MAX_FACTS) < _NEAR or many

    def allow(self, plan: Plan) -> bool:
        """Whether events could bring about all of the plan's changes."""
        of_partners = partner_facts(plan)
        if not self._near and all(count <= MAX_PARTNER_FACTS - _NEAR for count in of_partners.values()):
            return True
        return (
            sum(CHANGES[key[0]].new_facts(key, self._attachments) for key in plan) <= self._room
            and sum(CHANGES[key[0]].new_pairs(key, self._customer) for key in plan) <= self._pairs
            and all(count <= self._room_of(name) for name, count in of_partners.items())
        )

    def _room_of(self, partner_id: str) -> int:
        known = self._partners.get(partner_id)
        return known.room if known else MAX_PARTNER_FACTS
