"""Read a tree of reasons: what decided, cut to a size that can be recorded.

A node's ``omitted`` counts every node left out below it, except below a node that is kept (which counts its own), so
that nodes kept and omitted add up to the whole tree.
"""

from bisect import bisect_left
from collections.abc import Sequence
from operator import is_

from shared.domain.decision import Node
from shared.own_json import compact_bytes
from shared.rules.criteria.base import deciding

_DEEPEST = 64
_LEAST_NODE_BYTES = 48


def deciding_children(node: Node) -> Sequence[Node]:
    """Those without which the verdict would be another, as ``deciding`` says."""
    return [node.children[number] for number in deciding(node.required, node.verdict, node.children)]


def node_count(node: Node) -> int:
    """All nodes of a tree, those omitted from it included."""
    return 1 + node.omitted + sum(map(node_count, node.children))


def deciding_part(tree: Node, max_bytes: int = 16384) -> Node:
    """What decided, with as many children on every node as fit; if one each is too many, the deepest go too.

    So of many projects a few are explained fully, rather than all by name only. The root is always kept: what a
    document may say bounds it to about 3 KiB.
    """
    cutter = _Cutter(max_bytes)
    whole = cutter.part(tree, cutter.most_nodes, _DEEPEST)
    if whole:
        return whole
    alone = tree._replace(children=(), omitted=node_count(tree) - 1)
    widths = range(1, cutter.most_nodes)
    width = bisect_left(widths, True, key=lambda each: cutter.part(tree, each, _DEEPEST) is None)
    if width:
        return cutter.part(tree, width, _DEEPEST) or alone
    parts = (cutter.part(tree, 1, depth) for depth in range(_DEEPEST, 0, -1))
    return next((part for part in parts if part), None) or alone


class _Cutter:
    """Attempts at cutting one tree; each is given up as soon as it cannot fit, however large the tree."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.most_nodes = max_bytes // _LEAST_NODE_BYTES + 1
        self._nodes = 0
        self._sizes: dict[int, int] = {}

    def part(self, tree: Node, width: int, depth: int) -> Node | None:
        """The part with so many children on a node and so many levels below the root, if it fits."""
        self._nodes = 0
        part = self._cut(tree, width, depth)
        return part if self._nodes <= self.most_nodes and _bytes(part) <= self.max_bytes else None

    def _cut(self, node: Node, width: int, depth: int) -> Node:
        self._nodes += 1
        if self._nodes > self.most_nodes:
            return node
        kept = deciding_children(node)[:width] if depth else ()
        left_out = 0
        if len(kept) < len(node.children):
            left_out = self._size(node) - 1 - node.omitted - sum(map(self._size, kept))
        elif not kept:
            return node
        children = tuple([self._cut(child, width, depth - 1) for child in kept])
        if not left_out and all(map(is_, children, node.children)):
            return node
        return node._replace(children=children, omitted=node.omitted + left_out)

    def _size(self, node: Node) -> int:
        size = self._sizes.get(id(node))
        if size is None:
            size = self._sizes[id(node)] = 1 + node.omitted + sum(map(self._size, node.children))
        return size


def _bytes(node: Node) -> int:
    return len(compact_bytes(node.to_json()))
