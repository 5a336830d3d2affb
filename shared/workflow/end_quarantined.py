"""Ends quarantined messages: puts them back, closes them, or queues a corrected one in their place.

A message is sent before it is marked: a process that ends in between leaves it kept, and who repeats the call sends the
same bytes again, which changes nothing. One that comes again meanwhile stays kept.
"""

from typing import Final

from shared.domain.events import MAX_EVENT_BYTES, parse_event
from shared.domain.recompute import parse_recompute
from shared.domain.who import Who
from shared.errors import PassingError, PermanentError
from shared.logs import Log
from shared.messaging.sender import Message, Queue
from shared.ports import Ports
from shared.storage.quarantined import CLOSED, REDRIVEN, RESUBMITTED, Ending, Quarantined, id_of
from shared.workflow.decide import until_first

_log: Final = Log("quarantine")


async def put_back(ports: Ports, message: Quarantined, who: Who) -> Quarantined:
    """Send it to the queue it came from; gives how it stands now."""
    await _send(ports, message.queue, message.body)
    return await _end(ports, message, Ending(REDRIVEN, ports.timestamp(), who.name, who.verified))


async def close(ports: Ports, message: Quarantined, who: Who, reason: str) -> Quarantined:
    """Mark it as done without it; gives how it stands now."""
    return await _end(ports, message, Ending(CLOSED, ports.timestamp(), who.name, who.verified, reason))


async def resubmit(ports: Ports, message: Quarantined, who: Who, corrected: bytes) -> Quarantined:
    """Send the corrected event in its place; gives how it stands now."""
    await _send(ports, Queue.EVENTS.value, corrected)
    corrected_id = id_of(Queue.EVENTS.value, corrected)
    ending = Ending(RESUBMITTED, ports.timestamp(), who.name, who.verified, corrected=corrected_id)
    return await _end(ports, message, ending)


async def _send(ports: Ports, queue: str, body: bytes) -> None:
    ports.storage_clock.check()  # before a send that could not be noted
    await ports.sender.send(Queue(queue), Message(body))


async def _end(ports: Ports, message: Quarantined, ending: Ending) -> Quarantined:
    await until_first(ports, lambda: ports.quarantine.end(message, ending))
    now = await ports.quarantine.load(message.id) or message
    if now.state == ending.state:
        _log.info(ending.state, quarantineId=message.id, queue=message.queue, verified=ending.verified)
    return now


def why_not_sent(message: Quarantined) -> str:
    """Why no queue takes it; empty if one does."""
    size = len(message.body)
    return f"it has {size} bytes; a queue takes {MAX_EVENT_BYTES}" if size > MAX_EVENT_BYTES else ""


def why_it_fails(ports: Ports, message: Quarantined) -> str:
    """Why it does not pass the checks of this version; empty if it does. Whoever put it back would get it back."""
    try:
        if message.queue == Queue.RECOMPUTE:
            parse_recompute(message.body)
        else:
            parse_event(message.body, ports.now())
    except PermanentError as fault:
        return fault.reason
    except PassingError as fault:
        return str(fault)
    return why_not_sent(message)
