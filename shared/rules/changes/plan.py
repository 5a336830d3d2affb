"""Plans: sets of changes that make a criterion met, and how the plans of several criteria combine.

A plan maps each change to how much of it there is. A criterion has a list of plans, any of which would do: ``MET`` if
it is met already, an empty list if nothing can be done.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import NamedTuple

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


def kinds_of(plan: Plan) -> frozenset[str]:
    """The kinds of its changes."""
    return frozenset([key[0] for key in plan])


def smallest(plans: Iterable[Plan], most: int = MOST_PLANS) -> tuple[Plans, bool]:
    """Those that do not hold another one, by rank, and whether more than ``most`` were left out: of each combination of
    kinds one is kept before a second of any."""
    ordered = sorted(plans, key=rank)
    if len(ordered) <= most:
        return _first(ordered, most)
    kept, cut = _first(in_turns(ordered), most)
    return _first(sorted(kept, key=rank), most)[0], cut


def in_turns(plans: Plans) -> Plans:
    """The first of each combination of kinds, then the second of each, and so on."""
    counts: Counter[frozenset[str]] = Counter()
    turns: list[int] = []
    for plan in plans:
        kinds = kinds_of(plan)
        turns.append(counts[kinds])
        counts[kinds] += 1
    return [plans[at] for at in sorted(range(len(plans)), key=turns.__getitem__)]


def _first(plans: Iterable[Plan], most: int) -> tuple[Plans, bool]:
    """The first that do not hold one before them."""
    kept: Plans = []
    masks: list[int] = []
    bits: dict[Key, int] = {}
    """A bit for each key: of hundreds of plans, most pairs are told apart by them."""
    for plan in plans:
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
    actors = list(ACTORS)
    kinds = sorted(CHANGES, key=lambda kind: actors.index(CHANGES[kind].by))
    return {kind: place for place, kind in enumerate(kinds)}


class Applied(NamedTuple):
    """The facts with changes, and the exchange rates that the rule set in force gets."""

    customer: Customer
    partners: Mapping[str, Partner]
    rates: Mapping[str, Decimal]


def applied(changes: Iterable[Change], customer: Customer, partners: Mapping[str, Partner]) -> Applied:
    """``partners`` has to hold those that are attached by name."""
    facts = Facts(list(customer.licences), list(customer.projects), list(customer.attachments), dict(partners), {})
    for change in changes:
        change.apply(facts)
    lists = tuple(facts.licences), tuple(facts.projects), tuple(facts.attachments), customer.exceptions
    return Applied(Customer(customer.customer_id, *lists), facts.partners, facts.rates)
