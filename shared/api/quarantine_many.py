"""Ends many quarantined messages over HTTP: those of a list of ids, or all of a fault, a part with each call."""

import re
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from typing import Final

from shared.api.parameters import CURSOR
from shared.api.problems import bad_request
from shared.api.quarantine_endings import reason_of, who_of
from shared.api.quarantine_shapes import MOST_IDS, ClosingMany, Handled, HandledMany, RedrivingMany
from shared.at_once import at_once
from shared.domain.quarantine_faults import MAX_FAULT
from shared.errors import MemberError
from shared.ports import Ports
from shared.storage.change_log import CLOSED, FAULT, MESSAGE, REDRIVEN
from shared.storage.quarantine_lists import Wanted
from shared.storage.quarantined import KEPT
from shared.storage.quarantined import Quarantined as Stored
from shared.workflow.change_log import Deed, logged
from shared.workflow.end_quarantined import close, put_back, why_it_fails

type _Change = Callable[[Stored], Awaitable[Stored]]
type _Refusal = Callable[[Stored], str]
"""Why a kept message is left as it is; empty if it is not."""

type _Logged = Callable[..., AbstractAsyncContextManager[Deed]]
"""Enters in the change log what is done to a subject of a kind."""

_ID: Final = re.compile("[0-9a-f]{32}")
_CHANGED: Final = "it came again, or somebody else ended it, meanwhile"


@dataclass(frozen=True, slots=True)
class _Those:
    """Messages by ids, or a part of those of a fault from a place on, to be looked at by ``one``."""

    ports: Ports
    ids: list[str] | None
    fault: str | None
    after: str
    dry_run: bool

    async def handled(self, one: Callable[[Stored], Awaitable[Handled]]) -> HandledMany:
        async def by_id(message_id: str) -> Handled:
            found = await self.ports.quarantine.load(message_id)
            return await one(found) if found else {"id": message_id, "done": False, "detail": "it is not in quarantine"}

        if self.ids is not None:
            items, cursor = await at_once(by_id, self.ids), None
        else:
            wanted = Wanted(KEPT, fault=self.fault or "")
            messages, cursor = await self.ports.quarantine.page(self.after, MOST_IDS, wanted)
            items = await at_once(one, messages)
        return {"dryRun": self.dry_run, "done": sum(each["done"] for each in items), "items": items, "next": cursor}


async def close_those(ports: Ports, body: ClosingMany, caller: str) -> HandledMany:
    who, reason = who_of(body.get("author"), caller), reason_of(body)
    entered = partial(logged, ports, CLOSED, who=who, why=reason)
    return await _all_of(_those(ports, body), lambda message: close(ports, message, who, reason), lambda _: "", entered)


async def redrive_those(ports: Ports, body: RedrivingMany, caller: str) -> HandledMany:
    """Those that pass the checks of this version."""
    who = who_of(body.get("author"), caller)
    entered = partial(logged, ports, REDRIVEN, who=who)
    return await _all_of(
        _those(ports, body),
        lambda message: put_back(ports, message, who),
        lambda message: why_it_fails(ports, message),
        entered,
    )


async def _all_of(those: _Those, change: _Change, refusal: _Refusal, entered: _Logged) -> HandledMany:
    """What became of each; one entry of the change log for all."""
    dry_run = those.dry_run

    async def one(message: Stored) -> Handled:
        if message.state != KEPT:
            return {"id": message.id, "done": False, "detail": f"it is {message.state} already"}
        if why := refusal(message):
            return {"id": message.id, "done": False, "detail": why}
        if not dry_run and (await change(message)).state == KEPT:
            return {"id": message.id, "done": False, "detail": _CHANGED}
        return {"id": message.id, "done": True}

    if dry_run:
        return await those.handled(one)
    kind, subject = (MESSAGE, " ".join(those.ids)) if those.ids else (FAULT, str(those.fault))
    async with entered(kind=kind, subject=subject) as deed:
        handled = await those.handled(one)
        deed.count = handled["done"]
    return handled


def _those(ports: Ports, body: RedrivingMany) -> _Those:
    dry_run = _dry_run(body)
    if dry_run is False:
        ports.storage_clock.check()
    ids, fault, after = _ids(body), _fault(body), _after(body)
    if (ids is None) == (fault is None):
        raise bad_request(MemberError("$", "names no messages, or names them twice; give ids or fault"))
    return _Those(ports, ids, fault, after, dry_run)


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
