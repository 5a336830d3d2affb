"""Checks posted events as messages are checked, then puts them on the queue.

A batch with an invalid event is not queued at all. If the queue stops answering in the middle, the problem says which
of a batch are queued: post it again, events repeat without harm. The events are in the body by one of the three modes
of CloudEvents over HTTP: one event, a batch, or binary.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from itertools import batched
from typing import NamedTuple
from urllib.parse import unquote

from shared.api.bodies import JSON, content_type, json_body, require_body, unsupported
from shared.api.events import BATCH, MAX_BATCH, ONE, Acceptance
from shared.api.granting import Granter
from shared.api.problems import Problem, bad_request
from shared.domain.decision import JsonObject
from shared.domain.events import MAX_EVENT_BYTES, Event, is_json_type, read_event
from shared.domain.strict_json import parse_json
from shared.errors import MemberError, PassingError, PermanentError
from shared.messaging.sender import Message, Queue
from shared.own_json import compact_bytes
from shared.ports import Ports
from shared.workflow.event_warnings import warnings_of

TYPES = (ONE, BATCH, JSON)
_PREFIX = "ce-"
_NOT_BY_HEADER = ("data", "data_base64", "datacontenttype")
_AT_ONCE = 20
"""Sends under way together: Service Bus takes them as one batch, Storage queues beside each other."""


class Checked(NamedTuple):
    """An event found at ``path``, and the message that carries it."""

    path: str
    event: Event
    message: Message


async def accept(ports: Ports, body: bytes, headers: Mapping[str, str], granter: Granter) -> Acceptance:
    """Queue one event or a batch; a 400 names every invalid member. The headers' names are in small letters."""
    ports.storage_clock.check()  # else events would seem to be of the future
    value = posted(headers, body)
    events = value if isinstance(value, list) else [value]
    if not 1 <= len(events) <= MAX_BATCH:
        raise bad_request(MemberError("$", f"has {len(events)} events; send 1 to {MAX_BATCH}"))
    checked: list[Checked] = []
    errors: list[MemberError] = []
    for number, event in enumerate(events):
        path = f"$[{number}]" if isinstance(value, list) else "$"
        try:
            checked.append(check(ports, event, path, granter))
        except PermanentError as fault:
            errors += fault.errors
    if errors:
        raise bad_request(*errors)
    await _send(ports, checked)
    accepted: Acceptance = {"accepted": len(checked)}
    if warnings := await warnings_of(ports, [(each.path, each.event) for each in checked]):
        accepted["warnings"] = [{"path": each.path, "message": each.message} for each in warnings]
    return accepted


async def _send(ports: Ports, checked: Sequence[Checked]) -> None:
    queued: list[int] = []
    for some in batched(enumerate(checked), _AT_ONCE, strict=False):
        sends = (ports.sender.send(Queue.EVENTS, each.message) for _, each in some)
        faults = await asyncio.gather(*sends, return_exceptions=True)
        queued += [number for (number, _), fault in zip(some, faults, strict=True) if fault is None]
        for fault in filter(None, faults):
            if queued and isinstance(fault, PassingError):
                raise _partly_queued(queued, len(checked)) from fault
            raise fault


def _partly_queued(queued: list[int], count: int) -> Problem:
    detail = f"{len(queued)} of {count} events are queued, which `queued` numbers from 0; post the others again"
    return Problem(503, "Unavailable for now", detail, more={"queued": queued})


def check(ports: Ports, event: object, path: str, granter: Granter) -> Checked:
    """The event found at ``path``, as a message that can be queued; raises PermanentError, or Problem 403."""
    read = read_event(event, ports.now(), path)
    body = compact_bytes(granter.granted(event, read, path))
    if len(body) > MAX_EVENT_BYTES:
        reason = f"has {len(body)} bytes; at most {MAX_EVENT_BYTES} are taken"
        raise PermanentError(reason, (MemberError(path, reason),))
    return Checked(path, read, Message(body))


def posted(headers: Mapping[str, str], body: bytes) -> object:
    """One event or a list of them, as JSON; raises Problem.

    A body of a CloudEvents type says by it which of the two it is. Every other with a header ``ce-specversion`` is in
    binary mode: the body is ``data``, the attributes are headers. Without, ``application/json`` is one event or a list.
    """
    if f"{_PREFIX}specversion" in headers and not content_type(headers).startswith("application/cloudevents"):
        return _binary(headers, body)
    require_body(headers, body, TYPES)
    value, given = json_body(body), content_type(headers)
    if given == ONE and isinstance(value, list):
        raise bad_request(MemberError("$", f"is a list; send it as {BATCH}"))
    if given == BATCH and not isinstance(value, list):
        raise bad_request(MemberError("$", f"is not a list; send [...], or one event as {ONE}"))
    return value


def _binary(headers: Mapping[str, str], body: bytes) -> object:
    given = content_type(headers)
    require_body(headers, body, (given,))
    if given and not is_json_type(given):
        raise unsupported(headers, (JSON, *TYPES[:2]))
    errors: list[MemberError] = []
    names = [name.removeprefix(_PREFIX) for name in headers if name.startswith(_PREFIX)]
    event: JsonObject = {}
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
