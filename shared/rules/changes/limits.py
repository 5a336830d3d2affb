"""The limits that a plan has to keep to, so that events can bring about all of its changes."""

from collections.abc import Mapping

from shared.domain.customer import Customer
from shared.domain.customer_state import MAX_BYTES, MAX_BYTES_AFTER_NEW_FACT, MAX_FACTS, MAX_PAIRS
from shared.domain.facts import CUSTOMER_FACTS
from shared.domain.partner import MAX_FACTS as MAX_PARTNER_FACTS
from shared.domain.partner import Partner
from shared.rules.changes.base import BOTH, CHANGES, CUSTOMER, Plan
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
    limits = Limits(customer, partners, most_asked, size)
    return limits if limits.customer_is_near or limits.partner_is_near else None


class Limits:
    """The room that there is for a plan's facts."""

    def __init__(self, customer: Customer, partners: Mapping[str, Partner], most_asked: int, size: int) -> None:
        self._customer = customer
        self._bytes = size + _DECISION_BYTES + _ID_BYTES * len(customer.projects)
        self._rooms = {name: each.room for name, each in partners.items()}
        self._room = MAX_FACTS - sum(len(getattr(customer, each.gathered)) for each in CUSTOMER_FACTS)
        self._attachments = {(each.partner_id, each.project_id) for each in customer.attachments}
        many_pairs = (len(customer.projects) + _NEAR) * (len(customer.attachments) + _NEAR) > MAX_PAIRS
        self._pairs = MAX_PAIRS - customer.open_pairs if many_pairs else MAX_PAIRS
        is_full = size > MAX_BYTES_AFTER_NEW_FACT - _NEAR_BYTES
        self.customer_is_near = self._room < _NEAR or many_pairs or is_full
        room = min(self._rooms.values(), default=MAX_PARTNER_FACTS)
        self.partner_is_near = min(room, MAX_PARTNER_FACTS - most_asked) < _NEAR

    def allow(self, plan: Plan) -> bool:
        """Whether events could bring about all of the plan's changes."""
        return (not self.customer_is_near or self._customer_has_room(plan)) and (
            not self.partner_is_near
            or all(count <= self._rooms.get(name, MAX_PARTNER_FACTS) for name, count in partner_facts(plan).items())
        )

    def _customer_has_room(self, plan: Plan) -> bool:
        """In one pass: a search asks this of tens of thousands of plans."""
        new = changed = pairs = 0
        for key in plan:
            change = CHANGES[key[0]]
            if change.by in (CUSTOMER, BOTH):
                changed += 1
                new += change.new_facts(key, self._attachments)
                pairs += change.new_pairs(key, self._customer)
        most = MAX_BYTES_AFTER_NEW_FACT if new else MAX_BYTES
        fits = not changed or self._bytes + changed * _FACT_BYTES <= most
        return fits and new <= self._room and pairs <= self._pairs
