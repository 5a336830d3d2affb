"""Plans: sets of changes that make a criterion met, and how the plans of several criteria combine.

A plan maps each change to how much of it there is. A criterion has a list of plans, any of which would do: ``MET`` if
it is met already, an empty list if nothing can be done.
"""

from collections.abc import Iterable, Mapping
from functools import cache

from shared.domain.customer import Customer
from shared.domain.partner import Partner
from shared.rules.changes.base import ACTORS, CHANGES, Change, Facts, Key, Plan, Setting

type Plans = list[Plan]

MET: Plans = [{}]
MOST_PLANS = 24


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
