"""Sums a decision up in a few lines for people: a headline, what decided, what else is so.

The one place that says reasons in words: answers, notifications, commands and pages have the same lines.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from shared.domain.decision import JsonObject, Node, Outcome, Verdict
from shared.own_json import compact_bytes
from shared.rules.criteria.base import ALL, Criterion, number_asked
from shared.rules.criteria.quantified import AnyProject
from shared.rules.rule_set import RuleSet
from shared.rules.summary.lines import in_one_line, line, lines_of
from shared.rules.summary.of_tree import Reader
from shared.rules.summary.statements import Together, criteria_of, once
from shared.rules.words import MOST_CHARACTERS as MOST_CHARACTERS
from shared.rules.words import shortened, some_of

MOST_LINES = 12
"""Those inside ``oneOf`` counted too."""
MAX_BYTES = 3 * 1024
_HEADLINES = {Verdict.UNMET: "Not eligible. Not met: {}", Verdict.UNKNOWN: "Cannot be decided. Not known: {}"}


class Summary(NamedTuple):
    """The ``lines``, as JSON; how many leaves of the tree, or nodes left out of it, they do not say; what decided."""

    lines: list[JsonObject]
    omitted: int
    deciding: Together

    def members(self) -> JsonObject:
        """The members of a decision that has it."""
        return {"summary": self.lines, **({"summaryOmitted": self.omitted} if self.omitted else {})}

    @property
    def why(self) -> str:
        """It in one line: the headline of the eligible, else the first thing that decided and how many more did."""
        headline = self.lines[0]
        if headline["verdict"] == Verdict.MET:
            return str(headline["text"])
        undecided = "Cannot be decided: " if headline["verdict"] == Verdict.UNKNOWN else ""
        return shortened(undecided + in_one_line(self.deciding))


def summary_of(rule_set: RuleSet, tree: Node, outcome: Outcome, on: date) -> Summary:
    """What the tree says that this rule set made, in at most ``MOST_LINES`` lines and ``MAX_BYTES`` bytes as JSON."""
    criteria = rule_set.criteria_by_id
    reader = Reader(criteria, on)
    deciding = once(reader.deciding(tree))
    others = once(reader.overridden(tree) if tree.verdict is Verdict.MET else reader.others(tree))
    headline, about = _headline(reader.without_exceptions(tree), outcome, criteria)
    ordered = (*deciding, *sorted(others, key=lambda each: each.verdict is Verdict.MET))
    total = criteria_of(ordered) + reader.omitted
    for most in range(MOST_LINES - 1, -1, -1):
        found = lines_of(ordered, most, len(deciding), about)
        if not most or len(compact_bytes([headline, *found.lines])) <= MAX_BYTES:
            break
    return Summary([headline, *found.lines], total - found.criteria, deciding)


def why_of(rule_set: RuleSet, node: Node, on: date) -> str:
    """Why a part of a tree has its verdict, in one line."""
    partner = (node.subject or {}).get("partner", "")
    return shortened(in_one_line(once(Reader(rule_set.criteria_by_id, on).deciding(node, partner))))


def _headline(tree: Node, outcome: Outcome, criteria: Mapping[str, Criterion]) -> tuple[JsonObject, tuple[str, ...]]:
    """With the projects that are eligible, or what of the whole is missing; and the one project that all is about."""
    if tree.verdict is Verdict.MET:
        projects = outcome.eligible_projects
        eligible = "Eligible by exception" if outcome.by_exception else "Eligible"
        text = f"{eligible} with {some_of(projects)}" if projects else eligible
        return line(tree.verdict, shortened(text), projects), projects if len(projects) == 1 else ()
    same = [each for each in tree.children if each.verdict is tree.verdict]
    parts = same if same and tree.required == ALL else [tree]
    about = [each for part in parts for each in _only_project(part, criteria)]
    text = "; ".join(_part(each, criteria) for each in parts)
    return line(tree.verdict, shortened(_HEADLINES[tree.verdict].format(text)), about), tuple(about)


def _part(node: Node, criteria: Mapping[str, Criterion]) -> str:
    """Its title, and of how many projects it is asked."""
    count = number_asked(node) if isinstance(criteria[node.id], AnyProject) else 0
    if count == 1:
        return f"{node.title} ({', '.join(_only_project(node, criteria))})"
    return f"{node.title} ({count} projects, one is enough)" if count else node.title


def _only_project(node: Node, criteria: Mapping[str, Criterion]) -> Iterator[str]:
    if isinstance(criteria[node.id], AnyProject) and number_asked(node) == 1:
        yield from (each.subject["project"] for each in node.children if each.subject)
