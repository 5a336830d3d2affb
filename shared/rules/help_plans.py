"""Plans: what would have to change for a criterion to be met, and how plans of several criteria come together.

Arrives: the plans of single criteria. Leaves: those of criteria that combine them. A plan maps what changes (the kind
of change and whom it is about) to how much of it; a criterion has a list of plans, any of which would do: ``MET`` if it
is met already, an empty list if nothing can be done.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

type Key = tuple[str, ...]
"""The kind of a change, then the ids of what it is about."""
type Plan = Mapping[Key, Any]
type Plans = list[Plan]

SPEND = "spend"
RATE = "rate"
START = "start"
REOPEN = "reopen"
COVER = "cover"
ATTACH = "attach"
ATTACH_ANY = "attach-any"
COMPETENCY = "competency"
DESIGNATION = "designation"
DEPLOYMENTS = "deployments"
COURSE = "course"

MET: Plans = [{}]
MOST_PLANS = 24

_EFFORT = {
    RATE: 1,
    COURSE: 2,
    ATTACH: 3,
    COVER: 4,
    REOPEN: 5,
    SPEND: 6,
    START: 7,
    ATTACH_ANY: 8,
    DEPLOYMENTS: 8,
    DESIGNATION: 10,
    COMPETENCY: 11,
}
"""Between sets of one size the one that asks less of people comes first."""


def merged(one: Plan, other: Plan) -> Plan | None:
    """Both plans together, or None if they exclude each other."""
    both = {**one, **other}
    if len(both) < len(one) + len(other):
        for key in one.keys() & other.keys():
            value = _JOINS.get(key[0], _same)(one[key], other[key])
            if value is None:
                return None
            both[key] = value
    return both


def _same(one: Any, other: Any) -> Any:
    return one if one == other else None


def _either_level(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...] | None:
    return tuple(level for level in one if level in other) or None


_JOINS: Mapping[str, Callable[[Any, Any], Any]] = {
    SPEND: max,
    RATE: max,
    DEPLOYMENTS: max,
    COMPETENCY: _either_level,
    ATTACH_ANY: merged,
}


def holds(plan: Plan, other: Plan) -> bool:
    """Whether doing the one does the other too."""
    for key, value in other.items():
        mine = plan.get(key)
        if mine is None or (mine != value and _JOINS.get(key[0], _same)(mine, value) != mine):
            return False
    return True


def rank(plan: Plan) -> tuple[int, int]:
    """Smaller first, then less effort."""
    return (len(plan), _effort(plan))


def _effort(plan: Plan) -> int:
    total = 0
    for key, value in plan.items():
        total += _EFFORT[key[0]]
        if key[0] == DEPLOYMENTS:
            total += value
        elif key[0] == ATTACH_ANY:
            total += _effort(value)
    return total


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
