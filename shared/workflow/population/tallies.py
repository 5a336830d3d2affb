"""Adds up what was counted: whole numbers, amounts of money as text, and such by name, as JSON."""

from collections.abc import Iterable, Mapping
from decimal import Context, Decimal, Inexact

from shared.domain.decision import JsonObject
from shared.rules.criteria.spend import readable

MOST_NAMES = 5_000
"""Partners, or criteria, told apart; what concerns others is not counted by name."""
_EXACT = Context(prec=64, traps=[Inexact])


def merged(counted: Mapping[str, object], more: Mapping[str, object], most: int = MOST_NAMES) -> JsonObject:
    """The sums. New names are left out where there are ``most`` already."""
    sums: JsonObject = dict(counted)
    for name, value in more.items():
        if name in sums:
            sums[name] = _sum(sums[name], value, most)
        elif len(sums) < most:
            sums[name] = value
    return sums


def merged_all(counted: Iterable[Mapping[str, object]]) -> JsonObject:
    sums: JsonObject = {}
    for each in counted:
        sums = merged(sums, each)
    return sums


def _sum(one: object, other: object, most: int) -> object:
    match one, other:
        case int(), int():
            return one + other
        case str(), str():
            return readable(_EXACT.add(Decimal(one), Decimal(other)))
        case dict(), dict():
            return merged(one, other, most)
    raise TypeError(f"{type(one).__name__} and {type(other).__name__} have no sum")
