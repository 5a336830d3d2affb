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
_OPENED = (kinds.START, kinds.REOPEN)
_REPLACED = (kinds.COVER, kinds.REOPEN)
_NEAR = 100
"""With more room than this in all that plans add to, none is held against it."""
MUCH = MAX_PARTNER_FACTS - _NEAR
"""Where criteria may ask for as many facts of one partner, not even one without any fact has room for all of them."""
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

    def __init__(
        self, customer: Customer, partners: Mapping[str, Partner], size: int = 0, *, asks_much: bool = True
    ) -> None:
        """``size``: the bytes that are stored of the customer. A partner's never come near their cap. ``asks_much``:
        whether plans may ask for ``MUCH`` of one partner."""
        self._customer = customer
        self._bytes = size + _DECISION_BYTES + _ID_BYTES * len(customer.projects)
        self._rooms = {name: each.room for name, each in partners.items()}
        facts = len(customer.licences) + len(customer.projects) + len(customer.attachments)
        self._room = MAX_FACTS - facts
        self._registers = {(each.partner_id, each.project_id) for each in customer.attachments}
        many = (len(customer.projects) + _NEAR) * (len(customer.attachments) + _NEAR) > MAX_PAIRS
        self._pairs = MAX_PAIRS - customer.open_pairs if many else MAX_PAIRS
        full = size > MAX_BYTES_AFTER_NEW_FACT - _NEAR_BYTES
        self._near = self._room < _NEAR or many or full
        self._near_partner = asks_much or min(self._rooms.values(), default=MAX_PARTNER_FACTS) < _NEAR

    def allow(self, plan: Plan) -> bool:
        """Whether events could bring about all of the plan's changes."""
        return (not self._near or self._customer_has_room(plan)) and (
            not self._near_partner
            or all(count <= self._rooms.get(name, MAX_PARTNER_FACTS) for name, count in _partner_facts(plan).items())
        )

    def _customer_has_room(self, plan: Plan) -> bool:
        """In one pass: a search asks this of tens of thousands of plans."""
        new = replaced = pairs = 0
        for key in plan:
            kind = key[0]
            if kind == kinds.ATTACH:
                pairs += 1
                if (key[1], key[2]) in self._registers:
                    replaced += 1
                else:
                    new += 1
            elif kind in _A_NEW_FACT:
                new += 1
                pairs += kind == kinds.ATTACH_ANY
            elif kind in _REPLACED:
                replaced += 1
            if kind in _OPENED:
                pairs += self._pairs_of(key[1])
        most = MAX_BYTES_AFTER_NEW_FACT if new else MAX_BYTES
        fits = not new + replaced or self._bytes + (new + replaced) * _FACT_BYTES <= most
        return fits and new <= self._room and pairs <= self._pairs

    def _pairs_of(self, project_id: str) -> int:
        """A project that is opened comes with the partners on all projects, one reopened with its own too."""
        attached = self._customer.partners_by_project
        return len(attached.get(None, ())) + len(attached.get(project_id, ()))


def _partner_facts(plan: Plan) -> dict[str, int]:
    """How many facts more partners would have, by id; one that nobody named has none yet."""
    counts: dict[str, int] = {}
    for key, value in plan.items():
        if key[0] in _OF_PARTNER:
            counts[key[1]] = counts.get(key[1], 0) + (value if key[0] == kinds.DEPLOYMENTS else 1)
        elif key[0] == kinds.ATTACH_ANY:
            counts[""] = max(counts.get("", 0), sum(_partner_facts(value).values()))
    return counts
