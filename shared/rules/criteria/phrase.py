"""How a verdict is said to people: a phrase."""

from typing import NamedTuple

from shared.domain.decision import Node
from shared.rules.words import words


class Phrase(NamedTuple):
    """What is said of one thing. ``detail`` follows it; it is left out where the same is said of several things that
    differ in it."""

    text: str
    detail: str = ""


def in_area(node: Node) -> str:
    """Such as `` in customer engagement``; empty if the node is about no area."""
    return f" in {words(node.subject['area'])}" if node.subject and "area" in node.subject else ""
