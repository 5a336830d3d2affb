"""Hands queue messages from Azure Functions to the handlers: of Storage queues the text, of Service Bus the bytes.

The text is the JSON itself, as the SDKs write it, or JSON in base64, as Azure's extensions do. The host is told not to
decode it (``messageEncoding`` none): it would put a message that is not base64 into the poison queue, whose trigger
could not decode it either, to be lost after seven days. Here it goes to quarantine like any other fault.
"""

import asyncio
import base64
from collections.abc import Awaitable, Callable

import azure.functions as func

from shared.domain.strict_json import BOM
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.wiring import ports
from shared.workflow.keep import keep_undecoded

type Handler = Callable[[Ports, bytes, int], Awaitable[None]]
type Undecoded = Callable[[Ports, Queue, bytes, int], Awaitable[None]]

RETRY_AFTER = 10.0
"""Seconds a failed delivery of Service Bus is held: it comes again at once. Storage queues wait by host.json."""


async def handled(
    queue: Queue, message: func.QueueMessage, handle: Handler, undecoded: Undecoded = keep_undecoded
) -> None:
    """Pass the message's body on, with the number of the delivery, or the text that has none; raises what may pass."""
    text, attempt = message.get_body(), message.dequeue_count or 1
    try:
        body = body_of(text)
    except ValueError:
        await undecoded(ports(), queue, text, attempt)
        return
    await handle(ports(), body, attempt)


def body_of(text: bytes) -> bytes:
    """The JSON that a text is or has in base64, of which neither ``{`` nor ``[`` is a character; raises ValueError."""
    if text.lstrip().removeprefix(BOM).lstrip()[:1] in (b"{", b"["):
        return text
    return base64.b64decode(b"".join(text.split()), validate=True)


async def delivered(queue: Queue, message: func.ServiceBusMessage, handle: Handler) -> None:
    """The same for a message of Service Bus. Of its properties only the number of the delivery is read."""
    try:
        await handle(ports(), message.get_body(), message.delivery_count or 1)
    except Exception:
        await asyncio.sleep(RETRY_AFTER)
        raise
