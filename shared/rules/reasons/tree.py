"""How to read a tree of reasons: which children decided, and how large it is."""

from collections.abc import Sequence

from shared.domain.decision import Node, Verdict
from shared.rules.criteria.base import ANY


def deciding_children(node: Node) -> Sequence[Node]:
    """The children without which the verdict would be another, or one of them if each would have done."""
    deciding = [child for child in node.children if child.verdict is node.verdict]
    return deciding[:1] if node.required == ANY and node.verdict is Verdict.MET else deciding


def node_count(node: Node) -> int:
    """All nodes of a tree, those omitted from it included."""
    return 1 + node.omitted + sum(map(node_count, node.children))
