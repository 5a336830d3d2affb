"""What no way may change, as a what-if question gives it: ids of partners and of projects."""

from shared.api.check import MAX_KEPT
from shared.domain.suggestions import nearest
from shared.rules import checks
from shared.rules.checks import Faults, member, shown
from shared.rules.criteria.search import NOTHING_KEPT, Keep

_MEMBERS = ("partners", "projects")


def parse_keep(value: object, path: str, faults: Faults, limits: Faults) -> Keep:
    """The ids; every fault is added to ``faults``, what is too much to ``limits``."""
    if value is None:
        return NOTHING_KEPT
    if not isinstance(value, dict):
        faults.add(path, f"{shown(value)} is not an object, write one with any of {', '.join(_MEMBERS)}")
        return NOTHING_KEPT
    for name in value:
        if name not in _MEMBERS:
            meant = nearest(name, _MEMBERS)
            right = f'write "{meant}"' if meant else f"write only {', '.join(_MEMBERS)}"
            faults.add(member(path, name), f"is not a member here, {right}")
    given = (_ids(value.get(name), f"{path}.{name}", faults, limits) for name in _MEMBERS)
    return Keep(*given)


def _ids(value: object, path: str, faults: Faults, limits: Faults) -> frozenset[str]:
    if value is None:
        return frozenset()
    if isinstance(value, list) and len(value) > MAX_KEPT:
        limits.add(path, f"has {len(value)} ids, write at most {MAX_KEPT}")
        return frozenset()
    return frozenset(checks.read_list(checks.IDENTIFIER, value, path, faults))
