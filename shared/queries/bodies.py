"""Bodies of requests: bytes in, checked members out, or a problem that names each member at fault."""

import unicodedata
from collections.abc import Collection
from typing import Any

from shared.domain.decision import JsonObject
from shared.domain.strict_json import parse_json
from shared.errors import MemberError, PermanentError
from shared.queries.problems import bad_request

MAX_NAME, MAX_TEXT = 200, 1000
MAX_TOLD = 1000
CHANGE_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def json_body(body: bytes) -> Any:
    """The JSON value of a body; 400 if it is none."""
    try:
        return parse_json(body)
    except PermanentError as fault:
        raise bad_request(*fault.errors) from fault


def object_body(body: bytes, members: Collection[str], *, optional: bool = False) -> JsonObject:
    """The object of a body, nulls left out; 400 if it is none or has other members. No body at all is ``{}`` if that
    is ``optional``."""
    if optional and not body.strip():
        return {}
    value = json_body(body)
    if not isinstance(value, dict):
        raise bad_request(MemberError("$", "is not an object; send one"))
    unknown = [
        MemberError(f"$.{name}", f"is unknown; give {', '.join(members)}") for name in value if name not in members
    ]
    if unknown:
        raise bad_request(*unknown[:MAX_TOLD])
    return {name: member for name, member in value.items() if member is not None}


def texts(value: JsonObject, **most: int) -> list[str]:
    """Members that are text for people, of at most so many characters; absent: empty. A 400 names each that is not."""
    found = {name: value.get(name, "") for name in most}
    advice = "is not right; give text of at most {} characters on one line, none of which changes text direction"
    wrong = [
        MemberError(f"$.{name}", advice.format(most[name]))
        for name, each in found.items()
        if not isinstance(each, str) or len(each) > most[name] or not all(map(is_shown, each))
    ]
    if wrong:
        raise bad_request(*wrong)
    return list(found.values())


def is_shown(character: str) -> bool:
    """Not a control character, nor one that makes a line look like another."""
    return unicodedata.category(character) not in ("Cc", "Zl", "Zp") and character not in CHANGE_DIRECTION


def count(value: JsonObject, name: str) -> int | None:
    """A member that is a whole number from 0; absent: None."""
    found = value.get(name)
    if found is not None and (not isinstance(found, int) or isinstance(found, bool) or found < 0):
        raise bad_request(MemberError(f"$.{name}", "is not right; give a whole number from 0"))
    return found
