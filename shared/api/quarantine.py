"""Quarantine: the messages kept there, and how they end: put back, closed, or corrected."""

from __future__ import annotations

import base64
from typing import Annotated, NotRequired

from shared.api.bodies import MAX_NAME, MAX_TEXT, Body
from shared.api.events import Warning as EventWarning
from shared.api.pages import within_page
from shared.api.parameters import AfterCursor, Limit, Parameter, id_in_path, one_of, text
from shared.api.problems import not_found
from shared.api.route import OPERATORS, Caller, Noun, Route
from shared.api.shapes import FROM_1, Moment, Page, TypedDict, among
from shared.domain.events import MAX_EVENT_BYTES
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.storage.quarantine_lists import Wanted
from shared.storage.quarantined import STATES, Ending
from shared.storage.quarantined import Quarantined as Stored

NOUN = Noun("Quarantine", "Messages that could not be handled, kept whole until somebody acts.")

MOST_IDS = 100
_ID = "0123456789abcdef0123456789abcdef"
_HEX = {"pattern": "^[0-9a-f]{32}$"}
MessageId = Annotated[str, id_in_path("the kept message", _ID)]
State = Annotated[str, Parameter("state", one_of(STATES), Annotated[str, "only those in this state", among(STATES)])]
Source = Annotated[str, Parameter("source", text, Annotated[str, "only events of this source"])]
Type = Annotated[str, Parameter("type", text, Annotated[str, "only events of this type"])]


class QuarantinedFault(TypedDict):
    """a member at fault"""

    path: Annotated[str, "where"]
    message: Annotated[str, "what is wrong"]


class QuarantinedEnding(TypedDict):
    """how the message was done"""

    state: Annotated[str, "what it became", among(STATES[1:])]
    at: Annotated[Moment, "when"]
    by: Annotated[str | None, "who; null if nobody was named"]
    verified: Annotated[bool, "true: the caller was signed in; false: the name was given"]
    reason: NotRequired[Annotated[str, "why it was closed"]]
    corrected: NotRequired[Annotated[str, "the id that the corrected message has if it comes to quarantine too", _HEX]]


class Quarantined(TypedDict):
    """A quarantined message."""

    id: Annotated[str, "of the message", _HEX]
    queue: Annotated[str, "the queue it came from", among(each.value for each in Queue)]
    firstAt: Annotated[Moment, "when it was first kept"]
    lastAt: Annotated[Moment, "when it was last kept, as far as is known"]
    reason: Annotated[str, "why"]
    errors: list[QuarantinedFault]
    attempts: Annotated[int, "tries before it was kept"]
    count: Annotated[int, "how many times it came", FROM_1]
    state: Annotated[str, "`kept` waits for somebody; the others are done", among(STATES)]
    fault: Annotated[str | None, "the group it is in, or was; null in messages of earlier versions"]
    trail: Annotated[list[QuarantinedEnding], "how it was done, last at the end; one that comes again is kept again"]
    body: NotRequired[Annotated[str, "the message, if it is text"]]
    bodyBase64: NotRequired[Annotated[str, "the message, if it is not", {"contentEncoding": "base64"}]]


class Resubmitted(Quarantined):
    """A quarantined message in whose place a corrected one is queued."""

    warnings: NotRequired[Annotated[list[EventWarning], "of the corrected event; left out if there are none"]]


class QuarantineGroup(TypedDict):
    """Kept messages with the same fault."""

    fault: Annotated[str | None, "the type and the first member at fault, or the reason; null: not in a group yet"]
    count: Annotated[int, "how many are kept", FROM_1]
    isAtLeast: Annotated[bool, "true: there are more than were counted"]


class Handled(TypedDict):
    """one of the messages"""

    id: Annotated[str, "of the message"]
    done: Annotated[bool, "whether it was closed or put back; in a dry run whether it would be"]
    detail: NotRequired[Annotated[str, "why not"]]


class HandledMany(TypedDict):
    """What became of the messages that were looked at."""

    dryRun: Annotated[bool, "true: nothing was changed"]
    done: Annotated[int, "how many were closed or put back, or would be"]
    items: list[Handled]
    next: Annotated[str | None, "give it as `after` to go on with the group; null at its end"]


_Author = Annotated[str | None, "who acts; a verified caller's name replaces it", {"maxLength": MAX_NAME}]
_Reason = Annotated[str, "why nothing more is to be done, on one line", {"minLength": 1, "maxLength": MAX_TEXT}]
_Ids = Annotated[list[Annotated[str, "a message", _HEX]] | None, "these", {"minItems": 1, "maxItems": MOST_IDS}]


class Redriving(TypedDict):
    """Who puts it back."""

    author: NotRequired[_Author]


class Closing(TypedDict):
    """Why it is done, and who says so."""

    reason: _Reason
    author: NotRequired[_Author]


class Correction(TypedDict):
    """The corrected message, as text, and who corrects it."""

    body: Annotated[str, "one CloudEvent as JSON", {"maxLength": MAX_EVENT_BYTES}]
    author: NotRequired[_Author]


class RedrivingMany(TypedDict):
    """Which messages: `ids`, or all of a `fault`, a part of them with each call."""

    ids: NotRequired[_Ids]
    fault: NotRequired[Annotated[str | None, "all of this group"]]
    after: NotRequired[Annotated[str | None, "go on with the group: what the call before answered as `next`"]]
    dryRun: NotRequired[Annotated[bool | None, "true: say what would be done, and change nothing"]]
    author: NotRequired[_Author]


class ClosingMany(RedrivingMany):
    """Which messages, and why they are done."""

    reason: _Reason


@Route(
    NOUN,
    "GET",
    "quarantine",
    OPERATORS,
    "List the kept messages",
    "Messages, oldest first.",
    "With a filter a page may be short, or empty, though `next` is set.",
)
async def list_quarantine(
    ports: Ports, state: State, source: Source, of_type: Type, after: AfterCursor, limit: Limit
) -> Page[Quarantined]:
    messages, cursor = await ports.quarantine.page(after, limit, Wanted(state, source, of_type))
    items = within_page(map(answer, messages))
    if len(items) < len(messages):
        cursor = messages[len(items) - 1].place
    return {"items": items, "next": cursor}


@Route(
    NOUN,
    "GET",
    "quarantine/faults",
    OPERATORS,
    "Count the kept messages by fault",
    "Groups, the greatest first.",
)
async def list_faults(ports: Ports) -> Page[QuarantineGroup]:
    counted = await ports.quarantine.count_kept()
    items: list[QuarantineGroup] = [
        {"fault": fault, "count": count, "isAtLeast": False} for fault, count in counted.faults
    ]
    if without := counted.kept - sum(count for _, count in counted.faults):
        items.append({"fault": None, "count": without, "isAtLeast": not counted.all})
    return {"items": items, "next": None}


@Route(NOUN, "GET", "quarantine/{id}", OPERATORS, "One message", "The message, with its reason.", problems=(404,))
async def get_quarantined(ports: Ports, message_id: MessageId) -> Quarantined:
    return answer(await load(ports, message_id))


@Route(
    NOUN,
    "POST",
    "quarantine/{id}/redrive",
    OPERATORS,
    "Put a message back on its queue",
    "How the message stands now; one put back before is only told of.",
    "It goes back whether or not it can succeed; one that fails again is kept again.",
    Body(Redriving, {"With an author": {"author": "Programme office"}}, required=False),
    status=202,
    problems=(404, 409),
)
async def redrive(
    ports: Ports, message_id: MessageId, body: Redriving | None = None, caller: Caller = ""
) -> Quarantined:
    from shared.api.quarantine_endings import redrive_one

    return await redrive_one(ports, message_id, body or {}, caller)


@Route(
    NOUN,
    "POST",
    "quarantine/{id}/close",
    OPERATORS,
    "Mark a message as done",
    "How the message stands now; one that was done before is only told of.",
    body=Body(Closing, {"Corrected elsewhere": {"reason": "corrected by inv-88122", "author": "Programme office"}}),
    problems=(404,),
)
async def close_quarantined(ports: Ports, message_id: MessageId, body: Closing, caller: Caller = "") -> Quarantined:
    from shared.api.quarantine_endings import close_one

    return await close_one(ports, message_id, body, caller)


def _correction() -> Correction:
    from shared.api.events import EXAMPLE
    from shared.own_json import compact_bytes

    return {"body": compact_bytes(EXAMPLE).decode(), "author": "Programme office"}


@Route(
    NOUN,
    "POST",
    "quarantine/{id}/resubmit",
    OPERATORS,
    "Queue a corrected event in a message's place",
    "How the message stands now; the corrected event is on the queue.",
    "The event is checked as `POST events` checks it. A repeat with the same event queues nothing more.",
    Body(Correction, {"A corrected event": _correction}),
    status=202,
    problems=(404, 409),
)
async def resubmit_quarantined(
    ports: Ports, message_id: MessageId, body: Correction, caller: Caller = ""
) -> Resubmitted:
    from shared.api.quarantine_endings import resubmit_one

    return await resubmit_one(ports, message_id, body, caller)


_MANY = f"""\
By `ids`, at most {MOST_IDS}, or by `fault`, as `GET quarantine/faults` names it: of a group each call looks at
{MOST_IDS}, oldest first. Only kept messages are changed."""


@Route(
    NOUN,
    "POST",
    "quarantine/close",
    OPERATORS,
    "Mark many messages as done",
    "What became of each.",
    _MANY,
    Body(ClosingMany, {"A group, to see which": {"fault": "$.*", "reason": "sent by a test", "dryRun": True}}),
)
async def close_many(ports: Ports, body: ClosingMany, caller: Caller = "") -> HandledMany:
    from shared.api.quarantine_endings import close_those

    return await close_those(ports, body, caller)


@Route(
    NOUN,
    "POST",
    "quarantine/redrive",
    OPERATORS,
    "Put many messages back",
    "What became of each.",
    f"{_MANY} One that this version's checks would not pass stays kept; by id alone it goes back all the same.",
    Body(RedrivingMany, {"A group, to see which": {"fault": "$.time", "dryRun": True}}),
)
async def redrive_many(ports: Ports, body: RedrivingMany, caller: Caller = "") -> HandledMany:
    from shared.api.quarantine_endings import redrive_those

    return await redrive_those(ports, body, caller)


async def load(ports: Ports, message_id: str) -> Stored:
    """Raises Problem 404."""
    message = await ports.quarantine.load(message_id)
    if message is None:
        raise not_found(f"no message {message_id} is in quarantine")
    return message


def answer(message: Stored) -> Quarantined:
    shown: Quarantined = {
        "id": message.id,
        "queue": message.queue,
        "firstAt": message.at,
        "lastAt": message.last,
        "reason": message.reason,
        "errors": [{"path": error.path, "message": error.message} for error in message.errors],
        "attempts": message.attempts,
        "count": message.count,
        "state": message.state,
        "fault": message.fault or None,
        "trail": [_ending(each) for each in message.trail],
    }
    try:
        shown["body"] = message.body.decode("utf-8")
    except UnicodeDecodeError:
        shown["bodyBase64"] = base64.b64encode(message.body).decode("ascii")
    return shown


def _ending(ending: Ending) -> QuarantinedEnding:
    shown: QuarantinedEnding = {
        "state": ending.state,
        "at": ending.at,
        "by": ending.by or None,
        "verified": ending.verified,
    }
    if ending.reason:
        shown["reason"] = ending.reason
    if ending.corrected:
        shown["corrected"] = ending.corrected
    return shown
