"""Checks posted events as messages are checked, then puts them on the queue.

A batch with an invalid event is not queued at all. If the queue stops answering in the middle, the problem says which
of a batch are queued: post it again, events repeat without harm.
"""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import batched
from typing import Any, NamedTuple

from shared.api.event_body import posted
from shared.api.events import MAX_BATCH, Acceptance
from shared.api.problems import Problem, bad_request
from shared.domain.events import MAX_EVENT_BYTES, Event, read_event
from shared.domain.strict_json import compact_bytes
from shared.errors import MemberError, PassingError, PermanentError
from shared.messaging.sender import Message, Queue
from shared.ports import Ports
from shared.workflow.event_warnings import warnings_of

_AT_ONCE = 20
"""Sends under way together: Service Bus takes them as one batch, Storage queues beside each other."""


class _Checked(NamedTuple):
    """An event found at ``path``, and the message that carries it."""

    path: str
    event: Event
    message: Message


async def accept(ports: Ports, body: bytes, headers: Mapping[str, str]) -> Acceptance:
    """Queue one event or a batch; a 400 names every invalid member. The headers' names are in small letters."""
    ports.storage_clock.check()  # else events would seem to be of the future
    value = posted(headers, body)
    events = value if isinstance(value, list) else [value]
    if not 1 <= len(events) <= MAX_BATCH:
        raise bad_request(MemberError("$", f"has {len(events)} events; send 1 to {MAX_BATCH}"))
    checked: list[_Checked] = []
    errors: list[MemberError] = []
    for number, event in enumerate(events):
        path = f"$[{number}]" if isinstance(value, list) else "$"
        try:
            checked.append(_check(ports, event, path))
        except PermanentError as fault:
            errors += fault.errors
    if errors:
        raise bad_request(*errors)
    await _send(ports, checked)
    accepted: Acceptance = {"accepted": len(checked)}
    if warnings := await warnings_of(ports, [(each.path, each.event) for each in checked]):
        accepted["warnings"] = [{"path": each.path, "message": each.message} for each in warnings]
    return accepted


async def _send(ports: Ports, checked: Sequence[_Checked]) -> None:
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


def _check(ports: Ports, event: Any, path: str) -> _Checked:
    read = read_event(event, ports.now(), path)
    body = compact_bytes(event)
    if len(body) > MAX_EVENT_BYTES:
        reason = f"has {len(body)} bytes; at most {MAX_EVENT_BYTES} are taken"
        raise PermanentError(reason, (MemberError(path, reason),))
    return _Checked(path, read, Message(body))
