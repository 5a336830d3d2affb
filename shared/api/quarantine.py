"""Quarantine: the messages kept there, and putting them back."""

from __future__ import annotations

import base64
from typing import Annotated, NotRequired

from shared.api.pages import within_page
from shared.api.parameters import AfterCursor, Limit, id_in_path
from shared.api.problems import Problem, not_found
from shared.api.route import OPERATORS, Noun, Route
from shared.api.shapes import FROM_1, Moment, Page, TypedDict, among
from shared.domain.events import MAX_EVENT_BYTES
from shared.messaging.sender import Message, Queue
from shared.ports import Ports
from shared.storage.quarantine import KEPT, REDRIVEN
from shared.storage.quarantine import Quarantined as Stored
from shared.workflow.decide import until_first

NOUN = Noun("Quarantine", "Messages that could not be handled, kept whole.")

MessageId = Annotated[str, id_in_path("the kept message", "0123456789abcdef0123456789abcdef")]


class QuarantinedFault(TypedDict):
    """a member at fault"""

    path: Annotated[str, "where"]
    message: Annotated[str, "what is wrong"]


class Quarantined(TypedDict):
    """A kept message."""

    id: Annotated[str, "of the kept message", {"pattern": "^[0-9a-f]{32}$"}]
    queue: Annotated[str, "the queue it came from", among(each.value for each in Queue)]
    at: Annotated[Moment, "when it was first kept"]
    reason: Annotated[str, "why"]
    errors: list[QuarantinedFault]
    attempts: Annotated[int, "tries before it was kept"]
    count: Annotated[int, "how many times it came", FROM_1]
    state: Annotated[str, "whether it was put back", among([KEPT, REDRIVEN])]
    body: NotRequired[Annotated[str, "the message, if it is text"]]
    bodyBase64: NotRequired[Annotated[str, "the message, if it is not", {"contentEncoding": "base64"}]]


@Route(NOUN, "GET", "quarantine", OPERATORS, "List the kept messages", "Kept messages, oldest first.")
async def list_quarantine(ports: Ports, after: AfterCursor, limit: Limit) -> Page[Quarantined]:
    messages, cursor = await ports.quarantine.page(after, limit)
    items = within_page(map(_json, messages))
    if len(items) < len(messages):
        cursor = messages[len(items) - 1].place
    return {"items": items, "next": cursor}


@Route(
    NOUN,
    "POST",
    "quarantine/{id}/redrive",
    OPERATORS,
    "Put a kept message back on its queue",
    "How the message stands now; one put back before is only told of.",
    status=202,
    problems=(404, 409),
)
async def redrive(ports: Ports, message_id: MessageId) -> Quarantined:
    message = await ports.quarantine.load(message_id)
    if message is None:
        raise not_found(f"no message {message_id} is in quarantine")
    if message.state == KEPT and len(message.body) > MAX_EVENT_BYTES:
        detail = f"it has {len(message.body)} bytes; a queue takes {MAX_EVENT_BYTES}"
        raise Problem(409, "Too large to put back", detail)
    if message.state == KEPT:
        ports.storage_clock.check()  # before a send that could not be noted
        await ports.sender.send(Queue(message.queue), Message(message.body))
        await until_first(ports, lambda: ports.quarantine.mark_redriven(message, ports.timestamp()))
    return _json(await ports.quarantine.load(message_id) or message)


def _json(message: Stored) -> Quarantined:
    kept: Quarantined = {
        "id": message.id,
        "queue": message.queue,
        "at": message.at,
        "reason": message.reason,
        "errors": [{"path": error.path, "message": error.message} for error in message.errors],
        "attempts": message.attempts,
        "count": message.count,
        "state": message.state,
    }
    try:
        kept["body"] = message.body.decode("utf-8")
    except UnicodeDecodeError:
        kept["bodyBase64"] = base64.b64encode(message.body).decode("ascii")
    return kept
