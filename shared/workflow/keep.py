"""Keeping what cannot be handled: a message's bytes go to quarantine, whole, with the reason.

A permanent error is kept at once; whatever else fails is raised for the host to try again, and kept on its last try.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.errors import MemberError, PassingError, PermanentError
from shared.logs import Log
from shared.messaging.sender import Message, Queue
from shared.ports import Ports
from shared.storage.quarantine import Quarantined
from shared.workflow.decide import until_first

LAST_ATTEMPT = 5
"""The host's ``maxDequeueCount`` in host.json: after it the host would move the message to its poison queue.

On Service Bus the queue's ``maxDeliveryCount``, after which the message would go to its dead-letter queue.
"""

_log = Log("quarantine")


@asynccontextmanager
async def kept_on_failure(ports: Ports, queue: Queue, body: bytes, attempt: int) -> AsyncIterator[None]:
    try:
        yield
    except PermanentError as fault:
        await _keep(ports, queue, body, fault.reason, fault.errors, attempt)
    except Exception as fault:
        told = str(fault) if isinstance(fault, PassingError) else type(fault).__name__
        _log.warning("failed", fault=told, last=attempt >= LAST_ATTEMPT)
        if attempt < LAST_ATTEMPT:
            raise
        await _keep(ports, queue, body, f"failed {attempt} times, last with: {told}", (), attempt)


async def keep_poison(ports: Ports, queue: Queue, body: bytes) -> None:
    """Keep a message of ``queue`` that the host gave up, or put it back."""
    reason = f"given up by the host: the last of {LAST_ATTEMPT} tries did not end"
    async with _put_back_on_failure(ports, queue, body):
        await _keep(ports, queue, body, reason, (), LAST_ATTEMPT)


async def keep_undecoded_poison(ports: Ports, queue: Queue, text: bytes, attempt: int) -> None:
    """Keep a message whose text is neither JSON nor base64 and that the host gave up, or put it back."""
    async with _put_back_on_failure(ports, queue, text):
        await keep_undecoded(ports, queue, text, attempt)


@asynccontextmanager
async def _put_back_on_failure(ports: Ports, queue: Queue, body: bytes) -> AsyncIterator[None]:
    """In a poison queue a message has five tries and seven days; a fresh one on its own queue has no end."""
    try:
        yield
    except Exception as fault:
        await ports.sender.send(queue, Message(body))
        _log.warning("put back", queue=queue.value, fault=type(fault).__name__)


async def keep_dead_letter(
    ports: Ports, queue: Queue, body: bytes, attempts: int, reason: str | None, description: str | None
) -> None:
    """Keep a message of ``queue`` that Service Bus gave up after so many tries, with its word for why."""
    told = ": ".join(filter(None, (reason, description))) or "no reason told"
    await _keep(ports, queue, body, f"given up by Service Bus: {told}", (), attempts)


async def keep_undecoded(ports: Ports, queue: Queue, text: bytes, attempt: int) -> None:
    """Keep a message whose text is neither JSON nor base64."""
    reason = "neither JSON nor base64; put the event's JSON on the queue, as it is or in base64 of its UTF-8"
    await _keep(ports, queue, text, reason, (MemberError("$", reason),), attempt)


async def _keep(
    ports: Ports, queue: Queue, body: bytes, reason: str, errors: tuple[MemberError, ...], attempts: int
) -> None:
    message = Quarantined(queue.value, body, ports.timestamp(), reason, errors, attempts)
    await until_first(ports, lambda: ports.quarantine.keep(message))
    # The reason may quote what was sent: it is in quarantine, where it is under lock, and beside the line, in no log.
    ids = {"quarantineId": message.id, "queue": queue.value, "attempt": attempts}
    _log.warning("kept", {"reason": reason}, **ids, faults=len(errors))
