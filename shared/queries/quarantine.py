"""Questions about quarantine, and putting messages back."""

import base64

from shared.domain.decision import JsonObject
from shared.domain.events import MAX_EVENT_BYTES
from shared.messaging.sender import Message, Queue
from shared.ports import Ports
from shared.queries.bounded import within_page
from shared.queries.problems import Problem, not_found
from shared.storage.quarantine import KEPT, Quarantined


async def list_quarantine(ports: Ports, after: str, limit: int) -> JsonObject:
    """Kept messages, oldest first."""
    messages, cursor = await ports.quarantine.page(after, limit)
    items = within_page(map(_json, messages))
    if len(items) < len(messages):
        cursor = messages[len(items) - 1].place
    return {"items": items, "next": cursor}


async def redrive(ports: Ports, message_id: str) -> JsonObject:
    """Put a kept message back on its queue; one put back before is answered as it stands."""
    message = await ports.quarantine.load(message_id)
    if message is None:
        raise not_found(f"no message {message_id} is in quarantine")
    if message.state == KEPT and len(message.body) > MAX_EVENT_BYTES:
        detail = f"it has {len(message.body)} bytes; a queue takes {MAX_EVENT_BYTES}"
        raise Problem(409, "Too large to put back", detail)
    if message.state == KEPT:
        ports.storage_clock.check()  # before a send that could not be noted
        await ports.sender.send(Queue(message.queue), Message(message.body))
        await ports.quarantine.mark_redriven(message, ports.timestamp())
    return _json(await ports.quarantine.load(message_id) or message)


def _json(message: Quarantined) -> JsonObject:
    return {
        "id": message.id,
        "queue": message.queue,
        "at": message.at,
        "reason": message.reason,
        "errors": [error.to_json() for error in message.errors],
        "attempts": message.attempts,
        "count": message.count,
        "state": message.state,
        **_body(message.body),
    }


def _body(body: bytes) -> dict[str, str]:
    try:
        return {"body": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"bodyBase64": base64.b64encode(body).decode("ascii")}
