"""Reads a tree of reasons: the statements that decided, and those that say what else is so."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from shared.domain.decision import Node, Verdict
from shared.rules.criteria.base import ANY, Criterion
from shared.rules.criteria.granted import says_nothing
from shared.rules.criteria.phrase import in_area
from shared.rules.summary.statements import Said, Statement, by_project, choice


class Reader:
    """Reads the nodes of one tree, made by these criteria as of a day. A ``partner`` is the one that a node is about,
    "" if none."""

    def __init__(self, criteria: Mapping[str, Criterion], on: date) -> None:
        self._criteria, self._on = criteria, on
        self._found: dict[int, Sequence[Said]] = {}
        self._excepting = {name for name, each in criteria.items() if each.asks_for_exception}
        self.omitted = 0
        """How many nodes the tree leaves out that might have said something."""

    def deciding(self, node: Node, partner: str = "") -> Sequence[Said]:
        """Why the node has its verdict. What a partner has for an application is the same part of the trees of many
        projects: it is read once."""
        while (same := self._same(node)) and not self._asks_projects(node) and (len(same) == 1 or _is_enough(node)):
            self.omitted += 0 if _is_enough(node) else node.omitted
            node, partner = same[0], _partner(same[0], partner)
        found = self._found.get(id(node))
        if found is None:
            found = self._found[id(node)] = self._read(node, same, partner)
        return found

    def _read(self, node: Node, same: Sequence[Node], partner: str) -> Sequence[Said]:
        self.omitted += node.omitted
        if not same:
            return (self._statement(node, partner),)
        if self._asks_projects(node):
            said = self._of_projects(same, self.deciding)
        else:
            said = [self.deciding(each, _partner(each, partner)) for each in same]
        if node.required == ANY and not _is_enough(node):
            return choice(node.verdict, f"{node.title}{in_area(node)}", said)
        return _all(said)

    def overridden(self, node: Node) -> Sequence[Said]:
        """Of what is met by exception: what decides where no exception holds."""
        if not node.by_exception or node.required != ANY:
            return _all([self.overridden(each) for each in node.children]) if node.by_exception else ()
        lacking = [each for each in node.children if each.verdict is not Verdict.MET and not self._says_nothing(each)]
        verdict = Verdict.UNKNOWN if any(each.verdict is Verdict.UNKNOWN for each in lacking) else Verdict.UNMET
        ways = [self.deciding(each) for each in lacking if each.verdict is verdict]
        ways = ways or [said for each in node.children if (said := self.overridden(each))]
        return choice(verdict, node.title, ways) if ways else ()

    def without_exceptions(self, node: Node) -> Node:
        """What is asked of a customer without an exception, where that is one thing: the node itself or one below."""
        while node.required == ANY and any(map(self._says_nothing, node.children)) and len(self._same(node)) == 1:
            node = self._same(node)[0]
        return node

    def _same(self, node: Node) -> list[Node]:
        """The children of the node's verdict: what no exception made so first; no exception that nobody granted."""
        same = [each for each in node.children if each.verdict is node.verdict]
        if self._excepting and node.required == ANY:
            same.sort(key=lambda each: each.by_exception)
            return [each for each in same if not self._says_nothing(each)] or same
        return same

    def _says_nothing(self, node: Node) -> bool:
        return node.id in self._excepting and says_nothing(node)

    def others(self, node: Node, partner: str = "") -> Sequence[Said]:
        """What else is so where the node is not met: what is met or unknown beside what decided."""
        if self._asks_projects(node):
            return _all(self._of_projects(self._same(node), self.others))
        said: list[Said] = []
        for each in node.children:
            if each.verdict is not node.verdict and node.required != ANY:
                said += self.deciding(each, _partner(each, partner))
            elif each.children and each.verdict is node.verdict:
                said += self.others(each, _partner(each, partner))
        return said

    def _asks_projects(self, node: Node) -> bool:
        return self._criteria[node.id].sets == "project"

    def _of_projects(self, nodes: Sequence[Node], read: Callable[[Node], Sequence[Said]]) -> list[Sequence[Said]]:
        return by_project([(each.subject["project"], read(each)) for each in nodes if each.subject])

    def _statement(self, node: Node, partner: str) -> Statement:
        criterion = self._criteria[node.id]
        text, detail = criterion.phrase(node, self._on)
        inside = ("project", "partner") if node.omitted else criterion.inside  # what is left out may be about either
        of_partner = "partner" in inside
        partners = (partner,) if of_partner and partner else ()
        return Statement(node.verdict, text, detail, of_partner or "project" in inside, partners)


def _is_enough(node: Node) -> bool:
    """Whether one child that is met is all there is to say; of projects all are said."""
    return node.required == ANY and node.verdict is Verdict.MET


def _partner(node: Node, around: str) -> str:
    return node.subject.get("partner", around) if node.subject else around


def _all(said: Sequence[Sequence[Said]]) -> Sequence[Said]:
    return said[0] if len(said) == 1 else [each for some in said for each in some]
