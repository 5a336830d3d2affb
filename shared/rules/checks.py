"""Checks of the members of a document: each reads any JSON value, and has the JSON Schema of what it accepts.

What is wrong is added to the faults, with what would be right; the value read is then of no use, because a document
with faults is refused as a whole.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from shared.domain import event_data
from shared.domain.decision import JsonObject
from shared.errors import MemberError

_MOST_FAULTS = 100
_MOST_SHOWN = 60
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")


class Faults:
    """Everything wrong with one document, in the order found."""

    def __init__(self) -> None:
        self._found: list[MemberError] = []
        self.count = 0

    def add(self, path: str, message: str) -> None:
        self.count += 1
        if self.count <= _MOST_FAULTS:
            self._found.append(MemberError(path, message))

    @property
    def is_full(self) -> bool:
        """Whether what is added from now on is only counted."""
        return self.count >= _MOST_FAULTS

    def all(self) -> tuple[MemberError, ...]:
        """Each fault; of a flood of them the first hundred and how many more there are."""
        more = self.count - len(self._found)
        return (*self._found, MemberError("$", f"and {more} more errors")) if more else tuple(self._found)


def shown(value: object) -> str:
    """The value as JSON in plain ASCII if it is short and simple, else what kind of value it is."""
    match value:
        case Mapping():
            return "an object"
        case list() | tuple():
            return "a list"
        case str() if len(value) > _MOST_SHOWN:
            return json.dumps(value[:_MOST_SHOWN] + "...")
        case int() if abs(value) > 10**_MOST_SHOWN:
            return "a huge number"
        case None | str() | bool() | int() | float():
            return json.dumps(value)
        case _:
            return f"a {type(value).__name__}"


def member(path: str, name: object) -> str:
    """The path of a member; names that are not plain are quoted."""
    if isinstance(name, str) and _PLAIN_NAME.fullmatch(name):
        return f"{path}.{name}"
    return f"{path}[{shown(name)}]"


type Read[T] = Callable[[object, str, Faults], T]
"""What reads a value at a path and adds what is wrong with it."""
type Reads = Mapping[str, Read[object]]
"""What reads each member of an object."""


@dataclass(frozen=True)
class Check[T]:
    """What reads a value, and the schema of what it accepts."""

    read: Read[T]
    schema: JsonObject

    def __call__(self, value: object, path: str, faults: Faults) -> T:
        return self.read(value, path, faults)

    def described(self, description: str) -> "Check[T]":
        return replace(self, schema={**self.schema, "description": description})


def matching(pattern: str, what: str, form: str, example: str) -> Check[str]:
    """A string of a pattern: ``what`` it is, and in which form."""
    expression = re.compile(pattern, re.ASCII)

    def read(value: object, path: str, faults: Faults) -> str:
        if isinstance(value, str) and expression.fullmatch(value):
            return value
        faults.add(path, f"{shown(value)} is not {what}{form}, write {_suggested(value, expression, example)}")
        return ""

    return Check(read, {"type": "string", "description": form, "pattern": f"^{pattern}$"})


def _suggested(value: object, expression: re.Pattern[str], example: str) -> str:
    """The value itself put right if that is easy to see, else what one looks like."""
    if isinstance(value, str | int | float) and not isinstance(value, bool) and shown(value) != "a huge number":
        text = str(value)
        for candidate in (text, text.strip(), text.replace(",", "").replace(" ", ""), text.strip().upper()):
            if expression.fullmatch(candidate):
                return json.dumps(candidate)
    return f"for example {json.dumps(example)}"


IDENTIFIER = matching(
    event_data.IDENTIFIER.pattern, "an id of ", "1 to 64 letters, digits, dots, dashes or underscores", "annual-spend"
)
APPLICATION_ID = matching(
    event_data.APPLICATION.pattern, "an application id of ", "1 to 64 lower-case letters, digits or dashes", "finance"
)
CURRENCY = replace(
    matching(event_data.CURRENCY.pattern, "a currency code of ", "three capital letters", "USD"),
    schema=event_data.CURRENCY.schema,
)
URL = matching(
    r"https?://[!-~]{1,490}", "a web address of at most ", "500 characters", "https://learn.microsoft.com/"
).described("a web address")
MONEY = matching(r"[0-9]{1,15}(\.[0-9]{1,2})?", "", "a decimal", "300000").described('a decimal such as "300000"')
"""From 0 to 999999999999999.99, as it was written."""
_RATE = matching(r"[0-9]{1,6}(\.[0-9]{1,8})?", "a decimal of ", "at most 6 digits before and 8 after the point", "1.08")
_DATE = matching(event_data.DAY.pattern, "", "a date", "2023-02-13")
_LONGEST_TITLE = 200


def _rate(value: object, path: str, faults: Faults) -> Decimal:
    text = _RATE(value, path, faults)
    if text and not Decimal(text):
        faults.add(path, f'{shown(value)} is not above 0, write how much one unit is worth, for example "1.08"')
    return Decimal(text or 0)


def _day(value: object, path: str, faults: Faults) -> date:
    text = _DATE(value, path, faults)
    try:
        return date.fromisoformat(text) if text else date.min
    except ValueError:
        faults.add(path, f"{shown(value)} is not a day of the calendar, write one that exists")
        return date.min


def _title(value: object, path: str, faults: Faults) -> str:
    if not isinstance(value, str) or not value.strip():
        faults.add(path, f"{shown(value)} is not a title, write a line of text")
    elif len(value) > _LONGEST_TITLE:
        faults.add(path, f"is {len(value)} characters long, write at most {_LONGEST_TITLE}")
    elif any(unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") for each in value):
        faults.add(path, f"{shown(value)} holds a control character, write a single line of text")
    else:
        return value
    return ""


RATE = Check(
    _rate,
    {
        "type": "string",
        "description": "what one unit is worth: above 0, at most 6 digits before and 8 after the point",
        "pattern": rf"^(?=.*[1-9]){_RATE.schema['pattern'][1:]}",
    },
)
DAY = Check(_day, event_data.DAY.schema)
TITLE = Check(
    _title,
    {
        "type": "string",
        "description": "a line of text for people",
        "minLength": 1,
        "maxLength": _LONGEST_TITLE,
        "pattern": r"^(?=.*\S)[^\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]*$",
    },
)


def one_of(*choices: str) -> Check[str]:
    """One of a few fixed words."""
    right = f"write {json.dumps(choices[0])}" if len(choices) == 1 else f"write one of {', '.join(choices)}"

    def read(value: object, path: str, faults: Faults) -> str:
        if isinstance(value, str) and value in choices:
            return value
        faults.add(path, f"{shown(value)} is not known here, {right}")
        return ""

    return Check(read, {"enum": list(choices)})


def whole_number(least: int, most: int, description: str) -> Check[int]:
    """A JSON integer within bounds."""

    def read(value: object, path: str, faults: Faults) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        faults.add(path, f"{shown(value)} is not a whole number from {least} to {most}, write for example {least + 1}")
        return least

    return Check(read, {"type": "integer", "description": description, "minimum": least, "maximum": most})


def list_of[T](check: Check[T], least: int = 0, description: str = "") -> Check[list[T]]:
    """A list of things that each pass a check."""
    schema: JsonObject = {"type": "array", **({"description": description} if description else {})}
    schema |= {"items": check.schema, **({"minItems": least} if least else {})}
    return Check(lambda value, path, faults: read_list(check, value, path, faults, least), schema)


def read_list[T](read: Read[T], value: object, path: str, faults: Faults, least: int = 0) -> list[T]:
    if not isinstance(value, list):
        faults.add(path, f"{shown(value)} is not a list, write [...]")
        return []
    if len(value) < least:
        faults.add(path, f"is empty, write at least {least} item")
    return [read(item, f"{path}[{index}]", faults) for index, item in enumerate(value)]


def without_repeats[T](check: Check[list[T]], key: str | None = None) -> Check[list[T]]:
    """A list in which no item (or no item's ``key``) occurs twice."""

    def read(value: object, path: str, faults: Faults) -> list[T]:
        items = check(value, path, faults)
        seen = set()
        for index, item in enumerate(items):
            name = item.get(key) if key and isinstance(item, dict) else item
            if name and name in seen:
                where = f"{path}[{index}]" + (f".{key}" if key else "")
                faults.add(where, f"{shown(name)} occurs twice, write each once")
            seen.add(name)
        return items

    return Check(read, check.schema if key else {**check.schema, "uniqueItems": True})


def descending(check: Check[list[int]], most: int) -> Check[list[int]]:
    """A list of at most so many numbers, each less than the one before it."""

    def read(value: object, path: str, faults: Faults) -> list[int]:
        before = faults.count
        items = check(value, path, faults)
        if len(items) > most:
            faults.add(path, f"has {len(items)} items, write at most {most}")
        if faults.count == before and items != sorted(set(items), reverse=True):
            right = json.dumps(sorted(set(items), reverse=True))
            faults.add(path, f"is not in descending order, each number once, write {right}")
        return items

    return Check(read, {**check.schema, "maxItems": most, "uniqueItems": True})


def object_of(
    members: Mapping[str, Check[object]], description: str, title: str = "", optional: Collection[str] = ()
) -> Check[JsonObject]:
    """An object with exactly these members; the ``optional`` ones may be left out."""
    return Check(
        lambda value, path, faults: read_object(members, value, path, faults, optional),
        {
            **({"title": title} if title else {}),
            "type": "object",
            "description": description,
            "required": [name for name in members if name not in optional],
            "properties": {name: each.schema for name, each in members.items()},
            "additionalProperties": False,
        },
    )


def read_object(members: Reads, value: object, path: str, faults: Faults, optional: Collection[str] = ()) -> JsonObject:
    if not isinstance(value, dict):
        faults.add(path, f"{shown(value)} is not an object, write {{...}} with {', '.join(members)}")
        return {}
    add_unknown(value, path, members, faults)
    given = {}
    for name, read in members.items():
        if name in value:
            given[name] = read(value[name], member(path, name), faults)
        elif name not in optional:
            faults.add(member(path, name), "is missing, write it")
    return given


def members_of(value: object, path: str, known: Collection[str], faults: Faults) -> JsonObject:
    """The members of an object that are not null; what is no object, and members that are not known, are faults."""
    if not isinstance(value, dict):
        faults.add(path, f"{shown(value)} is not an object, write one with any of {', '.join(known)}")
        return {}
    add_unknown(value, path, known, faults)
    return {name: each for name, each in value.items() if each is not None}


def add_unknown(names: Iterable[object], path: str, known: Collection[str], faults: Faults) -> None:
    """A fault for each name that is not known, with the known one that is near."""
    for name in names:
        if name not in known:
            faults.add(member(path, name), "" if faults.is_full else _unknown(str(name), known))


def _unknown(name: str, known: Collection[str]) -> str:
    from shared.domain.suggestions import nearest  # no event should wait for it

    near = nearest(name, known)
    right = f'"{near}"' if near else f"only {', '.join(known)}"
    return f"is not a member here, write {right}"
