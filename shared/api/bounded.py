"""Keeps decisions within a number of bytes: trees are cut again, what would help is shortened."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.api.pages import MAX_ANSWER_BYTES, size_of
from shared.domain.decision import JsonObject, Node
from shared.rules.criteria.explained import MAX_NODES
from shared.rules.would_help.search import WHOLE, Budget

MAX_LIST_BYTES = 5 * 1024 * 1024
NOT_COMPUTED = "notComputed"
_A_BIT_LESS = 0.9
_LIST_TRIED = 1_000_000
_NODE_BYTES = 320
"""More than most have, as there is more in an answer: few trees are cut twice."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one answer may take: bytes, and the budget for what would help."""

    size: int
    help: Budget

    @property
    def nodes(self) -> int:
        return min(MAX_NODES, max(1, self.size // _NODE_BYTES))


ALONE = Share(MAX_ANSWER_BYTES, WHOLE)


def share_of(questions: int) -> Share:
    """Of each question of a list: the same, so that no answer depends on which came first."""
    budget = Budget(WHOLE.searched // questions, _LIST_TRIED // questions)
    return Share(min(MAX_ANSWER_BYTES, MAX_LIST_BYTES // questions), budget)


def fitted(decision: JsonObject, tree: Node, cut: Callable[[int], Node], most: int) -> JsonObject:
    """The decision with a tree that leaves it at ``most`` bytes; ``cut`` makes the tree in so many nodes."""
    whole = size_of(decision)
    if whole <= most:
        return decision
    _shorten_help(decision, most // 2)
    nodes, found = _made(tree), size_of(decision["criteria"])
    room = most - (size_of(decision) - found)
    while found > room and nodes > 1:
        nodes = max(1, int(min(nodes - 1, nodes * max(room, 0) / found * _A_BIT_LESS)))
        decision["criteria"] = cut(nodes).to_json()
        found = size_of(decision["criteria"])
    return decision


def _made(tree: Node) -> int:
    """The nodes there are, without those omitted."""
    return 1 + sum(map(_made, tree.children))


def _shorten_help(decision: JsonObject, most: int) -> None:
    ways: list[JsonObject] = decision.get("wouldHelp") or []
    if size_of(ways) <= most:
        return
    while ways and size_of(ways) > most:
        ways.pop()
    if not ways:
        decision |= {"wouldHelp": None, NOT_COMPUTED: ["wouldHelp"]}
