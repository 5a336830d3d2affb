"""One form for equal JSON values that are written differently: ``300000`` and ``300000.00``, levels in any order.

Rule sets, reasons and recorded decisions are compared by this form, and shown as they were written.
"""

from collections.abc import Hashable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

_DECIMALS = ("amount", "rate")
_SETS = ("areas", "levels")


def comparable(value: Any, name: str = "") -> Hashable:
    """``value`` of the member ``name``: equal values have equal forms."""
    match value:
        case str() if name in _DECIMALS:
            return _decimal(value)
        case Mapping():
            return frozenset((member, comparable(each, member)) for member, each in value.items())
        case list() | tuple():
            forms = [comparable(each) for each in value]
            return frozenset(forms) if name in _SETS else tuple(forms)
        case _:
            return (type(value), value)  # True is not 1


def equal(old: Any, new: Any, name: str = "") -> bool:
    """Whether two values of the member ``name`` are the same, however they are written."""
    return comparable(old, name) == comparable(new, name)


def _decimal(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text
