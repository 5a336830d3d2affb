"""Reads the events in a request by one of the three modes of CloudEvents over HTTP: one event, a batch, or binary.

A body of a CloudEvents type says by it which of the first two it is. Any other with a header ``ce-specversion`` is in
binary mode: the body is ``data``, the attributes are headers. Without, ``application/json`` is one event or a batch.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from shared.api.bodies import JSON, content_type, json_body, require_body, unsupported
from shared.api.events import BATCH, ONE
from shared.api.problems import bad_request
from shared.domain.events import is_json_type
from shared.domain.strict_json import parse_json
from shared.errors import MemberError, PermanentError

TYPES = (ONE, BATCH, JSON)
_PREFIX = "ce-"
_NOT_BY_HEADER = ("data", "data_base64", "datacontenttype")


def posted(headers: Mapping[str, str], body: bytes) -> Any:
    """One event or a list of them, as JSON; raises Problem."""
    if f"{_PREFIX}specversion" in headers and not content_type(headers).startswith("application/cloudevents"):
        return _binary(headers, body)
    require_body(headers, body, TYPES)
    value, given = json_body(body), content_type(headers)
    if given == ONE and isinstance(value, list):
        raise bad_request(MemberError("$", f"is a list; send it as {BATCH}"))
    if given == BATCH and not isinstance(value, list):
        raise bad_request(MemberError("$", f"is not a list; send [...], or one event as {ONE}"))
    return value


def _binary(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    given = content_type(headers)
    require_body(headers, body, (given,))
    if given and not is_json_type(given):
        raise unsupported(headers, (JSON, *TYPES[:2]))
    errors: list[MemberError] = []
    names = [name.removeprefix(_PREFIX) for name in headers if name.startswith(_PREFIX)]
    event: dict[str, Any] = {}
    for name in names:
        if name and name not in _NOT_BY_HEADER:
            try:
                event[name] = _decoded(headers[_PREFIX + name])
            except UnicodeError:
                errors.append(MemberError(f"$.{name}", "is not right; in its header write %XX of UTF-8"))
    if given:
        event["datacontenttype"] = headers["content-type"]
    try:
        event["data"] = parse_json(body)
    except PermanentError as fault:
        errors += [MemberError("$.data", each.message) for each in fault.errors]
    if errors:
        raise bad_request(*errors)
    return event


def _decoded(value: str) -> str:
    """A header's value: quotes around it removed, ``%XX`` decoded once as UTF-8; raises UnicodeError."""
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    text = unquote(value, errors="strict")
    text.encode()
    return text
