"""The ``criteria`` of a rule-set document: read into typed criteria, or refused with every fault.

Faults are unknown types, criteria where their context does not exist, repeated ids, too many or too deep.
"""

from collections.abc import Mapping
from functools import partial

from shared.domain.decision import JsonObject
from shared.rules.checks import IDENTIFIER, TITLE, Faults, Read, Reads, one_of, read_list, read_object, shown
from shared.rules.criteria.any_partner import AnyPartner
from shared.rules.criteria.applications import CoversEligibleApplication, EveryApplication
from shared.rules.criteria.base import Criterion
from shared.rules.criteria.combined import AllOf, AnyOf
from shared.rules.criteria.experience import DeploymentsAtLeast, TrainingBeforeProject
from shared.rules.criteria.granted import ExceptionHolds
from shared.rules.criteria.partner import CompetencyHeld, DesignationHeld
from shared.rules.criteria.quantified import AnyArea, AnyProject
from shared.rules.criteria.spend import AnnualSpendAtLeast

DEEPEST = 16
MOST_CRITERIA = 200

CRITERIA: Mapping[str, type[Criterion]] = {
    each.kind: each
    for each in (
        AllOf,
        AnyOf,
        AnnualSpendAtLeast,
        AnyProject,
        CoversEligibleApplication,
        AnyPartner,
        EveryApplication,
        AnyArea,
        CompetencyHeld,
        DesignationHeld,
        DeploymentsAtLeast,
        TrainingBeforeProject,
        ExceptionHolds,
    )
}
"""Every type of criterion, in the order in which documents and errors name them."""
PROVIDERS: Mapping[str, str] = {each.sets: kind for kind, each in CRITERIA.items() if each.sets}
"""The type of criterion that makes each thing current."""


def read_criteria(value: object, path: str, faults: Faults) -> Criterion | None:
    """The root criterion with all below it, or None with the faults added."""
    reader = _Reader(faults)
    root = reader.criterion(value, path, frozenset(), 1)
    if reader.count > MOST_CRITERIA:
        faults.add(path, f"holds {reader.count} criteria, write at most {MOST_CRITERIA}")
    return root


type Around = frozenset[str] | None
"""What is current around a criterion; None if that cannot be known."""


class _Reader:
    """One pass over the tree: what has been seen of it so far."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.count = 0
        self.ids: set[str] = set()

    def criterion(self, value: object, path: str, around: Around, depth: int) -> Criterion | None:
        self.count += 1
        if depth > DEEPEST:
            self.faults.add(path, f"is nested {depth} deep, write criteria at most {DEEPEST} deep")
            return None
        if not isinstance(value, dict):
            self.faults.add(path, f"{shown(value)} is not a criterion, write an object with type, id, title")
            return None
        kind = value.get("type")
        form = CRITERIA.get(kind) if isinstance(kind, str) else None
        before = self.faults.count
        members = self._members_of(form, around, depth) if form else self._members_of_unknown(value, depth)
        read = read_object(members, value, path, self.faults)
        return form.build(read) if form and self.faults.count == before else None

    def _members_of(self, form: type[Criterion], around: Around, depth: int) -> Reads:
        inside = None if around is None else around.union(form.inside, [form.sets] if form.sets else ())
        inner = self._inner(inside, depth)
        below: Reads = {"criteria": partial(read_list, inner, least=1), "criterion": inner}
        head: Reads = {"type": self._scope_check(form, around), "id": self._id, "title": TITLE}
        return {**head, **({form.below: below[form.below]} if form.below else {}), **form.members()}

    def _members_of_unknown(self, value: JsonObject, depth: int) -> Reads:
        """What looks like criteria below one whose type is not known is read too, so that every fault is named."""
        inner = self._inner(None, depth)
        several: Reads = {"criteria": partial(read_list, inner)} if isinstance(value.get("criteria"), list) else {}
        one: Reads = {"criterion": inner} if isinstance(value.get("criterion"), dict) else {}
        others: Reads = dict.fromkeys(value, _unread)
        return {**others, **several, **one, "type": one_of(*CRITERIA), "id": self._id, "title": TITLE}

    def _inner(self, inside: Around, depth: int) -> Read[object]:
        return lambda each, path, _: self.criterion(each, path, inside, depth + 1)

    def _scope_check(self, form: type[Criterion], around: Around) -> Read[object]:
        def check(value: object, path: str, faults: Faults) -> object:
            if around is None:
                return value
            missing = [PROVIDERS[need] for need in form.inside if need not in around]
            if missing:
                faults.add(path, f"{shown(form.kind)} has no meaning here, put it inside {' and '.join(missing)}")
            if wrong := [PROVIDERS[each] for each in form.outside if each in around]:
                faults.add(path, f"{shown(form.kind)} has no meaning here, put it outside {' and '.join(wrong)}")
            if form.sets in around:
                faults.add(path, f"{shown(form.kind)} is already around this, put it inside only one")
            return value

        return check

    def _id(self, value: object, path: str, faults: Faults) -> str:
        name = IDENTIFIER(value, path, faults)
        if name and name in self.ids:
            faults.add(path, f"{shown(name)} is used twice, write an id of its own")
        self.ids.add(name)
        return name


def _unread(value: object, path: str, faults: Faults) -> None:
    """What else an unknown type of criterion holds cannot be checked."""
