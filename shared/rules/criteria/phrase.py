"""How a verdict is said to people: a phrase, amounts with separators, dates in words."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from shared.rules.changes.base import listed

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Phrase(NamedTuple):
    """What is said of one thing. ``detail`` follows it; it is left out where the same is said of several things that
    differ in it."""

    text: str
    detail: str = ""


def day(value: date | str) -> str:
    """Such as ``16 Feb 2027``; of a date or its ISO form."""
    on = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def separated(amount: str) -> str:
    """Such as ``180,000`` or ``0.99``. What is past the cents is left out, so that nothing is shown as reached that is
    not."""
    whole, _, decimals = amount.partition(".")
    cents = decimals[:2].ljust(2, "0")
    return f"{int(whole):,}" + (f".{cents}" if cents.strip("0") else "")


def some_of(names: Sequence[str], most: int = 3) -> str:
    """Such as ``J-1, J-2 and J-3`` or, of more than so many, ``J-1, J-2, J-3 and 9 more``."""
    more = [f"{len(names) - most} more"] if len(names) > most else []
    return listed([*names[:most], *more], "and")
