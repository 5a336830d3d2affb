"""Whom a plan names: the same plan for another project or another partner is the same way with another name."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from shared.rules.changes.base import CHANGES, PARTNER_ID, PROJECT_ID, Key, Plan
from shared.rules.changes.plan import Plans, smallest


class Names(NamedTuple):
    """The partner and the project that a plan is about; "" where it is about none."""

    partner: str
    project: str


class Unnamed(NamedTuple):
    """A plan without the names, and the names it had."""

    plan: Plan
    names: Names


@lru_cache(maxsize=4096)
def without_names(key: Key) -> tuple[Key, Names]:
    """The key with "" for each of its names, and these."""
    ids = CHANGES[key[0]].ids
    found = dict(zip(ids, key[1:], strict=True))
    unnamed = ("" if what in (PARTNER_ID, PROJECT_ID) else name for what, name in zip(ids, key[1:], strict=True))
    return (key[0], *unnamed), Names(found.get(PARTNER_ID, ""), found.get(PROJECT_ID, ""))


def unnamed(plan: Plan) -> Unnamed | None:
    """None for a plan that names several partners or several projects."""
    partner = project = ""
    found = {}
    for key, value in plan.items():
        bare, (own_partner, own_project) = without_names(key)
        if own_partner and own_partner != partner:
            if partner:
                return None
            partner = own_partner
        if own_project and own_project != project:
            if project:
                return None
            project = own_project
        found[bare] = value
    return Unnamed(found, Names(partner, project))


def with_names(plan: Plan, names: Names) -> Plan:
    """The plan with these names where it has none."""
    by_id = {PARTNER_ID: names.partner, PROJECT_ID: names.project}
    return {
        (key[0], *(name or by_id[what] for what, name in zip(CHANGES[key[0]].ids, key[1:], strict=True))): value
        for key, value in plan.items()
    }


class NamedPlan(NamedTuple):
    """A plan without names, and the names with each of which it does."""

    plan: Plan
    names: list[Names]


class NamedPlans:
    """Plans that are found one after another, each with all the names it was found with."""

    def __init__(self) -> None:
        self._by_keys: dict[frozenset[Key], list[NamedPlan]] = {}

    def __iter__(self) -> Iterator[NamedPlan]:
        for plans in self._by_keys.values():
            yield from plans

    def new(self, plans: Plans) -> Plans:
        """Of those that differ only in their names the first, of all calls; it stands for the others from now on. A
        plan that holds another one with its names is left out before: dropped later, it would take them along."""
        by_names: dict[Names, Plans] = {}
        for plan in plans:
            if found := unnamed(plan):
                by_names.setdefault(found.names, []).append(plan)
        idle = {id(plan) for same in by_names.values() for plan in _idle(same)}
        return [plan for plan in plans if id(plan) not in idle and self._is_new(plan)]

    def _is_new(self, plan: Plan) -> bool:
        """Whether no plan before it was the same but for the names; it is added."""
        found = unnamed(plan)
        if found is None:
            return True
        own = self._by_keys.setdefault(frozenset(found.plan), [])
        for each in own:
            if each.plan == found.plan:
                if found.names not in each.names:
                    each.names.append(found.names)
                return False
        own.append(NamedPlan(found.plan, [found.names]))
        return True

    def names_of(self, plan: Plan) -> list[Names]:
        """With which names a plan without names does that has one of these, and besides nothing with names."""
        found: list[Names] = []
        for each in self:
            if each.plan.items() <= plan.items() and not any(map(_names_something, plan.keys() - each.plan.keys())):
                found += each.names
        return found


def _idle(plans: Plans) -> Plans:
    """Those that hold another one."""
    needed = {id(plan) for plan in smallest(plans, len(plans))[0]}
    return [plan for plan in plans if id(plan) not in needed]


def _names_something(key: Key) -> bool:
    return any(CHANGES[key[0]].ids)
