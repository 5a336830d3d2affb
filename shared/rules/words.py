"""Names, lists, amounts and dates in words, for whatever says something to people."""

from collections.abc import Sequence
from datetime import date

MOST_CHARACTERS = 160
"""Of a line."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NAMES = {
    "cloud-business-applications": "Cloud Business Applications competency",
    "solutions-partner-business-applications": "Solutions Partner for Business Applications designation",
    "success-by-design": "Success by Design",
}


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


def name_of(known: str) -> str:
    return _NAMES.get(known) or words(known)


def words(name: str) -> str:
    return name.replace("-", " ")


def listed(items: Sequence[str], last: str) -> str:
    return f"{', '.join(items[:-1])} {last} {items[-1]}" if len(items) > 1 else items[0]


def some_of(names: Sequence[str], most: int = 3) -> str:
    """Such as ``J-1, J-2 and J-3`` or, of more than so many, ``J-1, J-2, J-3 and 9 more``."""
    more = len(names) - most
    return listed([*names[:most], f"{more} more"] if more > 0 else names, "and")
