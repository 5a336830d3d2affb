"""Events over HTTP: checked as a message is, then put on the queue; all of a batch or none."""

from typing import Any

from shared.domain.decision import JsonObject
from shared.domain.events import MAX_EVENT_BYTES, read_event
from shared.domain.strict_json import compact_bytes, parse_json
from shared.errors import MemberError, PermanentError
from shared.messaging.sender import Message, Queue
from shared.ports import Ports
from shared.queries.problems import bad_request

MAX_BATCH = 100


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
    for message in messages:
        await ports.sender.send(Queue.EVENTS, message)
    return {"accepted": len(messages)}


def _message(ports: Ports, event: Any, path: str) -> Message:
    read_event(event, ports.now(), path)
    body = compact_bytes(event)
    if len(body) > MAX_EVENT_BYTES:
        reason = f"has {len(body)} bytes; at most {MAX_EVENT_BYTES} are taken"
        raise PermanentError(reason, (MemberError(path, reason),))
    return Message(body)
