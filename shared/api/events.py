"""Events posted over HTTP: checked as a message is, then put on the queue.

A batch with an invalid event is not queued at all. If the queue stops answering in the middle, the problem says which
of a batch are queued: post it again, events repeat without harm.
"""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import batched
from typing import Annotated, Any, NamedTuple, NotRequired, TypedDict

from shared.api.bodies import Body
from shared.api.problems import Problem, bad_request
from shared.api.route import PUBLISHERS, Noun, Request, Route
from shared.api.shapes import FROM_1, ref
from shared.domain.decision import JsonObject
from shared.domain.events import MAX_EVENT_BYTES, Event, read_event
from shared.domain.strict_json import compact_bytes
from shared.errors import MemberError, PassingError, PermanentError
from shared.messaging.sender import Message, Queue
from shared.ports import Ports
from shared.workflow.event_warnings import warnings_of

NOUN = Noun(
    "Events",
    "What producers tell. They may also put the same events straight on the queue `eligibility-events`.",
    6,
)

ONE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
MAX_BATCH = 100
MAX_EVENTS_BYTES = 5 * 1024 * 1024
_AT_ONCE = 20
"""Sends under way together: Service Bus takes them as one batch, Storage queues beside each other."""


class Warning(TypedDict):  # noqa: A001  the API's word
    """a member that is probably not meant so"""

    path: Annotated[str, 'where, such as "$[3].data.application"']
    message: Annotated[str, "why it counts for nothing, and what was probably meant"]


class Acceptance(TypedDict):
    """What was queued."""

    accepted: Annotated[int, "how many events", FROM_1]
    warnings: NotRequired[Annotated[list[Warning], "left out if there are none"]]


def _example(name: str, number: int, **data: object) -> JsonObject:
    envelope = {"specversion": "1.0", "id": f"try-{number}", "source": "/docs", "type": name}
    return {**envelope, "time": "2026-06-30T09:30:00Z", "datacontenttype": "application/json", "data": data}


_SPEND = _example(
    "fasttrack.spend.updated.v1",
    1,
    customerId="C-1002",
    licenceId="L-9",
    application="sales",
    annualAmount="240000.00",
    currency="USD",
    newDeployment=True,
)
_PROJECT = _example(
    "fasttrack.project.updated.v1",
    2,
    customerId="C-1002",
    projectId="J-9",
    applications=["sales"],
    initiatedOn="2026-09-01",
    status="planned",
)
_ATTACHED = _example("fasttrack.partner.attached.v1", 3, customerId="C-1002", partnerId="P-adatum", projectId=None)


@Route(
    NOUN,
    "POST",
    "events",
    PUBLISHERS,
    "Post one event or a batch",
    "All are on the queue.",
    f"""\
A list of 1 to {MAX_BATCH} CloudEvents. Each is checked; if one is wrong, none is queued.

The same list is taken as `{BATCH}`; one event alone as `{ONE}`, as
`application/json`, or in binary mode: its `data` as the body, everything else in headers `ce-specversion`, `ce-id`,
`ce-source`, `ce-type` and `ce-time`.""",
    Body(
        Annotated[list[Annotated[JsonObject, ref("event")]], {"minItems": 1, "maxItems": MAX_BATCH}],
        {"One event": [_SPEND], "A batch": [_SPEND, _PROJECT, _ATTACHED]},
        other_types=(BATCH, ONE),
    ),
    max_bytes=MAX_EVENTS_BYTES,
    status=202,
)
async def post_events(ports: Ports, request: Request) -> Acceptance:
    return await accept(ports, request.get_body(), request.headers)


class _Checked(NamedTuple):
    """An event found at ``path``, and the message that carries it."""

    path: str
    event: Event
    message: Message


async def accept(ports: Ports, body: bytes, headers: Mapping[str, str]) -> Acceptance:
    """Queue one event or a batch; a 400 names every invalid member. The headers' names are in small letters."""
    from shared.api.event_body import posted

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
