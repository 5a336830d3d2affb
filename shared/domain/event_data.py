"""The kinds of members that facts have: what is right for each, its check, its JSON Schema, how it is read.

The kinds are plain data, and their check is a few lines: an event is often a worker's first, and a library for it would
be loaded before it.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from shared.domain.decision import JsonObject
from shared.errors import MemberError

type Wrong = tuple[str, object, "MemberKind"]
"""Where something is not right, what is there, and the kind that it should be of."""


@dataclass(frozen=True)
class MemberKind(ABC):
    """What a member may be; ``right`` says so in an error."""

    right: str

    read: ClassVar[Any] = None
    """What makes a value of its JSON; None if the value is the same."""
    write: ClassVar[Any] = None
    """What makes JSON of such a value again, of those that partners' summaries have."""

    @property
    @abstractmethod
    def schema(self) -> JsonObject:
        """The JSON Schema of the member."""

    @abstractmethod
    def accepts(self, value: object) -> bool:
        """Whether nothing in the member is wrong."""

    def wrong(self, value: object) -> Iterator[Wrong]:
        """What is not right in the member, by its place below it."""
        if not self.accepts(value):
            yield "", value, self


@dataclass(frozen=True)
class Text(MemberKind):
    """A string that as a whole is of the ``pattern``, which is compiled when the first such member comes."""

    pattern: str

    @property
    def schema(self) -> JsonObject:
        return {"description": self.right, "pattern": f"^{self.pattern}$", "type": "string"}

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) and self._expression.fullmatch(value) is not None

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        return re.compile(self.pattern)


class Day(Text):
    """A string that is a date of the calendar as well."""

    read = date.fromisoformat
    write = staticmethod(date.isoformat)

    @property
    def schema(self) -> JsonObject:
        return {"description": self.right, "format": "date", "pattern": f"^{self.pattern}$", "type": "string"}

    def accepts(self, value: object) -> bool:
        if not isinstance(value, str) or not super().accepts(value):
            return False
        try:
            date.fromisoformat(value)
        except ValueError:
            return False
        return True


class Money(Text):
    """A string that is an exact amount."""

    read = Decimal


@dataclass(frozen=True)
class Word(MemberKind):
    """One of the ``words``."""

    words: tuple[str, ...]

    @property
    def schema(self) -> JsonObject:
        if len(self.words) == 1:
            return {"const": self.words[0], "description": self.right, "type": "string"}
        return {"description": self.right, "enum": list(self.words), "type": "string"}

    def accepts(self, value: object) -> bool:
        return value in self.words


@dataclass(frozen=True)
class Flag(MemberKind):
    """True or false; ``absent`` is what it means to leave it out where it may be."""

    absent: bool | None = None

    @property
    def schema(self) -> JsonObject:
        default = {} if self.absent is None else {"default": self.absent}
        return {**default, "description": self.right, "type": "boolean"}

    def accepts(self, value: object) -> bool:
        return isinstance(value, bool)


@dataclass(frozen=True)
class ListOf(MemberKind):
    """A list of 1 to ``most`` of ``each``."""

    read = tuple

    each: Text
    most: int

    @property
    def schema(self) -> JsonObject:
        bounds = {"maxItems": self.most, "minItems": 1}
        return {"description": self.right, "items": self.each.schema, **bounds, "type": "array"}

    def accepts(self, value: object) -> bool:
        return isinstance(value, list) and 1 <= len(value) <= self.most and all(map(self.each.accepts, value))

    def wrong(self, value: object) -> Iterator[Wrong]:
        if not isinstance(value, list) or not 1 <= len(value) <= self.most:
            yield "", value, self
            return
        yield from ((f"[{index}]", each, self.each) for index, each in enumerate(value) if not self.each.accepts(each))


@dataclass(frozen=True)
class EventData:
    """The members of one type's ``data``; there are no others."""

    required: Mapping[str, MemberKind]
    optional: Mapping[str, MemberKind]

    @cached_property
    def members(self) -> Mapping[str, MemberKind]:
        return {**self.required, **self.optional}

    def wrong(self, given: JsonObject) -> Iterator[Wrong]:
        """As a kind's, for every known member; one that is missing is None."""
        for name, kind in self.members.items():
            if name in given and not kind.accepts(given[name]):
                yield from ((f".{name}{place}", value, wanted) for place, value, wanted in kind.wrong(given[name]))
            elif name in self.required and name not in given:
                yield f".{name}", None, kind


MAX_APPLICATIONS = 32
IDENTIFIER = Text(
    'an identifier: 1 to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit, such as "C-1001"',
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}",
)
APPLICATION = Text(
    'an application id: 1 to 64 of a-z 0-9 -, the first a letter or digit, such as "finance"',
    r"[a-z0-9][a-z0-9-]{0,63}",
)
DAY = Day('a date of the calendar, such as "2026-03-02"', r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MONEY = Money(
    'a decimal string from "0" to "999999999999999.99", such as "180000.00"',
    r"(0|[1-9][0-9]{0,14})(\.[0-9]{1,2})?",
)
CURRENCY = Text('a currency code of ISO 4217, such as "USD"', r"[A-Z]{3}")
FLAG = Flag("true or false")
LINE = Text(
    "a text for people: 1 to 200 characters, none a control character or one that changes text direction, such as "
    '"agreed by the regional lead"',
    r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]{1,200}",
)
COMPETENCY = Word('"cloud-business-applications"', ("cloud-business-applications",))
DESIGNATION = Word('"solutions-partner-business-applications"', ("solutions-partner-business-applications",))
COURSE = Word('"success-by-design"', ("success-by-design",))
PART = Word('"training" or "knowledge-check"', ("training", "knowledge-check"))
APPLICATIONS = ListOf(f"a list of 1 to {MAX_APPLICATIONS} application ids", APPLICATION, MAX_APPLICATIONS)
AREA = Word(
    '"customer-engagement" or "finance-and-operations"',
    ("customer-engagement", "finance-and-operations"),
)
LEVEL = Word('"gold", "silver" or "none"', ("gold", "silver", "none"))
STATUS = Word('"planned", "active", "completed" or "cancelled"', ("planned", "active", "completed", "cancelled"))


def fault(path: str, value: object, right: str) -> MemberError:
    """A value that is missing or wrong."""
    if value is None:
        return MemberError(path, f"is missing; give {right}")
    return MemberError(path, f"{shown(value)} is not right; give {right}")


def shown(value: object) -> str:
    """The value on one short line of ASCII."""
    text = ascii(value) if not isinstance(value, str) else '"' + ascii(value)[1:-1] + '"'
    return text if len(text) <= 80 else f"{text[:77]}..."
