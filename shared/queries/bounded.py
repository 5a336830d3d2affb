"""Answers within a number of bytes: trees are cut again, what would help is shortened, lists end early."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from shared.domain.decision import JsonObject, Node
from shared.domain.strict_json import compact_bytes
from shared.rules.explanation import MAX_NODES
from shared.rules.help_trial import WHOLE, Budget

MAX_ANSWER_BYTES = 1024 * 1024
MAX_LIST_BYTES = 5 * 1024 * 1024
MAX_FACTS_BYTES = 768 * 1024
"""Of a partner, besides the rest of its answer."""
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


def size_of(value: Any) -> int:
    """Bytes of the value in an answer."""
    return len(compact_bytes(value))


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


class FactRoom:
    """Lists of facts within one answer: those that do not fit any more are left out and counted."""

    def __init__(self, most: int = MAX_FACTS_BYTES) -> None:
        self._room = most
        self.omitted = 0

    def takes(self, fact: JsonObject) -> bool:
        self._room -= size_of(fact) + 1 if self._room >= 0 else 0
        self.omitted += self._room < 0
        return self._room >= 0

    @property
    def told(self) -> JsonObject:
        return {"factsOmitted": self.omitted} if self.omitted else {}


def within_page(items: Iterable[JsonObject], most: int = MAX_ANSWER_BYTES) -> list[JsonObject]:
    """The first items that fit one page of a list, at least one."""
    kept: list[JsonObject] = []
    room = most
    for item in items:
        room -= size_of(item) + 1
        if room < 0 and kept:
            break
        kept.append(item)
    return kept
