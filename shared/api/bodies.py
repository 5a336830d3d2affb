"""Bodies of requests: their type is checked, then their JSON; a problem names each member at fault."""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from shared.api.problems import Problem, bad_request
from shared.api.shapes import Shape, is_record, members_of
from shared.domain.decision import JsonObject
from shared.domain.strict_json import parse_json
from shared.errors import MemberError, PermanentError

JSON = "application/json"
MAX_BODY_BYTES = 1024 * 1024
MAX_NAME, MAX_TEXT = 200, 1000
MOST_UNKNOWN = 1000
CHANGE_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_CHUNKS = (
    "a body sent in chunks (Transfer-Encoding: chunked) arrives empty: send it with a Content-Length, "
    "in .NET by await content.LoadIntoBufferAsync() or StringContent"
)


@dataclass(eq=False, repr=False)
class Body:
    """What a route takes; ``examples`` work against the sample programme, one may be a function that makes it."""

    shape: Shape
    examples: Mapping[str, object | Callable[[], object]]
    required: bool = True
    other_types: tuple[str, ...] = ()
    """Described without a schema: some generators cannot choose between types that have one each."""

    def read(self, headers: Mapping[str, str], body: bytes) -> object:
        """The JSON value; of a TypedDict an object with its members at most, nulls left out. Raises Problem."""
        if not (self.required or body.strip() or is_chunked(headers)):
            return {}
        require_body(headers, body)
        value = json_body(body)
        return object_of(value, members_of(self.shape)) if is_record(self.shape) else value


def content_type(headers: Mapping[str, str]) -> str:
    """The body's type in small letters, without parameters; empty if none is named."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def require_body(headers: Mapping[str, str], body: bytes, accepted: Sequence[str] = (JSON,)) -> None:
    """Raise the problem of a body that is missing, encoded or of a type that is not ``accepted``."""
    _require_unencoded(headers)
    if not body.strip():
        reason = f"is empty: {_CHUNKS}" if is_chunked(headers) else f"is empty; send JSON ({_CHUNKS})"
        raise bad_request(MemberError("$", reason))
    if content_type(headers) not in accepted:
        raise unsupported(headers, accepted)


def is_chunked(headers: Mapping[str, str]) -> bool:
    return "chunked" in headers.get("transfer-encoding", "").lower()


def unsupported(headers: Mapping[str, str], accepted: Sequence[str]) -> Problem:
    """The 415 that names the types there are."""
    given = content_type(headers)
    said = f'the content type "{ascii(given[:100])[1:-1]}" is not accepted' if given else "the body has no content type"
    return Problem(415, "Unsupported media type", f"{said}; send {' or '.join(accepted)}")


def _require_unencoded(headers: Mapping[str, str]) -> None:
    coding = headers.get("content-encoding", "").strip().lower()
    if coding not in ("", "identity"):
        shown = re.sub(r"[^a-z0-9,* -]", "?", coding[:100])
        detail = f"a body with Content-Encoding {shown} is not accepted; send it as it is"
        raise Problem(415, "Unsupported media type", detail)


def json_body(body: bytes) -> object:
    """The JSON value of a body; 400 if it is none."""
    try:
        value: object = parse_json(body)
    except PermanentError as fault:
        raise bad_request(*fault.errors) from fault
    return value


def object_of(value: object, members: Collection[str]) -> JsonObject:
    """The object, nulls left out; 400 if the value is none or has other members."""
    if not isinstance(value, dict):
        raise bad_request(MemberError("$", "is not an object; send one"))
    unknown = [
        MemberError(f"$.{name}", f"is unknown; give {', '.join(members)}") for name in value if name not in members
    ]
    if unknown:
        raise bad_request(*unknown[:MOST_UNKNOWN])
    return {name: member for name, member in value.items() if member is not None}


def texts(**given: tuple[str | None, int]) -> list[str]:
    """Members that are text for people, of at most so many characters; absent: empty. A 400 names each that is not."""
    advice = "is not right; give text of at most {} characters on one line, none of which changes text direction"
    wrong = [
        MemberError(f"$.{name}", advice.format(most))
        for name, (value, most) in given.items()
        if value is not None and not _is_line(value, most)
    ]
    if wrong:
        raise bad_request(*wrong)
    return [value or "" for value, _ in given.values()]


def _is_line(value: object, most: int) -> bool:
    return isinstance(value, str) and len(value) <= most and all(map(is_shown, value))


def is_shown(character: str) -> bool:
    """Not a control character, nor one that makes a line look like another."""
    return unicodedata.category(character) not in ("Cc", "Zl", "Zp") and character not in CHANGE_DIRECTION


def count(name: str, found: object) -> int | None:
    """A member that is a whole number from 0; absent: None."""
    if found is not None and (not isinstance(found, int) or isinstance(found, bool) or found < 0):
        raise bad_request(MemberError(f"$.{name}", "is not right; give a whole number from 0"))
    return found
