"""Parameters of requests: text in, values out, or a 400 that names the parameter and what would be right."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from shared.domain.event_data import IDENTIFIER
from shared.errors import MemberError
from shared.queries.problems import bad_request

DEFAULT_LIMIT, MAX_LIMIT = 50, 1000
CURSOR = re.compile(r"[0-9TZ:.~a-f-]{1,100}")
OF_THE_PLATFORM = ("code", "clientid")
"""The host reads a key and its name from these, in any case of letters, and passes them on to the app."""


def refuse_unknown(given: Iterable[str], known: Sequence[str]) -> None:
    """Raise a 400 that names each parameter that is not known, and the known one that is near."""
    unknown = [name for name in given if name not in known and name.lower() not in OF_THE_PLATFORM]
    if unknown:
        raise bad_request(*(MemberError(name or '""', _unknown(name, known)) for name in unknown))


def _unknown(name: str, known: Sequence[str]) -> str:
    from shared.domain.suggestions import nearest  # rarely needed

    near = nearest(name, known)
    hint = f', did you mean "{near}"? The' if near else "; the"
    return f"is unknown{hint} route takes {', '.join(known) or 'no query parameters'}"


def identifier(given: Mapping[str, str], name: str = "id") -> str:
    value = given.get(name, "")
    if not IDENTIFIER.accepts(value):
        raise bad_request(
            MemberError(name, "is not an identifier; give 1 to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit")
        )
    return value


def after_identifier(given: Mapping[str, str]) -> str:
    """The cursor of lists by id; absent: from the start."""
    return identifier(given, "after") if given.get("after") else ""


def limit(given: Mapping[str, str]) -> int:
    return _whole_number(given, "limit", MAX_LIMIT) or DEFAULT_LIMIT


def before(given: Mapping[str, str]) -> int | None:
    return _whole_number(given, "before", 9_999_999_998)


def version(given: Mapping[str, str]) -> int:
    return _whole_number(given, "version", 9_999_999_998) or 0


def sequence(given: Mapping[str, str]) -> int:
    return _whole_number(given, "sequence", 9_999_999_998) or 0


def day(given: Mapping[str, str], name: str = "on") -> date | None:
    value = given.get(name)
    if value is None:
        return None
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise bad_request(MemberError(name, 'is not a date of the calendar; give one such as "2026-03-02"'))


def cursor(given: Mapping[str, str]) -> str:
    """The cursor a list gave as ``next``; absent: from the start."""
    value = given.get("after", "")
    if value and not CURSOR.fullmatch(value):
        raise bad_request(MemberError("after", "is not a cursor; give what the list answered as next, or leave it out"))
    return value


def _whole_number(given: Mapping[str, str], name: str, most: int) -> int | None:
    value = given.get(name)
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,10}", value) or not 1 <= int(value) <= most:
        raise bad_request(MemberError(name, f"is not right; give a whole number from 1 to {most}"))
    return int(value)
