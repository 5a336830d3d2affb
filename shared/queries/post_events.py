"""Events over HTTP: checked as a message is, then put on the queue. A batch with an invalid event is not queued at all.

If the queue stops answering in the middle, part of a batch may be queued: post it again, events repeat without harm.
"""

import asyncio
from itertools import batched
from typing import Any

from shared.domain.decision import JsonObject
from shared.domain.events import MAX_EVENT_BYTES, read_event
from shared.domain.strict_json import compact_bytes, parse_json
from shared.errors import MemberError, PermanentError
from shared.messaging.sender import Message, Queue
from shared.ports import Ports
from shared.queries.problems import bad_request

MAX_BATCH = 100
_AT_ONCE = 20
"""Sends under way together: Service Bus takes them as one batch, Storage queues beside each other."""


async def post_events(ports: Ports, body: bytes) -> JsonObject:
    """Queue one event or a batch; a 400 names every invalid member."""
    try:
        value = parse_json(body)
    except PermanentError as fault:
        raise bad_request(*fault.errors) from fault
    events = value if isinstance(value, list) else [value]
    if not 1 <= len(events) <= MAX_BATCH:
        raise bad_request(MemberError("$", f"has {len(events)} events; send 1 to {MAX_BATCH}"))
    messages: list[Message] = []
    errors: list[MemberError] = []
    for number, event in enumerate(events):
        path = f"$[{number}]" if isinstance(value, list) else "$"
        try:
            messages.append(_message(ports, event, path))
        except PermanentError as fault:
            errors += fault.errors
    if errors:
        raise bad_request(*errors)
    for some in batched(messages, _AT_ONCE, strict=False):
        await _send(ports, some)
    return {"accepted": len(messages)}


async def _send(ports: Ports, messages: tuple[Message, ...]) -> None:
    sends = (ports.sender.send(Queue.EVENTS, message) for message in messages)
    for fault in await asyncio.gather(*sends, return_exceptions=True):
        if fault:
            raise fault


def _message(ports: Ports, event: Any, path: str) -> Message:
    read_event(event, ports.now(), path)
    body = compact_bytes(event)
    if len(body) > MAX_EVENT_BYTES:
        reason = f"has {len(body)} bytes; at most {MAX_EVENT_BYTES} are taken"
        raise PermanentError(reason, (MemberError(path, reason),))
    return Message(body)
