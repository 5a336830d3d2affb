"""Checks that a request's body is of an accepted type, as it is, and not empty; else says how it can be sent."""

import re
from collections.abc import Mapping, Sequence

from shared.errors import MemberError
from shared.queries.problems import Problem, bad_request

JSON = "application/json"
_CHUNKS = (
    "a body sent in chunks (Transfer-Encoding: chunked) arrives empty: send it with a Content-Length, "
    "in .NET by await content.LoadIntoBufferAsync() or StringContent"
)


def content_type(headers: Mapping[str, str]) -> str:
    """The body's type in small letters, without parameters; empty if none is named."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def require_body(headers: Mapping[str, str], body: bytes, accepted: Sequence[str] = (JSON,)) -> None:
    """Raise the problem of a body that is missing or of a type that is not ``accepted``."""
    _require_plain(headers)
    if not body.strip():
        raise bad_request(MemberError("$", _emptiness(headers)))
    if content_type(headers) not in accepted:
        raise unsupported(headers, accepted)


def optional_body(headers: Mapping[str, str], body: bytes) -> bytes:
    """The body, which may be missing; what was sent and did not arrive is not taken for nothing."""
    if body.strip() or is_chunked(headers):
        require_body(headers, body)
    return body


def is_chunked(headers: Mapping[str, str]) -> bool:
    return "chunked" in headers.get("transfer-encoding", "").lower()


def unsupported(headers: Mapping[str, str], accepted: Sequence[str]) -> Problem:
    """The 415 that names the types there are."""
    given = content_type(headers)
    said = f'the content type "{ascii(given[:100])[1:-1]}" is not accepted' if given else "the body has no content type"
    return Problem(415, "Unsupported media type", f"{said}; send {' or '.join(accepted)}")


def _require_plain(headers: Mapping[str, str]) -> None:
    coding = headers.get("content-encoding", "").strip().lower()
    if coding not in ("", "identity"):
        shown = re.sub(r"[^a-z0-9,* -]", "?", coding[:100])
        raise Problem(
            415, "Unsupported media type", f"a body with Content-Encoding {shown} is not accepted; send it as it is"
        )


def _emptiness(headers: Mapping[str, str]) -> str:
    return f"is empty: {_CHUNKS}" if is_chunked(headers) else f"is empty; send JSON ({_CHUNKS})"
