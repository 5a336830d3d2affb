"""Ends quarantined messages over HTTP: one, those of a list of ids, or all of a fault, a part with each call."""

import re
from collections.abc import Awaitable, Callable
from typing import Final, cast

from shared.api import bodies
from shared.api.bodies import MAX_NAME, MAX_TEXT
from shared.api.granting import Granter
from shared.api.parameters import CURSOR
from shared.api.posting import Checked, check
from shared.api.problems import Problem, bad_request
from shared.api.quarantine import load
from shared.api.quarantine_shapes import (
    MOST_IDS,
    Closing,
    ClosingMany,
    Correction,
    Handled,
    HandledMany,
    Quarantined,
    Redriving,
    RedrivingMany,
    Resubmitted,
    answer,
)
from shared.at_once import at_once
from shared.domain.quarantine_faults import MAX_FAULT
from shared.domain.strict_json import parse_json
from shared.errors import MemberError, PermanentError
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.storage.quarantine_lists import Wanted
from shared.storage.quarantined import KEPT, REDRIVEN, RESUBMITTED, id_of
from shared.storage.quarantined import Quarantined as Stored
from shared.workflow.end_quarantined import Who, close, put_back, resubmit, why_it_fails, why_not_sent
from shared.workflow.event_warnings import warnings_of

type _Change = Callable[[Stored], Awaitable[Stored]]
type _Refusal = Callable[[Stored], str]
"""Why a kept message is left as it is; empty if it is not."""

_ID: Final = re.compile("[0-9a-f]{32}")
_CHANGED: Final = "it came again, or somebody else ended it, meanwhile"


def _who(author: str | None, caller: str) -> Who:
    (given,) = bodies.texts(author=(author, MAX_NAME))
    return Who(caller or given, bool(caller))


def _reason(body: Closing | ClosingMany) -> str:
    (reason,) = bodies.texts(reason=(body.get("reason"), MAX_TEXT))
    if not reason.strip():
        raise bad_request(MemberError("$.reason", "is missing; say why nothing more is to be done"))
    return reason


async def redrive_one(ports: Ports, message_id: str, body: Redriving, caller: str) -> Quarantined:
    """Put it back whatever the checks say, unless that was done."""
    who, message = _who(body.get("author"), caller), await load(ports, message_id)
    if message.state == REDRIVEN:
        return answer(message)
    if why := why_not_sent(message):
        raise Problem(409, "Too large to put back", why)
    return answer(await put_back(ports, message, who))


async def close_one(ports: Ports, message_id: str, body: Closing, caller: str) -> Quarantined:
    """Close it, unless it is done in another way."""
    who, reason, message = _who(body.get("author"), caller), _reason(body), await load(ports, message_id)
    return answer(await close(ports, message, who, reason) if message.state == KEPT else message)


async def resubmit_one(ports: Ports, message_id: str, body: Correction, granter: Granter) -> Resubmitted:
    """Queue the corrected event and mark the message; a repeat is answered as the first call was."""
    caller = granter.principal.name if granter.principal else ""
    who, checked = _who(body.get("author"), caller), _checked(ports, body.get("body"), granter)
    message = await load(ports, message_id)
    if message.queue != Queue.EVENTS:
        raise Problem(409, "Not an event", f"it came from {message.queue}, which takes only the product's own messages")
    if message.state == REDRIVEN:
        raise Problem(409, "Put back already", "it is kept again if it fails; post a correction of it to POST events")
    corrected, queued = checked.message.body, message.state != RESUBMITTED
    if queued:
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


async def close_those(ports: Ports, body: ClosingMany, caller: str) -> HandledMany:
    who, reason = _who(body.get("author"), caller), _reason(body)
    return await _those(ports, body, lambda message: close(ports, message, who, reason), lambda _: "")


async def redrive_those(ports: Ports, body: RedrivingMany, caller: str) -> HandledMany:
    """Those that pass the checks of this version."""
    who = _who(body.get("author"), caller)
    return await _those(
        ports, body, lambda message: put_back(ports, message, who), lambda message: why_it_fails(ports, message)
    )


async def _those(ports: Ports, body: RedrivingMany, change: _Change, refusal: _Refusal) -> HandledMany:
    dry_run = _dry_run(body)
    if dry_run is False:
        ports.storage_clock.check()
    ids, fault, after = _ids(body), _fault(body), _after(body)
    if (ids is None) == (fault is None):
        raise bad_request(MemberError("$", "names no messages, or names them twice; give ids or fault"))

    async def one(message: Stored) -> Handled:
        if message.state != KEPT:
            return {"id": message.id, "done": False, "detail": f"it is {message.state} already"}
        if why := refusal(message):
            return {"id": message.id, "done": False, "detail": why}
        if not dry_run and (await change(message)).state == KEPT:
            return {"id": message.id, "done": False, "detail": _CHANGED}
        return {"id": message.id, "done": True}

    async def by_id(message_id: str) -> Handled:
        message = await ports.quarantine.load(message_id)
        return await one(message) if message else {"id": message_id, "done": False, "detail": "it is not in quarantine"}

    if ids is not None:
        items, cursor = await at_once(by_id, ids), None
    else:
        messages, cursor = await ports.quarantine.page(after, MOST_IDS, Wanted(KEPT, fault=fault or ""))
        items = await at_once(one, messages)
    return {"dryRun": dry_run, "done": sum(each["done"] for each in items), "items": items, "next": cursor}


def _dry_run(body: RedrivingMany) -> bool:
    found: object = body.get("dryRun", False)
    if not isinstance(found, bool):
        raise bad_request(MemberError("$.dryRun", "is not right; give true or false"))
    return found


def _ids(body: RedrivingMany) -> list[str] | None:
    found: object = body.get("ids")
    if found is None:
        return None
    if not isinstance(found, list) or not 1 <= len(found) <= MOST_IDS or not all(map(_is_id, found)):
        raise bad_request(MemberError("$.ids", f"is not right; give a list of 1 to {MOST_IDS} ids of messages"))
    return list(dict.fromkeys(found))


def _is_id(found: object) -> bool:
    return isinstance(found, str) and _ID.fullmatch(found) is not None


def _fault(body: RedrivingMany) -> str | None:
    found: object = body.get("fault")
    if found is not None and not (isinstance(found, str) and 1 <= len(found) <= MAX_FAULT):
        raise bad_request(MemberError("$.fault", "is not right; give a fault as GET quarantine/faults names it"))
    return found


def _after(body: RedrivingMany) -> str:
    found: object = body.get("after") or ""
    if not isinstance(found, str) or (found and not CURSOR.fullmatch(found)):
        raise bad_request(MemberError("$.after", "is not a cursor; give what the call before answered as next"))
    return found
