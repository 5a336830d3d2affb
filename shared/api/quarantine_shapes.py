"""What is told of quarantined messages, and what is taken to end them."""

from __future__ import annotations

import base64
from typing import Annotated, NotRequired

from shared.api.bodies import MAX_NAME, MAX_TEXT
from shared.api.events import Warning as EventWarning
from shared.api.shapes import FROM_1, Moment, TypedDict, among
from shared.domain.quarantine_faults import MAX_FAULT
from shared.messaging.sender import Queue
from shared.storage.quarantined import STATES, Ending
from shared.storage.quarantined import Quarantined as Stored

MOST_IDS = 100
_HEX = {"pattern": "^[0-9a-f]{32}$"}


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

    body: Annotated[str, "one CloudEvent as JSON"]
    author: NotRequired[_Author]


class RedrivingMany(TypedDict):
    """Which messages: `ids`, or all of a `fault`, a part of them with each call."""

    ids: NotRequired[_Ids]
    fault: NotRequired[Annotated[str | None, "all of this group", {"minLength": 1, "maxLength": MAX_FAULT}]]
    after: NotRequired[Annotated[str | None, "go on with the group: what the call before answered as `next`"]]
    dryRun: NotRequired[Annotated[bool | None, "true: say what would be done, and change nothing"]]
    author: NotRequired[_Author]


class ClosingMany(RedrivingMany):
    """Which messages, and why they are done."""

    reason: _Reason


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
