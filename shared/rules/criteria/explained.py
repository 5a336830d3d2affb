"""Explain a decision within a number of nodes: those that decided first, the others as far as there is room.

A tree that fits is made whole. Of one that does not, only what is kept is made; the rest is evaluated by the compiled
closures and counted. A node's ``omitted`` counts every node left out below it, except below a node that is kept, so
nodes kept and nodes omitted add up to the whole tree.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from shared.domain.decision import Node, Verdict
from shared.rules.criteria.base import BEST_FIRST, Child, Criterion, Subject, counts_of, deciding, joined
from shared.rules.criteria.combined import Combination
from shared.rules.criteria.scope import Scope

MAX_NODES = 2_000


def explained(criterion: Criterion, scope: Scope, most: int = MAX_NODES) -> Node:
    """The verdict with its reasons, in at most ``most`` nodes."""
    if criterion.size(scope) <= most:
        return criterion.explain(scope)
    cutter = _Cutter(scope, most)
    found = cutter.deciding(criterion, None)
    if cutter.left_out and cutter.left > 0:  # a part had too small a share, perhaps for want of a fairer one
        plain = _Cutter(scope, most, cutter.of_projects, shares=False)
        again = plain.deciding(criterion, None)
        if plain.left_out:
            return found
        cutter, found = plain, again
    if cutter.left <= 0:
        return found
    return _Cutter(scope, cutter.left, cutter.of_projects).filled(criterion, None, decided=True)


class _Child(NamedTuple):
    criterion: Criterion
    enter: Callable[[Scope], Subject]
    verdict: Verdict
    by_exception: bool


@dataclass(slots=True)
class _Cutter:
    """Makes nodes while some are ``left``."""

    scope: Scope
    left: int
    of_projects: dict[str, list[Verdict]] = field(default_factory=dict)
    """The verdicts of all projects by criterion: found once, since that goes through all there is."""
    shares: bool = True
    left_out: bool = False
    """Whether a node that decided was."""

    def deciding(self, criterion: Criterion, subject: Subject) -> Node:
        """The node with the nodes below that decided."""
        self.left -= 1
        children = self._children(criterion)
        if not children:
            return criterion.explain(self.scope, subject)
        deciding, kept = _deciding(criterion, children), dict[int, Node]()
        # parts of one criterion share; of many things a few are whole
        shared = self.shares and isinstance(criterion, Combination)
        if shared:
            deciding.sort(key=lambda index: children[index].criterion.size(self.scope))
        for count, index in enumerate(deciding):
            reserved = self.left - self.left // (len(deciding) - count) if shared else 0
            self.left -= reserved
            if self.left > 0:
                kept[index] = self.deciding(children[index].criterion, children[index].enter(self.scope))
            else:
                self.left_out = True
            self.left += reserved
        return self._node(criterion, subject, children, kept)

    def filled(self, criterion: Criterion, subject: Subject, *, decided: bool) -> Node:
        """The node with all below it that there is room for; those that decided have theirs already."""
        self.left -= not decided
        children = self._children(criterion)
        if not children:
            return criterion.explain(self.scope, subject)
        kept = dict[int, Node]()
        deciding = _deciding(criterion, children) if decided else []
        for index in deciding:
            kept[index] = self.filled(children[index].criterion, children[index].enter(self.scope), decided=True)
        others = [index for index in range(len(children)) if index not in kept]
        for index in sorted(others, key=lambda each: BEST_FIRST.index(children[each].verdict)):
            if self.left <= 0:
                break
            kept[index] = self.filled(children[index].criterion, children[index].enter(self.scope), decided=False)
        return self._node(criterion, subject, children, kept)

    def _node(self, criterion: Criterion, subject: Subject, children: list[_Child], kept: dict[int, Node]) -> Node:
        """The kept children in their order, or those that decided first where others are left out."""
        omitted = 0
        for index, child in enumerate(children):
            if index not in kept:
                child.enter(self.scope)
                omitted += child.criterion.size(self.scope)
        ordered = list(kept) if omitted and not isinstance(criterion, Combination) else sorted(kept)
        counts = counts_of([each.verdict for each in children])
        by_exception = sum([each.by_exception for each in children])
        node = criterion.parent([kept[index] for index in ordered], subject, counts, by_exception)
        return node._replace(omitted=omitted)

    def _children(self, criterion: Criterion) -> list[_Child]:
        children = criterion.children(self.scope)
        verdicts = self._verdicts(criterion, children)
        return [
            _Child(each, enter, verdict, self._is_by_exception(each, verdict))
            for (each, enter), verdict in zip(children, verdicts, strict=True)
        ]

    def _is_by_exception(self, criterion: Criterion, verdict: Verdict) -> bool:
        if verdict is not Verdict.MET or not criterion.excepts:
            return False
        self.scope.without_exceptions = True
        is_met = criterion.test(self.scope)
        self.scope.without_exceptions = False
        return not is_met

    def _verdicts(self, criterion: Criterion, children: Sequence[Child]) -> list[Verdict]:
        if criterion.sets != "project":
            return [self._verdict_of(*child) for child in children]
        if criterion.id not in self.of_projects:
            self.of_projects[criterion.id] = [self._verdict_of(*child) for child in children]
        return self.of_projects[criterion.id]

    def _verdict_of(self, criterion: Criterion, enter: Callable[[Scope], Subject]) -> Verdict:
        enter(self.scope)
        if criterion.below == "criteria" or criterion.sets == "project":  # faster than isinstance of an ABC
            return joined(criterion.requires, counts_of(self._verdicts(criterion, criterion.children(self.scope))))
        if criterion.test(self.scope):
            return Verdict.MET
        if not criterion.may_be_unknown:
            return Verdict.UNMET
        self.scope.lenient = True
        possible = criterion.test(self.scope)
        self.scope.lenient = False
        return Verdict.UNKNOWN if possible else Verdict.UNMET


def _deciding(criterion: Criterion, children: list[_Child]) -> list[int]:
    """Which children decided: as ``deciding_children`` of the whole tree has it."""
    verdict = joined(criterion.requires, counts_of([each.verdict for each in children]))
    return deciding(criterion.requires, verdict, children)
