"""Ends a quarantined message over HTTP."""

from typing import cast

from shared.api import bodies
from shared.api.bodies import MAX_NAME, MAX_TEXT
from shared.api.granting import Granter
from shared.api.posting import Checked, check
from shared.api.problems import Problem, bad_request
from shared.api.quarantine import load
from shared.api.quarantine_shapes import (
    Closing,
    ClosingMany,
    Correction,
    Quarantined,
    Redriving,
    Resubmitted,
    answer,
)
from shared.domain.strict_json import parse_json
from shared.domain.who import Who
from shared.errors import MemberError, PermanentError
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.storage.change_log import MESSAGE
from shared.storage.quarantined import CLOSED, KEPT, REDRIVEN, RESUBMITTED, id_of
from shared.storage.quarantined import Quarantined as Stored
from shared.workflow.change_log import logged
from shared.workflow.end_quarantined import close, put_back, resubmit, why_not_sent
from shared.workflow.event_warnings import warnings_of


def who_of(author: str | None, caller: str) -> Who:
    (given,) = bodies.texts(author=(author, MAX_NAME))
    return Who(caller or given, bool(caller))


def reason_of(body: Closing | ClosingMany) -> str:
    (reason,) = bodies.texts(reason=(body.get("reason"), MAX_TEXT))
    if not reason.strip():
        raise bad_request(MemberError("$.reason", "is missing; say why nothing more is to be done"))
    return reason


async def redrive_one(ports: Ports, message_id: str, body: Redriving, caller: str) -> Quarantined:
    """Put it back whatever the checks say, unless that was done."""
    who, message = who_of(body.get("author"), caller), await load(ports, message_id)
    if message.state == REDRIVEN:
        return answer(message)
    if why := why_not_sent(message):
        raise Problem(409, "Too large to put back", why)
    async with logged(ports, REDRIVEN, MESSAGE, message.id, who):
        return answer(await put_back(ports, message, who))


async def close_one(ports: Ports, message_id: str, body: Closing, caller: str) -> Quarantined:
    """Close it, unless it is done in another way."""
    who, reason, message = who_of(body.get("author"), caller), reason_of(body), await load(ports, message_id)
    if message.state != KEPT:
        return answer(message)
    async with logged(ports, CLOSED, MESSAGE, message.id, who, reason) as deed:
        message = await close(ports, message, who, reason)
        deed.count = int(message.state == CLOSED)
    return answer(message)


async def resubmit_one(ports: Ports, message_id: str, body: Correction, granter: Granter) -> Resubmitted:
    """Queue the corrected event and mark the message; a repeat is answered as the first call was."""
    caller = granter.principal.name if granter.principal else ""
    who, checked = who_of(body.get("author"), caller), _checked(ports, body.get("body"), granter)
    message = await load(ports, message_id)
    if message.queue != Queue.EVENTS:
        raise Problem(409, "Not an event", f"it came from {message.queue}, which takes only the product's own messages")
    if message.state == REDRIVEN:
        raise Problem(409, "Put back already", "it is kept again if it fails; post a correction of it to POST events")
    corrected, queued = checked.message.body, message.state != RESUBMITTED
    if queued:
        async with logged(ports, RESUBMITTED, MESSAGE, message.id, who):
            message = await resubmit(ports, message, who, corrected)
    if message.state != RESUBMITTED or message.trail[-1].corrected != id_of(Queue.EVENTS.value, corrected):
        raise _ended_otherwise(message, queued=queued)
    shown = cast("Resubmitted", answer(message))
    if warnings := await warnings_of(ports, [("$.body", checked.event)]):
        shown["warnings"] = [{"path": each.path, "message": each.message} for each in warnings]
    return shown


def _ended_otherwise(message: Stored, *, queued: bool) -> Problem:
    if not queued:
        detail = "another corrected event was queued in its place; post a further correction to POST events"
        return Problem(409, "Resubmitted already", detail)
    how = "it came again and is kept" if message.state == KEPT else f"another call ended it: it is {message.state}"
    return Problem(409, "Changed meanwhile", f"the corrected event is queued, but meanwhile {how}")


def _checked(ports: Ports, text: object, granter: Granter) -> Checked:
    """The event in the text; a 400 names each member at fault."""
    ports.storage_clock.check()  # else it would seem to be of the future
    if not isinstance(text, str):
        raise bad_request(MemberError("$.body", "is not right; give the corrected event's JSON as text"))
    try:
        return check(ports, parse_json(text.encode("utf-8", "surrogatepass")), "$.body", granter)
    except PermanentError as fault:
        raise bad_request(*(_within_body(each) for each in fault.errors)) from fault


def _within_body(error: MemberError) -> MemberError:
    return error if error.path.startswith("$.body") else MemberError("$.body", error.message)
