"""Put a tree of reasons in one short phrase: the projects that are eligible, or the first thing that is missing."""

from typing import Any

from shared.domain.decision import Node, Verdict
from shared.rules.criteria.base import ANY
from shared.rules.reasons.tree import deciding_children

_LONGEST = 160
_PROJECTS_NAMED = 3
_WORDS = {
    "level": "{}",
    "validFrom": "from {}",
    "validUntil": "until {}",
    "completedOn": "completed {}",
    "expiresOn": "expires {}",
    "completedBefore": "needed before {}",
}


def phrase(tree: Node) -> str:
    """Such as ``eligible with J-1`` or ``Annual spend: 180000.00 of 300000 USD``."""
    text = _eligible(tree) if tree.verdict is Verdict.MET else _missing(tree)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def _eligible(tree: Node) -> str:
    projects = sorted(_projects(tree))
    if not projects:
        return "eligible"
    more = len(projects) - _PROJECTS_NAMED
    return f"eligible with {', '.join(projects[:_PROJECTS_NAMED])}" + (f" and {more} more" if more > 0 else "")


def _projects(node: Node) -> set[str]:
    if node.subject and "project" in node.subject:
        return {node.subject["project"]} if node.verdict is Verdict.MET else set()
    return {project for child in node.children for project in _projects(child)}


def _missing(tree: Node) -> str:
    who: dict[tuple[str, str], str] = {}
    node, others = tree, 0
    while deciding := deciding_children(node):
        if node.required == ANY:
            node = min(deciding, key=_gap)
        else:
            others += len(deciding) - 1
            node = deciding[0]
        if node.subject:
            who |= {(kind, name): name for kind, name in node.subject.items() if kind in ("project", "partner")}
    start = f"{', '.join(who.values())}: " if who else ""
    return f"{start}{node.title}: {found(node)}" + (f" (and {others} more)" if others else "")


def _gap(node: Node) -> int:
    """How many things at least are missing for the node to be met."""
    gaps = [_gap(child) for child in deciding_children(node)]
    if not gaps:
        return 1
    return min(gaps) if node.required == ANY else sum(gaps)


def found(node: Node) -> str:
    """What one criterion found, beside what it required where that helps."""
    match node.required, node.actual:
        case {"amount": required, "currency": currency}, {"amount": amount, **rest}:
            left_out = f", {rest['leftOut']}" if "leftOut" in rest else ""
            return f"{amount} of {required} {currency}{left_out}"
        case int(required), int(actual):
            return f"{actual} of {required}"
        case {"completedBefore": before}, None:
            return f"none before {before}"
        case dict(required), dict(actual):
            return _words(required | actual)
        case _, str(actual):
            return actual
    return "none"


def _words(actual: dict[str, Any]) -> str:
    active = [] if actual.get("active", True) else ["not active"]
    return ", ".join([*active, *(_WORDS[each].format(actual[each]) for each in _WORDS if actual.get(each))])
