"""Checks of the members of a document: each takes any JSON value and its path, and gives what it means.

What is wrong is added to the faults, saying what would be right; then the value given is of no use, because a document
with faults is refused as a whole.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from shared.rules.faults import Faults, member, shown

type Check = Callable[[object, str, Faults], Any]


def matching(pattern: str, what: str, example: str) -> Check:
    """A string of a pattern."""
    expression = re.compile(pattern, re.ASCII)

    def check(value: object, path: str, faults: Faults) -> str:
        if isinstance(value, str) and expression.fullmatch(value):
            return value
        faults.add(path, f"{shown(value)} is not {what}, write {_suggested(value, expression, example)}")
        return ""

    return check


def _suggested(value: object, expression: re.Pattern[str], example: str) -> str:
    """The value itself put right if that is easy to see, else what one looks like."""
    if isinstance(value, str | int | float) and not isinstance(value, bool) and shown(value) != "a huge number":
        text = str(value)
        for candidate in (text, text.strip(), text.replace(",", "").replace(" ", ""), text.strip().upper()):
            if expression.fullmatch(candidate):
                return json.dumps(candidate)
    return f"for example {json.dumps(example)}"


identifier = matching(
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", "an id of 1 to 64 letters, digits, dots, dashes or underscores", "annual-spend"
)
application_id = matching(
    r"[a-z0-9][a-z0-9-]{0,63}", "an application id of 1 to 64 lower-case letters, digits or dashes", "finance"
)
currency = matching(r"[A-Z]{3}", "a currency code of three capital letters", "USD")
url = matching(r"https?://[!-~]{1,490}", "a web address of at most 500 characters", "https://learn.microsoft.com/")
_money = matching(r"[0-9]{1,15}(\.[0-9]{1,2})?", "a decimal", "300000")
_rate = matching(r"[0-9]{1,6}(\.[0-9]{1,8})?", "a decimal of at most 6 digits before and 8 after the point", "1.08")
_date = matching(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "a date", "2023-02-13")


def money(value: object, path: str, faults: Faults) -> str:
    """A decimal from 0 to 999999999999999.99, as it was written."""
    return str(_money(value, path, faults))


def rate(value: object, path: str, faults: Faults) -> Decimal:
    """An exchange rate above 0."""
    text = _rate(value, path, faults)
    if text and not Decimal(text):
        faults.add(path, f'{shown(value)} is not above 0, write how much one unit is worth, for example "1.08"')
    return Decimal(text or 0)


def day(value: object, path: str, faults: Faults) -> date:
    """A date that exists."""
    text = _date(value, path, faults)
    try:
        return date.fromisoformat(text) if text else date.min
    except ValueError:
        faults.add(path, f"{shown(value)} is not a day of the calendar, write one that exists")
        return date.min


_LONGEST_TITLE = 200


def title(value: object, path: str, faults: Faults) -> str:
    """A line of text for people."""
    if not isinstance(value, str) or not value.strip():
        faults.add(path, f"{shown(value)} is not a title, write a line of text")
    elif len(value) > _LONGEST_TITLE:
        faults.add(path, f"is {len(value)} characters long, write at most {_LONGEST_TITLE}")
    elif any(unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") for each in value):
        faults.add(path, f"{shown(value)} holds a control character, write a single line of text")
    else:
        return value
    return ""


def one_of(*choices: str) -> Check:
    """One of a few fixed words."""
    right = f"write {json.dumps(choices[0])}" if len(choices) == 1 else f"write one of {', '.join(choices)}"

    def check(value: object, path: str, faults: Faults) -> str:
        if isinstance(value, str) and value in choices:
            return value
        faults.add(path, f"{shown(value)} is not known here, {right}")
        return ""

    return check


def whole_number(least: int, most: int) -> Check:
    """A JSON integer within bounds."""

    def check(value: object, path: str, faults: Faults) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        faults.add(path, f"{shown(value)} is not a whole number from {least} to {most}, write for example {least + 1}")
        return least

    return check


def list_of(check: Check, least: int = 0) -> Check:
    """A list of things that each pass a check."""

    def check_list(value: object, path: str, faults: Faults) -> list[Any]:
        if not isinstance(value, list):
            faults.add(path, f"{shown(value)} is not a list, write [...]")
            return []
        if len(value) < least:
            faults.add(path, f"is empty, write at least {least} item")
        return [check(item, f"{path}[{index}]", faults) for index, item in enumerate(value)]

    return check_list


def without_repeats(check: Check, key: str | None = None) -> Check:
    """A list in which no item (or no item's ``key``) occurs twice."""

    def check_list(value: object, path: str, faults: Faults) -> list[Any]:
        items: list[Any] = check(value, path, faults)
        seen = set()
        for index, item in enumerate(items):
            name = item.get(key) if key else item
            if name and name in seen:
                where = f"{path}[{index}]" + (f".{key}" if key else "")
                faults.add(where, f"{shown(name)} occurs twice, write each once")
            seen.add(name)
        return items

    return check_list


def object_of(members: Mapping[str, Check]) -> Check:
    """An object with exactly these members."""

    def check(value: object, path: str, faults: Faults) -> dict[str, Any]:
        if not isinstance(value, dict):
            faults.add(path, f"{shown(value)} is not an object, write {{...}} with {', '.join(members)}")
            return {}
        for name in value:
            if name not in members:
                faults.add(member(path, name), f"is not a member here, write only {', '.join(members)}")
        read = {}
        for name, check_member in members.items():
            if name in value:
                read[name] = check_member(value[name], member(path, name), faults)
            else:
                faults.add(member(path, name), "is missing, write it")
        return read

    return check
