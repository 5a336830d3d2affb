"""How a verdict is said to people: a phrase, amounts with separators, dates in words."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from shared.domain.decision import Node
from shared.rules.changes.base import listed, words

MOST_CHARACTERS = 160
"""Of a line."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Phrase(NamedTuple):
    """What is said of one thing. ``detail`` follows it; it is left out where the same is said of several things that
    differ in it."""

    text: str
    detail: str = ""


def day(on: date | str) -> str:
    """Such as ``16 Feb 2027``, of a date or its ISO form."""
    iso = str(on)
    return f"{int(iso[8:])} {_MONTHS[int(iso[5:7]) - 1]} {iso[:4]}"


def shortened(text: str, most: int = MOST_CHARACTERS) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."


def separated(amount: str) -> str:
    """Such as ``180,000`` or ``0.99``. What is past the cents is left out, so that nothing is shown as reached that is
    not."""
    whole, _, decimals = amount.partition(".")
    cents = decimals[:2].ljust(2, "0")
    return f"{int(whole):,}" + (f".{cents}" if cents.strip("0") else "")


def in_area(node: Node) -> str:
    """Such as `` in customer engagement``; empty if the node is about no area."""
    return f" in {words(node.subject['area'])}" if node.subject and "area" in node.subject else ""


def some_of(names: Sequence[str], most: int = 3) -> str:
    """Such as ``J-1, J-2 and J-3`` or, of more than so many, ``J-1, J-2, J-3 and 9 more``."""
    more = len(names) - most
    return listed([*names[:most], f"{more} more"] if more > 0 else names, "and")
