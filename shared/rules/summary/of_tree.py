"""Reads a tree of reasons: the statements that decided, and those that say what else is so."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from shared.domain.decision import Node, Verdict
from shared.rules.criteria.base import ANY, Criterion
from shared.rules.criteria.phrase import Phrase
from shared.rules.criteria.quantified import AnyProject
from shared.rules.summary.statements import Said, Statement, Together, choice, together


class About(NamedTuple):
    """The project and the partner that a node is about, of those around it."""

    project: str = ""
    partner: str = ""

    def within(self, node: Node) -> "About":
        subject = node.subject
        if not subject:
            return self
        return About(subject.get("project", self.project), subject.get("partner", self.partner))


_NOTHING = About()


class Reader:
    """Reads the nodes of one tree, made by these criteria as of a day."""

    def __init__(self, criteria: Mapping[str, Criterion], on: date) -> None:
        self._criteria, self._on = criteria, on
        self._phrases: dict[int, Phrase] = {}
        self.omitted = 0
        """How many nodes the tree leaves out that might have said something."""

    def deciding(self, node: Node, around: About = _NOTHING) -> Together:
        """Why the node has its verdict."""
        about, below = around.within(node), self.below(node)
        if not below:
            return (self._said(node, about),)
        if len(below) == 1:
            return self.deciding(below[0], about)
        said = [self.deciding(each, about) for each in below]
        if node.required == ANY and node.verdict is not Verdict.MET:
            return choice(node.verdict, node.title, said)
        return together(each for some in said for each in some)

    def others(self, node: Node, around: About = _NOTHING) -> Together:
        """What else is so where the node is not met: what is met or unknown beside what decided."""
        return together(self._others(node, around))

    def below(self, node: Node) -> list[Node]:
        """The children that decided; of things that are enough one by one, such as partners, the first. All projects
        that are met count."""
        same = [each for each in node.children if each.verdict is node.verdict]
        one_is_enough = node.required == ANY and node.verdict is Verdict.MET
        if one_is_enough and not isinstance(self._criteria[node.id], AnyProject):
            return same[:1]
        self.omitted += node.omitted if same else 0
        return same

    def _others(self, node: Node, around: About) -> Iterator[Said]:
        about = around.within(node)
        for each in node.children:
            if each.verdict is node.verdict:
                yield from self._others(each, about)
            elif node.required != ANY:
                yield from self.deciding(each, about)

    def _said(self, node: Node, about: About) -> Statement:
        criterion = self._criteria[node.id]
        self.omitted += node.omitted
        inside = (*criterion.inside, *(("project", "partner") if node.omitted else ()))
        projects = (about.project,) if about.project and {"project", "partner"} & {*inside} else ()
        partners = (about.partner,) if about.partner and "partner" in inside else ()
        return Statement(node.verdict, *self._phrase(criterion, node), projects, partners)

    def _phrase(self, criterion: Criterion, node: Node) -> Phrase:
        """A partner's nodes are parts of the trees of many projects."""
        found = self._phrases.get(id(node))
        if found is None:
            found = self._phrases[id(node)] = criterion.phrase(node, self._on)
        return found
