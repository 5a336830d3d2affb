"""What a criterion is: its members, where it is allowed, how it decides and explains, what would help.

A criterion compiles to a closure that only says whether it is met: the fast path, where unmet and unknown lead to the
same outcome, since no criterion negates another. It also explains itself as a tree of nodes with their verdicts, names
the dates ahead on which a fact that it looks at starts or stops holding, and says on which of many days it is met.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, ClassVar, Protocol, Self

from shared.domain.decision import Node, Said, Verdict
from shared.domain.declared import declared, fields_of, metadata_of
from shared.rules.changes.plan import MET, Plans
from shared.rules.checks import Check
from shared.rules.criteria.ahead import Ahead, Turn
from shared.rules.criteria.phrase import Phrase
from shared.rules.criteria.scope import Scope, Test
from shared.rules.criteria.search import Search

BEST_FIRST = (Verdict.MET, Verdict.UNKNOWN, Verdict.UNMET)
ALL = "all"
ANY = "at least one"
"""What a node with children requires of them; leaves require other things."""

type Subject = Mapping[str, str] | None
type Child = tuple[Criterion, Callable[[Scope], Subject]]
"""A criterion, and what makes the thing it is asked about the current one and gives the subject of its node."""


@declared
class Criterion(ABC):
    """One typed criterion of a rule set. The docstring of each type says when it is met."""

    kind: ClassVar[str]
    inside: ClassVar[tuple[str, ...]] = ()
    """What has to be current around it."""
    outside: ClassVar[tuple[str, ...]] = ()
    """What may not be current around it."""
    sets: ClassVar[str] = ""
    """What it makes current for those below it."""
    below: ClassVar[str] = ""
    """The member with those below it: ``criterion``, ``criteria`` or none."""
    reads_project: ClassVar[bool] = False
    reads_money: ClassVar[bool] = False
    asks_for_exception: ClassVar[bool] = False
    asks_of_all: ClassVar[bool] = False
    """Whether it asks those below it about several things that all have to meet them."""
    may_lack_facts: ClassVar[bool] = False
    """Whether its own verdict can be unknown."""
    requires: ClassVar[str] = ""
    """``ALL`` or ``ANY`` of its children, of those that have any."""
    if_none: ClassVar[str] = ""
    """What is found where it has no child."""
    says: ClassVar[str] = ""
    """What it asks for, for people, where that is always the same."""

    id: str
    title: str

    @classmethod
    def members(cls) -> dict[str, Check[object]]:
        """The checks of its own members, by name: a field is annotated with its check."""
        found = {each.name: metadata_of(each) for each in fields_of(cls)}
        return {name: check for name, check in found.items() if check}

    @classmethod
    def build(cls, members: Mapping[str, Any]) -> Self:
        """The criterion with these checked members."""
        given = {each.name: members[each.name] for each in fields_of(cls)}
        values: dict[str, Any] = {name: tuple(each) if isinstance(each, list) else each for name, each in given.items()}
        return cls(**values)

    @abstractmethod
    def compile(self) -> Test:
        """The closure that says whether this criterion is met in a scope."""

    @abstractmethod
    def explain(self, scope: Scope, subject: Subject = None) -> Node:
        """The verdict with its reasons, evaluating everything below."""

    def sentence(self, currency: str) -> str:  # noqa: ARG002
        """What it asks for, for people, without those below it; amounts are in the currency."""
        return self.says

    def add_dates(self, ahead: Ahead) -> None:
        """Add the dates on which a fact this criterion looks at starts or stops holding."""
        for each in self.parts:
            each.add_dates(ahead)

    @abstractmethod
    def met_on(self, ahead: Ahead) -> int:
        """On which of the days it is met."""

    @abstractmethod
    def plans(self, search: Search) -> Plans:
        """The smallest plans after which it is met; ``MET`` if it is met, none if nothing can be done any more."""

    def children(self, scope: Scope) -> Sequence[Child]:  # noqa: ARG002
        """What the children of its node are about."""
        return [(each, _the_same) for each in self.parts]

    def size(self, scope: Scope, weights: "Weights | None" = None) -> int:
        """How many nodes ``explain`` would make; with ``weights``, how much work evaluating all would be."""
        return 1 + sum([each.size(scope, weights) for each in self.parts])

    @cached_property
    def test(self) -> Test:
        """The closure, compiled once."""
        return self.compile()

    @property
    def parts(self) -> "tuple[Criterion, ...]":
        """The criteria directly below this one."""
        return ()

    def with_all_below(self) -> "Iterator[Criterion]":
        """This criterion and every one below it, parents first."""
        yield self
        for each in self.parts:
            yield from each.with_all_below()

    @cached_property
    def asked(self) -> "tuple[Criterion, ...]":
        """This criterion and every one below it, twice where it is asked of several things that all have to meet it."""
        below = tuple(each for part in self.parts for each in part.asked)
        return (self, *below, *(below if self.asks_of_all else ()))

    @property
    def most_asked(self) -> int:
        """How many facts of one kind it can ask of a partner."""
        return 1

    @cached_property
    def depends_on_project(self) -> bool:
        """Whether this criterion or one below it reads the current project."""
        return any(each.reads_project for each in self.with_all_below())

    @cached_property
    def asks_of_projects(self) -> bool:
        """Whether this criterion or one below it goes through the projects."""
        return any(each.sets == "project" for each in self.with_all_below())

    @cached_property
    def excepts(self) -> bool:
        """Whether this criterion or one below it can be met by an exception."""
        return any(each.asks_for_exception for each in self.with_all_below())

    @cached_property
    def asks_projects_for_money(self) -> bool:
        """Whether this criterion or one below it goes through the projects and reads what the customer spends there."""
        return any(
            below.reads_money
            for each in self.with_all_below()
            if each.sets == "project"
            for below in each.with_all_below()
        )

    @cached_property
    def may_be_unknown(self) -> bool:
        """Whether this criterion or one below it can be unknown."""
        return any(each.may_lack_facts for each in self.with_all_below())

    def phrase(self, node: Node, on: date) -> Phrase:  # noqa: ARG002
        """How its node is said, of a decision as of ``on``. Of those with children: where none is shown."""
        return Phrase(self.if_none if node.actual == self.if_none else f"{self.title}: {node.actual}")

    def node(self, verdict: Verdict, required: Said, actual: Said, subject: Subject) -> Node:
        return Node(self.id, self.title, verdict, required, actual, subject)

    def parent(
        self,
        children: Sequence[Node],
        subject: Subject,
        counts: "Counts | None" = None,
        by_exception: int | None = None,
    ) -> Node:
        """The node over these children; ``counts`` are of all where only some are given, and so is the number of those
        met ``by_exception``: of one that is met so itself, no child is not needed."""
        met, unknown, of = counts or counts_of([each.verdict for each in children])
        excepted = self.excepts and met > 0 and self._is_by_exception(children, met, of, by_exception)
        if met == of and of and not excepted:  # the usual case, without a look at each
            actual = f"{met} of {met} met"
            return Node(self.id, self.title, Verdict.MET, self.requires, actual, subject, tuple(children))
        if met and self.requires == ANY and not excepted:  # the others are then not needed
            children = [each if each.verdict is Verdict.MET else each._replace(not_needed=True) for each in children]
        verdict = joined(self.requires, (met, unknown, of))
        actual = _tally(met, unknown, of) if of else self.if_none
        node = Node(self.id, self.title, verdict, self.requires, actual, subject, tuple(children))
        return node._replace(by_exception=True) if excepted else node

    def _is_by_exception(self, children: Sequence[Node], met: int, of: int, by_exception: int | None) -> bool:
        excepted = sum([each.by_exception for each in children]) if by_exception is None else by_exception
        return excepted > 0 and (excepted == met if self.requires == ANY else met == of)


class Leaf(Criterion):
    """A criterion without others below it."""

    def plans(self, search: Search) -> Plans:
        search.left -= search.weight
        return MET if self.test(search) else self.missing(search)

    @abstractmethod
    def add_dates(self, ahead: Ahead) -> None: ...

    @abstractmethod
    def turns(self, ahead: Ahead, *, starts: bool) -> Iterator[Turn]:
        """The facts because of which it is met on the second of two days that follow each other and not on the first,
        or the other way round."""

    @abstractmethod
    def missing(self, search: Search) -> Plans:
        """The plans for it where it is not met."""


type Counts = tuple[int, int, int]
"""How many children are met and how many unknown, of how many."""


@dataclass(slots=True)
class Weights:
    """How much more than one step a criterion about ``partners`` takes, one about licences, one about exceptions.

    ``once`` adds up what is worked out once, not for each project.
    """

    partners: Mapping[str, int]
    licences: int
    exceptions: int
    once: int = 0


def _the_same(_: Scope) -> Subject:
    """It is asked about the same as the criterion above it."""
    return None


def counts_of(verdicts: list[Verdict]) -> Counts:
    met, of = verdicts.count(Verdict.MET), len(verdicts)
    return met, 0 if met == of else verdicts.count(Verdict.UNKNOWN), of


def joined(requires: str, counts: Counts) -> Verdict:
    """Of all: unmet if one is or there is none; of any: met if one is; else unknown if one is."""
    met, unknown, of = counts
    if requires == ANY:
        return Verdict.MET if met else Verdict.UNKNOWN if unknown else Verdict.UNMET
    if not of or met + unknown < of:
        return Verdict.UNMET
    return Verdict.UNKNOWN if unknown else Verdict.MET


class Decided(Protocol):
    """What came out of a child: a node, or what is made a node of."""

    @property
    def verdict(self) -> Verdict: ...
    @property
    def by_exception(self) -> bool: ...


def deciding(requires: object, verdict: Verdict, children: Sequence[Decided]) -> list[int]:
    """The numbers of the children without which the verdict would be another, or one of them if each would have done.

    That is one that no exception made so, if there is one; else those that are not met decide as well: that it is by
    exception.
    """
    same = [number for number, each in enumerate(children) if each.verdict is verdict]
    if requires != ANY or verdict is not Verdict.MET or not same:
        return same
    for number in same:
        if not children[number].by_exception:
            return [number]
    return [same[0], *(number for number, each in enumerate(children) if each.verdict is not verdict)]


def _tally(met: int, unknown: int, of: int) -> str:
    """How the children came out, for a reader: ``1 of 3 met, 1 unknown``."""
    return f"{met} of {of} met, {unknown} unknown" if unknown else f"{met} of {of} met"


def number_asked(node: Node) -> int:
    """Of how many children the verdict of a node is, those left out of the tree included."""
    found = _TALLY.match(node.actual) if isinstance(node.actual, str) else None
    return int(found[1]) if found else 0


_TALLY = re.compile(r"\d+ of (\d+) met")


def about(subject: Subject, **own: str) -> Subject:
    """What a verdict is about: what its criterion itself looks at, besides what it is asked for."""
    return {**own, **subject} if subject else own


def verdict_of(met: bool) -> Verdict:
    return Verdict.MET if met else Verdict.UNMET
