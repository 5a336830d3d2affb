"""The criteria of a rule-set document.

Arrives: the ``criteria`` member, any JSON value. Leaves: typed criteria, or faults: unknown types, criteria where their
context does not exist, repeated ids, too many or too deep.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from shared.rules import checks
from shared.rules.checks import Check
from shared.rules.criteria import AllOf, AnyOf, Criterion
from shared.rules.customer_criteria import AnnualSpendAtLeast, CoversEligibleApplication
from shared.rules.faults import Faults, shown
from shared.rules.partner_criteria import CompetencyHeld, DeploymentsAtLeast, DesignationHeld, TrainingBeforeProject
from shared.rules.quantified import AnyArea, AnyPartner, AnyProject, EveryApplication

DEEPEST = 16
MOST_CRITERIA = 200
_MOST_DEPLOYMENTS = 1_000_000

type Members = dict[str, Any]

COMPETENCIES = ("cloud-business-applications",)
DESIGNATIONS = ("solutions-partner-business-applications",)
LEVELS = ("gold", "silver")
COURSES = ("success-by-design",)
PARTS = ("training", "knowledge-check")

_PROVIDED_BY = {
    "project": "any-project",
    "partner": "any-partner",
    "application": "every-application",
    "area": "any-area",
}


@dataclass(frozen=True)
class Shape:
    """What a type of criterion is made of, what it needs around it and what it sets for those inside it."""

    build: Callable[[Members], Criterion]
    needs: tuple[str, ...] = ()
    sets: str = ""
    members: Mapping[str, Check] = field(default_factory=dict)
    inner: str = ""


def _named(kind: Callable[..., Criterion], *names: str) -> Callable[[Members], Criterion]:
    """Builds the criterion from its id, title and these members in order, lists made tuples."""

    def build(members: Members) -> Criterion:
        values = (members[name] for name in ("id", "title", *names))
        return kind(*(tuple(each) if isinstance(each, list) else each for each in values))

    return build


def _annual_spend(members: Members) -> Criterion:
    stated = members["amount"]
    return AnnualSpendAtLeast(members["id"], members["title"], Decimal(stated), stated)


_levels = checks.without_repeats(checks.list_of(checks.one_of(*LEVELS), least=1))

SHAPES: Mapping[str, Shape] = {
    "all-of": Shape(_named(AllOf, "criteria"), inner="criteria"),
    "any-of": Shape(_named(AnyOf, "criteria"), inner="criteria"),
    "annual-spend-at-least": Shape(_annual_spend, members={"amount": checks.money}),
    "any-project": Shape(_named(AnyProject, "criterion"), sets="project", inner="criterion"),
    "covers-eligible-application": Shape(_named(CoversEligibleApplication), ("project",)),
    "any-partner": Shape(_named(AnyPartner, "criterion"), ("project",), "partner", inner="criterion"),
    "every-application": Shape(_named(EveryApplication, "criterion"), ("project",), "application", inner="criterion"),
    "any-area": Shape(_named(AnyArea, "criterion"), ("application",), "area", inner="criterion"),
    "competency": Shape(
        _named(CompetencyHeld, "competency", "levels"),
        ("partner", "area"),
        members={"competency": checks.one_of(*COMPETENCIES), "levels": _levels},
    ),
    "designation": Shape(
        _named(DesignationHeld, "designation"),
        ("partner",),
        members={"designation": checks.one_of(*DESIGNATIONS)},
    ),
    "deployments-at-least": Shape(
        _named(DeploymentsAtLeast, "count"),
        ("partner", "area"),
        members={"count": checks.whole_number(1, _MOST_DEPLOYMENTS)},
    ),
    "training-before-project": Shape(
        _named(TrainingBeforeProject, "course", "part"),
        ("partner", "project"),
        members={"course": checks.one_of(*COURSES), "part": checks.one_of(*PARTS)},
    ),
}


def read_criteria(value: object, path: str, faults: Faults) -> Criterion | None:
    """The root criterion with all below it, or None with the faults added."""
    reader = _Reader(faults)
    root = reader.criterion(value, path, frozenset(), 1)
    if reader.count > MOST_CRITERIA:
        faults.add(path, f"holds {reader.count} criteria, write at most {MOST_CRITERIA}")
    return root


type Around = frozenset[str] | None
"""What is current where a criterion stands; None if that cannot be known."""


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
        shape = SHAPES.get(kind) if isinstance(kind, str) else None
        before = self.faults.count
        members = checks.object_of(self._members(shape, kind, value, around, depth))(value, path, self.faults)
        if shape is None or self.faults.count > before:
            return None
        return shape.build(members)

    def _members(
        self, shape: Shape | None, kind: object, value: Members, around: Around, depth: int
    ) -> dict[str, Check]:
        members: dict[str, Check] = {"type": checks.one_of(*SHAPES), "id": self._id, "title": checks.title}
        if shape is None:
            return dict.fromkeys(value, _unread) | self._below_unknown(value, depth) | members
        members["type"] = self._scope_check(shape, kind, around)
        inside = None if around is None else around.union(shape.needs, [shape.sets] if shape.sets else ())
        inner = self._inner(inside, depth)
        if shape.inner == "criteria":
            members["criteria"] = checks.list_of(inner, least=1)
        elif shape.inner:
            members["criterion"] = inner
        return members | dict(shape.members)

    def _inner(self, inside: Around, depth: int) -> Check:
        return lambda each, path, _: self.criterion(each, path, inside, depth + 1)

    def _below_unknown(self, value: Members, depth: int) -> dict[str, Check]:
        """What looks like criteria below one whose type is not known is read too: every fault is told at once."""
        inner, found = self._inner(None, depth), dict[str, Check]()
        if isinstance(value.get("criteria"), list):
            found["criteria"] = checks.list_of(inner)
        if isinstance(value.get("criterion"), dict):
            found["criterion"] = inner
        return found

    def _scope_check(self, shape: Shape, kind: object, around: Around) -> Check:
        def check(value: object, path: str, faults: Faults) -> object:
            if around is None:
                return value
            missing = [_PROVIDED_BY[need] for need in shape.needs if need not in around]
            if missing:
                faults.add(path, f"{shown(kind)} has no meaning here, put it inside {' and '.join(missing)}")
            if shape.sets in around:
                faults.add(path, f"{shown(kind)} is already around this, put it inside only one")
            return value

        return check

    def _id(self, value: object, path: str, faults: Faults) -> str:
        name: str = checks.identifier(value, path, faults)
        if name and name in self.ids:
            faults.add(path, f"{shown(name)} is used twice, write an id of its own")
        self.ids.add(name)
        return name


def _unread(value: object, path: str, faults: Faults) -> None:
    """What else an unknown type of criterion holds cannot be judged."""
