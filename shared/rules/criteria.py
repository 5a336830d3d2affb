"""What every criterion can do, and the two that combine others.

A criterion compiles to a closure that only says whether it is met (the fast path: unmet and unknown come to the same
outcome, since no criterion negates another), explains itself as a tree of nodes with their verdicts, and names the
dates on which a fact it looks at starts or stops holding.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from shared.domain.decision import Node, Verdict
from shared.rules.scope import Scope, Test

BEST_FIRST = (Verdict.MET, Verdict.UNKNOWN, Verdict.UNMET)
ALL = "all"
ANY = "at least one"
"""What a node with children requires of them; leaves require other things."""

type Subject = Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Criterion(ABC):
    """One typed criterion of a rule set."""

    id: str
    title: str
    reads_project: ClassVar[bool] = False
    may_lack_facts: ClassVar[bool] = False
    """Whether its own verdict can be unknown."""
    requires: ClassVar[str] = ""
    """``ALL`` or ``ANY`` of its children, of those that have any."""
    if_none: ClassVar[str] = ""
    """What is found where it has no child."""
    tests: list[Test] = field(init=False, compare=False, repr=False, default_factory=list)
    """The compiled closure, once it was needed."""

    @abstractmethod
    def compile(self) -> Test:
        """The closure that says whether this criterion is met in a scope."""

    @abstractmethod
    def explain(self, scope: Scope, subject: Subject = None) -> Node:
        """The verdict with its reasons, evaluating everything below."""

    @abstractmethod
    def add_changes(self, scope: Scope, dates: set[date]) -> None:
        """Add the dates on which a fact this criterion looks at starts or stops holding."""

    def children(self, scope: Scope) -> "Sequence[Child]":  # noqa: ARG002
        """What the children of its node are about, of a criterion that has any."""
        return ()

    def enter(self, scope: Scope, thing: Any) -> Subject:  # noqa: ARG002
        """Make a child's thing the current one; gives the subject of the child's node."""
        return None

    def size(self, scope: Scope, weights: "Weights | None" = None) -> int:  # noqa: ARG002
        """How many nodes ``explain`` would make; with ``weights``, how much work evaluating all would be."""
        return 1

    @property
    def test(self) -> Test:
        """The closure, compiled once."""
        if not self.tests:
            self.tests.append(self.compile())
        return self.tests[0]

    @property
    def parts(self) -> "tuple[Criterion, ...]":
        """The criteria directly below this one."""
        return ()

    def with_all_below(self) -> "Iterator[Criterion]":
        """This criterion and every one below it, parents first."""
        yield self
        for each in self.parts:
            yield from each.with_all_below()

    @property
    def depends_on_project(self) -> bool:
        """Whether this criterion or one below it reads the current project."""
        return self.reads_project or any(each.depends_on_project for each in self.parts)

    @property
    def may_be_unknown(self) -> bool:
        """Whether this criterion or one below it can be unknown."""
        return self.may_lack_facts or any(each.may_be_unknown for each in self.parts)

    def node(
        self, verdict: Verdict, required: Any, actual: Any, subject: Subject, children: Sequence[Node] = ()
    ) -> Node:
        return Node(self.id, self.title, verdict, required, actual, subject, tuple(children))

    def parent(self, children: Sequence[Node], subject: Subject, counts: "Counts | None" = None) -> Node:
        """The node over these children; ``counts`` are of all where only some are given."""
        met, unknown, of = counts = counts or _counts(children)
        requires = self.requires
        if met == of:
            verdict = Verdict.MET if of else Verdict.UNMET
        else:
            verdict = joined(requires, counts)
            if met and requires == ANY:  # the others are then not needed
                children = [
                    each if each.verdict is Verdict.MET else each._replace(not_needed=True) for each in children
                ]
        actual = _tally(met, unknown, of) if of else self.if_none
        return Node(self.id, self.title, verdict, requires, actual, subject, tuple(children))


type Counts = tuple[int, int, int]
"""How many children are met and how many unknown, of how many."""
type Child = tuple[Criterion, Any]


@dataclass(slots=True)
class Weights:
    """How much more than one step a criterion about ``partners`` takes, and one about licences.

    ``once`` adds up what is worked out once, not for each project.
    """

    partners: Mapping[str, int]
    licences: int
    once: int = 0


def _counts(children: Sequence[Node]) -> Counts:
    verdicts, of = [each.verdict for each in children], len(children)
    met = verdicts.count(Verdict.MET)
    return met, 0 if met == of else verdicts.count(Verdict.UNKNOWN), of


def joined(requires: str, counts: Counts) -> Verdict:
    """All: unmet if one is (or there is none), else unknown if one is. Any: met if one is, else unknown if one is."""
    met, unknown, of = counts
    if requires == ANY:
        return Verdict.MET if met else Verdict.UNKNOWN if unknown else Verdict.UNMET
    if not of or met + unknown < of:
        return Verdict.UNMET
    return Verdict.UNKNOWN if unknown else Verdict.MET


def _tally(met: int, unknown: int, of: int) -> str:
    """How the children came out, for a reader: ``1 of 3 met, 1 unknown``."""
    return f"{met} of {of} met, {unknown} unknown" if unknown else f"{met} of {of} met"


def about(subject: Subject, **own: str) -> Subject:
    """What a verdict is about: what its criterion itself looks at, besides what it is asked for."""
    return {**own, **subject} if subject else own


def verdict_of(met: bool) -> Verdict:
    return Verdict.MET if met else Verdict.UNMET


@dataclass(frozen=True, slots=True)
class Combination(Criterion):
    """A criterion over a list of others in the same scope."""

    criteria: tuple[Criterion, ...]

    @property
    def parts(self) -> tuple[Criterion, ...]:
        return self.criteria

    def add_changes(self, scope: Scope, dates: set[date]) -> None:
        for each in self.criteria:
            each.add_changes(scope, dates)

    def children(self, _: Scope) -> Sequence[Child]:
        return [(each, None) for each in self.criteria]

    def size(self, scope: Scope, weights: Weights | None = None) -> int:
        return 1 + sum([each.size(scope, weights) for each in self.criteria])

    def explain(self, scope: Scope, subject: Subject = None) -> Node:
        return self.parent([each.explain(scope) for each in self.criteria], subject)


@dataclass(frozen=True, slots=True)
class AllOf(Combination):
    """``all-of``: all are met; unmet if one is unmet, otherwise unknown if one is unknown."""

    requires = ALL

    def compile(self) -> Test:
        first, *others = tests = [each.compile() for each in self.criteria]
        if len(others) == 1:
            (second,) = others
            return lambda scope: first(scope) and second(scope)

        def all_of(scope: Scope) -> bool:
            for test in tests:  # noqa: SIM110 - a generator costs more than the tests
                if not test(scope):
                    return False
            return True

        return all_of


@dataclass(frozen=True, slots=True)
class AnyOf(Combination):
    """``any-of``: at least one is met; otherwise unknown if one is unknown, otherwise unmet."""

    requires = ANY

    def compile(self) -> Test:
        first, *others = tests = [each.compile() for each in self.criteria]
        if len(others) == 1:
            (second,) = others
            return lambda scope: first(scope) or second(scope)

        def any_of(scope: Scope) -> bool:
            for test in tests:  # noqa: SIM110 - a generator costs more than the tests
                if test(scope):
                    return True
            return False

        return any_of


def optional_parts(criterion: Criterion, optional: bool = False) -> Iterator[Criterion]:
    """The criteria that may not have been evaluated though the root is met: those below some ``any-of``."""
    if optional:
        yield criterion
    for each in criterion.parts:
        yield from optional_parts(each, optional or isinstance(criterion, AnyOf))
