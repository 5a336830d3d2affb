"""Plans: sets of changes that make a criterion met, and how the plans of several criteria combine.

A plan maps each change to how much of it there is. A criterion has a list of plans, any of which would do: ``MET`` if
it is met already, an empty list if nothing can be done.
"""

from collections.abc import Iterable, Mapping
from functools import cache

from shared.domain.customer import Customer
from shared.domain.customer_state import MAX_BYTES, MAX_BYTES_AFTER_NEW_FACT, MAX_FACTS, MAX_PAIRS
from shared.domain.partner import MAX_FACTS as MAX_PARTNER_FACTS
from shared.domain.partner import Partner
from shared.rules.changes.base import ACTORS, CHANGES, CUSTOMER, Change, Facts, Key, Plan, Setting

type Plans = list[Plan]

MET: Plans = [{}]
MOST_PLANS = 24
_NEAR = 100
"""If all that plans add to has more room than this, no plan needs to be checked."""
_FACT_BYTES = 1024
"""More than a fact with its event takes, where the event has a short id and source."""
_DECISION_BYTES, _ID_BYTES = 32 * 1024, 68
"""More than the decision after it takes, besides the ids of eligible projects."""
_NEAR_BYTES = 256 * 1024


def merged(one: Plan, other: Plan) -> Plan | None:
    """Both plans together, or None if they exclude each other."""
    both = {**one, **other}
    if len(both) < len(one) + len(other):
        for key in one.keys() & other.keys():
            value = CHANGES[key[0]].join(one[key], other[key])
            if value is None:
                return None
            both[key] = value
    return both


def holds(plan: Plan, other: Plan) -> bool:
    """Whether doing the one does the other too."""
    for key, value in other.items():
        mine = plan.get(key)
        if mine is None or (mine != value and CHANGES[key[0]].join(mine, value) != mine):
            return False
    return True


def rank(plan: Plan) -> tuple[int, int]:
    """Smaller first, then less effort."""
    return (len(plan), effort_of(plan))


def effort_of(plan: Plan) -> int:
    total = 0
    for key, value in plan.items():
        total += CHANGES[key[0]].effort_of(value)
    return total


def partner_facts(plan: Plan) -> dict[str, int]:
    """How many facts more partners would have, by id; "" is the id of one that nobody named."""
    counts: dict[str, int] = {}
    for key, value in plan.items():
        CHANGES[key[0]].count_partner_facts(key, value, counts)
    return counts


def smallest(plans: Iterable[Plan], most: int = MOST_PLANS) -> tuple[Plans, bool]:
    """The first ones by rank of those that do not hold another one, and whether more were left out."""
    kept: Plans = []
    masks: list[int] = []
    bits: dict[Key, int] = {}
    """A bit for each key: of hundreds of plans, most pairs are told apart by them."""
    for plan in sorted(plans, key=rank):
        mask = 0
        for key in plan:
            mask |= bits.setdefault(key, 1 << len(bits))
        for number, other in enumerate(masks):
            if other & mask == other and holds(plan, kept[number]):
                break
        else:
            if len(kept) == most:
                return kept, True
            kept.append(plan)
            masks.append(mask)
    return kept, False


def changes_of(plan: Plan, setting: Setting) -> list[Change]:
    """In the order in which they are read: the customer's first, about projects before partners."""
    return [CHANGES[key[0]].of(key, plan[key], setting) for key in sorted(plan, key=_in_order)]


def _in_order(key: Key) -> tuple[int, Key]:
    return _order()[key[0]], key


@cache
def _order() -> dict[str, int]:
    """The place of each kind."""
    kinds = sorted(CHANGES, key=lambda kind: ACTORS.index(CHANGES[kind].by))
    return {kind: place for place, kind in enumerate(kinds)}


def applied(
    changes: Iterable[Change], customer: Customer, partners: Mapping[str, Partner]
) -> tuple[Customer, dict[str, Partner]]:
    """The facts with the changes; ``partners`` has to hold those that are attached by name."""
    facts = Facts(list(customer.licences), list(customer.projects), list(customer.attachments), dict(partners))
    for change in changes:
        change.apply(facts)
    changed = Customer(customer.customer_id, tuple(facts.licences), tuple(facts.projects), tuple(facts.attachments))
    return changed, facts.partners


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
        facts = len(customer.licences) + len(customer.projects) + len(customer.attachments)
        self._room = MAX_FACTS - facts
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
            if change.by == CUSTOMER:
                changed += 1
                new += change.new_facts(key, self._attachments)
                pairs += change.new_pairs(key, self._customer)
        most = MAX_BYTES_AFTER_NEW_FACT if new else MAX_BYTES
        fits = not changed or self._bytes + changed * _FACT_BYTES <= most
        return fits and new <= self._room and pairs <= self._pairs
