"""What no way may change, as a what-if question gives it: ids of partners and of projects."""

from shared.api.check import MAX_KEPT
from shared.rules import checks
from shared.rules.checks import Faults
from shared.rules.criteria.search import NOTHING_KEPT, Keep

_MEMBERS = ("partners", "projects")


def parse_keep(value: object, path: str, faults: Faults, limits: Faults) -> Keep:
    """The ids; every fault is added to ``faults``, what is too much to ``limits``."""
    if value is None:
        return NOTHING_KEPT
    kept = checks.members_of(value, path, _MEMBERS, faults)
    given = (_ids(kept.get(name), f"{path}.{name}", faults, limits) for name in _MEMBERS)
    return Keep(*given)


def _ids(value: object, path: str, faults: Faults, limits: Faults) -> frozenset[str]:
    if value is None:
        return frozenset()
    if isinstance(value, list) and len(value) > MAX_KEPT:
        limits.add(path, f"has {len(value)} ids, write at most {MAX_KEPT}")
        return frozenset()
    return frozenset(checks.read_list(checks.IDENTIFIER, value, path, faults))
