"""Exceptions: those that customers were granted, and to grant or revoke one."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, NotRequired

from shared.api.bodies import MAX_NAME, Body
from shared.api.called import CalledName, CalledOwner, called
from shared.api.customers import CustomerId, known_customer
from shared.api.events import Warning as EventWarning
from shared.api.pages import within_page
from shared.api.parameters import AfterId, Limit, Parameter, day
from shared.api.problems import bad_request
from shared.api.route import EXCEPTION_MANAGERS, READERS, Noun, Route, Signed
from shared.api.shapes import Day, Identifier, Moment, Page, TypedDict, among
from shared.domain.customer_state import CustomerState
from shared.domain.event_data import IDENTIFIER
from shared.domain.facts import GrantedException
from shared.errors import MemberError
from shared.ports import Ports

NOUN = Noun("Exceptions", "Who was granted an exception, by whom, why and until when.")

type Place = tuple[date, str, str]
"""Where a page of everybody's ended: a last day, a customer, and which of its exceptions, "" if it was the last."""

REVOKED, STARTS, HOLDS, ENDED = STATES = ("revoked", "starts", "holds", "ended")
_TEXT = {"minLength": 1, "maxLength": MAX_NAME}


class ExceptionItem(TypedDict):
    """An exception in a list."""

    customerId: Identifier
    name: CalledName | None
    owner: CalledOwner | None
    exceptionId: Identifier
    state: Annotated[str, "what it is today: revoked, to start on a later day, holding, or ended", among(STATES)]
    reason: Annotated[str, "why it was granted, or revoked"]
    approvedBy: Annotated[str, "who granted or revoked it"]
    validFrom: Annotated[Day, "its first day"]
    validUntil: Annotated[Day, "its last day"]
    changedAt: Annotated[Moment, "the time of the event that it came from"]


class Grant(TypedDict):
    """An exception to grant; or to revoke, where what is left out stays as it was granted."""

    exceptionId: NotRequired[Annotated[Identifier, "which; of a new one an id is made if it is left out"] | None]
    reason: NotRequired[Annotated[str, "why, on one line", _TEXT] | None]
    approvedBy: NotRequired[Annotated[str, "who approves; a verified caller's name replaces it", _TEXT] | None]
    validFrom: NotRequired[Annotated[Day, "its first day; today if left out"] | None]
    validUntil: NotRequired[Annotated[Day, "its last day"] | None]
    revoked: NotRequired[Annotated[bool, "true: it holds on no day any more"] | None]


class GrantQueued(TypedDict):
    """The exception whose event is on the queue."""

    customerId: Identifier
    exceptionId: Identifier
    approvedBy: Annotated[str, "who grants or revokes it"]
    verified: Annotated[bool, "true: the caller was signed in; false: the name is what was said"]
    warnings: NotRequired[Annotated[list[EventWarning], "left out if there are none"]]


def _example() -> Grant:
    until = date(2027, 3, 31)
    return {"reason": "agreed by the regional lead", "approvedBy": "Programme office", "validUntil": until.isoformat()}


def _place(name: str, value: str | None) -> Place | None:
    if not value:
        return None
    found = re.fullmatch(_PLACE, value)
    if found is None or not (on := day(name, found[1])):
        raise bad_request(MemberError(name, "is not a cursor of this list; give what it answered as next"))
    return on, found[2], found[3] or ""


_ID = IDENTIFIER.pattern
_PLACE = rf"(\d{{4}}-\d\d-\d\d)~({_ID})(?:~({_ID}))?"
_AFTER = "go on after this: what the page before answered as `next`"
AfterPlace = Annotated[
    Place | None, Parameter("after", _place, Annotated[str, _AFTER, {"pattern": f"^{_PLACE}$"}], order=2)
]
EndsBefore = Annotated[
    date | None, Parameter("endsBefore", day, Annotated[Day, "those whose last day is before this day alone"])
]


@Route(
    NOUN,
    "GET",
    "exceptions",
    READERS,
    "The exceptions granted to everybody",
    "Exceptions by their last day, then by customer, revoked ones too.",
    "A page may hold fewer than `limit` while `next` is set.",
)
async def list_exceptions(
    ports: Ports, ends_before: EndsBefore, limit: Limit, after: AfterPlace
) -> Page[ExceptionItem]:
    from shared.api.granted_by_end import page_by_end

    items, last = await page_by_end(ports, ends_before, limit, after)
    shown = within_page(items)
    if len(shown) < len(items):
        last = (date.fromisoformat(shown[-1]["validUntil"]), shown[-1]["customerId"], shown[-1]["exceptionId"])
    return {"items": shown, "next": "~".join(filter(None, map(str, last))) if last else None}


@Route(
    NOUN,
    "GET",
    "customers/{id}/exceptions",
    READERS,
    "The exceptions granted to a customer",
    "Exceptions by their last day, revoked ones too.",
    problems=(404,),
)
async def list_customer_exceptions(
    ports: Ports, customer_id: CustomerId, after: AfterId, limit: Limit
) -> Page[ExceptionItem]:
    found = exceptions_of(await known_customer(ports, customer_id), ports.today())
    start = next((number for number, each in enumerate(found, 1) if each["exceptionId"] == after), 0)
    items = within_page(found[start : start + limit])
    return {"items": items, "next": items[-1]["exceptionId"] if start + len(items) < len(found) else None}


@Route(
    NOUN,
    "POST",
    "customers/{id}/exceptions",
    EXCEPTION_MANAGERS,
    "Grant a customer an exception, or revoke one",
    "The event that says so is on the queue.",
    "It counts if the rules in force have the criterion `exception`; if none of today or later has, `warnings` says "
    "so. To change an exception, grant one with the same `exceptionId`.",
    body=Body(Grant, {"Until a day": _example}),
    status=202,
    problems=(404, 409),
)
async def post_exception(ports: Ports, customer_id: CustomerId, body: Grant, who: Signed = None) -> GrantQueued:
    from shared.api.granting import grant

    return await grant(ports, await known_customer(ports, customer_id), body, who)


def exceptions_of(state: CustomerState, today: date) -> list[ExceptionItem]:
    """All that the customer was ever granted, by the last day."""
    changed = {name: each.time for name, each in state.registers.get(GrantedException.kind, {}).items()}
    found = sorted(state.customer.exceptions, key=lambda each: (each.valid_until, each.exception_id))
    return [_item(state, each, changed[each.exception_id], today) for each in found]


def _item(state: CustomerState, fact: GrantedException, changed_at: str, today: date) -> ExceptionItem:
    return {
        "customerId": state.customer_id,
        **called(state.named),
        "exceptionId": fact.exception_id,
        "state": _state(fact, today),
        "reason": fact.reason,
        "approvedBy": fact.approved_by,
        "validFrom": fact.valid_from.isoformat(),
        "validUntil": fact.valid_until.isoformat(),
        "changedAt": changed_at,
    }


def _state(fact: GrantedException, today: date) -> str:
    if fact.revoked:
        return REVOKED
    if fact.holds(today):
        return HOLDS
    return ENDED if fact.valid_until < today else STARTS
