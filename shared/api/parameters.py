"""Parameters of the path and the query: each is read and described by one declaration.

A reader takes the parameter's name and its text (None: absent) and gives the value, or raises a 400 that says what
would be right.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from shared.api.problems import bad_request
from shared.api.shapes import Identifier, Shape
from shared.domain import event_data
from shared.errors import MemberError
from shared.storage.keys import NEWEST

DEFAULT_LIMIT, MAX_LIMIT = 50, 1000
CURSOR = re.compile(r"[0-9TZ:.~a-f-]{1,100}")
OF_THE_PLATFORM = ("code", "clientid")
"""The host reads a key and its name from these, in any case of letters, and passes them on to the app."""


@dataclass(eq=False, repr=False)
class Parameter[T]:
    """One parameter. ``shape`` describes its text; ``order`` is its place among those described, the paging last."""

    name: str
    read: Callable[[str, str | None], T]
    shape: Shape
    place: str = "query"
    example: str | int | None = None
    required: bool = False
    order: int = 0

    def of(self, path: Mapping[str, str], query: Mapping[str, str]) -> T:
        """Its value in a request; raises Problem."""
        return self.read(self.name, (path if self.place == "path" else query).get(self.name))


def in_path[T](name: str, read: Callable[[str, str | None], T], shape: Shape, example: str | int) -> Parameter[T]:
    return Parameter(name, read, shape, "path", example, required=True)


def id_in_path(of: str, example: str) -> Parameter[str]:
    return in_path("id", identifier, Annotated[Identifier, of], example)


def number_in_path(name: str, of: str) -> Parameter[int]:
    return in_path(name, number, Annotated[int, of, NUMBERS], 1)


def refuse_unknown(given: Iterable[str], known: Sequence[str]) -> None:
    """Raise a 400 that names each parameter that is not known, and the known one that is near."""
    unknown = [name for name in given if name not in known and name.lower() not in OF_THE_PLATFORM]
    if unknown:
        raise bad_request(*(MemberError(name or '""', _unknown(name, known)) for name in unknown))


def _unknown(name: str, known: Sequence[str]) -> str:
    from shared.domain.suggestions import nearest

    near = nearest(name, known)
    hint = f', did you mean "{near}"? The' if near else "; the"
    return f"is unknown{hint} route takes {', '.join(known) or 'no query parameters'}"


def text(_: str, value: str | None) -> str:
    """Unchecked: what is right for it is the handler's to say."""
    return value or ""


def one_of(words: Sequence[str]) -> Callable[[str, str | None], str]:
    """Reads one of the words; absent: empty."""

    def read(name: str, value: str | None) -> str:
        if value is not None and value not in words:
            raise bad_request(MemberError(name, f"is not right; give one of {', '.join(words)}"))
        return value or ""

    return read


def identifier(name: str, value: str | None) -> str:
    if value is None or not event_data.IDENTIFIER.accepts(value):
        raise bad_request(
            MemberError(name, "is not an identifier; give 1 to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit")
        )
    return value


def _after(name: str, value: str | None) -> str:
    """Absent: from the start."""
    return identifier(name, value) if value else ""


def _cursor(name: str, value: str | None) -> str:
    if value and not CURSOR.fullmatch(value):
        raise bad_request(MemberError(name, "is not a cursor; give what the list answered as next, or leave it out"))
    return value or ""


def _limit(name: str, value: str | None) -> int:
    return DEFAULT_LIMIT if value is None else _whole_number(name, value, MAX_LIMIT)


def number(name: str, value: str | None) -> int:
    return _whole_number(name, value or "", NEWEST)


def before_number(name: str, value: str | None) -> int | None:
    return None if value is None else number(name, value)


def _whole_number(name: str, value: str, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", value) or not 1 <= int(value) <= most:
        raise bad_request(MemberError(name, f"is not right; give a whole number from 1 to {most}"))
    return int(value)


def day(name: str, value: str | None) -> date | None:
    if value is None:
        return None
    if not event_data.DAY.accepts(value):
        raise bad_request(MemberError(name, 'is not a date of the calendar; give one such as "2026-03-02"'))
    return date.fromisoformat(value)


_LIMITS = {"minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
_BEFORE = "go on before this: what the page before answered as `next`"
_AFTER = "go on after this: what the page before answered as `next`"
NUMBERS = {"minimum": 1, "maximum": NEWEST}

Limit = Annotated[int, Parameter("limit", _limit, Annotated[int, "how many at most", _LIMITS], order=1)]
AfterId = Annotated[str, Parameter("after", _after, Annotated[Identifier, _AFTER], order=2)]
AfterCursor = Annotated[
    str, Parameter("after", _cursor, Annotated[str, _AFTER, {"pattern": f"^{CURSOR.pattern}$"}], order=2)
]
Before = Annotated[int | None, Parameter("before", before_number, Annotated[int, _BEFORE, NUMBERS], order=2)]
BeforeCursor = Annotated[
    str, Parameter("before", _cursor, Annotated[str, _BEFORE, {"pattern": f"^{CURSOR.pattern}$"}], order=2)
]
