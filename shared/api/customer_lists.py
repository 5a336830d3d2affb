"""Lists of customers: all of them, and those who lose or gain eligibility, by day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import Annotated, NamedTuple

from shared.api.called import CalledName, CalledOwner, called, owner_text
from shared.api.parameters import Limit, Parameter, day, identifier, one_of
from shared.api.problems import bad_request
from shared.api.route import READERS, Noun, Route
from shared.api.shapes import STATUSES, Day, Identifier, Moment, Page, TypedDict, among
from shared.domain.decision import Status
from shared.domain.event_data import IDENTIFIER
from shared.domain.named import folded
from shared.errors import MemberError
from shared.ports import Ports
from shared.storage.keys import NAMED_CUSTOMERS
from shared.storage.listed import Listed
from shared.storage.upcoming import OF_OUTCOMES, DayKind, Entry
from shared.workflow.customer_lists import (
    ByDay,
    Look,
    entries_by_day,
    ids_of_owner,
    look_at_customer,
    look_at_entry,
    looked_at,
)

NOUN = Noun("Customers", "Who is eligible, since when and until when, and why.")

MOST_READS = 20
"""Of a page of customers, besides one for each that is shown."""
_ONE_DAY = timedelta(days=1)


class Wanted(NamedTuple):
    """The customers that a list is of; "" of all."""

    status: str = ""
    owner: str = ""


type Place = tuple[date | None, str]
"""Where a page ended: a customer's id, in a list by day with the day before it."""


class CustomerItem(TypedDict):
    """A customer in a list."""

    customerId: Identifier
    name: CalledName | None
    owner: CalledOwner | None
    status: Annotated[str, "the current status", STATUSES]
    byException: Annotated[bool, "whether it is eligible by exception"]
    undecided: Annotated[bool, "true: it could not be decided; null if an earlier version decided it"] | None
    sequence: Annotated[int, "number of the last recorded decision"]
    decidedAt: Annotated[Moment, "when the customer was decided last"]
    since: Annotated[Day, "the day of the last change of status"] | None
    losesOn: Annotated[Day, "the day on which it loses eligibility if no event comes"] | None
    gainsOn: Annotated[Day, "the day on which it becomes eligible if no event comes"] | None
    spend: Annotated[str, "its counted spend when it was decided last"] | None
    why: Annotated[str, "its reasons in one line, as of its last recorded decision"] | None


class UpcomingItem(TypedDict):
    """A customer who loses or gains eligibility on a day if no event comes."""

    on: Annotated[Day, "the day"]
    customerId: Identifier
    name: CalledName | None
    owner: CalledOwner | None
    because: Annotated[str, "the reasons on that day in one line, as known when that day was first foreseen"]
    spend: Annotated[str, "its counted spend when it was decided last"]


def _place(name: str, value: str | None) -> Place:
    if not value:
        return None, ""
    found = re.fullmatch(_PLACE, value)
    if found is None:
        raise _no_cursor(name)
    on = found[1]
    return (day(name, on.removesuffix("~")) if on else None), found[2]


def _partner(name: str, value: str | None) -> str:
    return identifier(name, value) if value is not None else ""


def _kind(name: str, value: str | None) -> DayKind:
    return DayKind(one_of(OF_OUTCOMES)(name, value) or DayKind.LOSES)


_PLACE = rf"(\d{{4}}-\d\d-\d\d~)?({IDENTIFIER.pattern})"
_AFTER = "go on after this: what the page before answered as `next`"
UNDECIDED = "undecided"
_STATUSES = (Status.ELIGIBLE.value, Status.INELIGIBLE.value, UNDECIDED)
_OF_STATUS = "customers of this status alone; `undecided`: of those that are not eligible, who cannot be decided"
After = Annotated[Place, Parameter("after", _place, Annotated[str, _AFTER, {"pattern": f"^{_PLACE}$"}], order=2)]
OfStatus = Annotated[str, Parameter("status", one_of(_STATUSES), Annotated[str, _OF_STATUS, among(_STATUSES)])]
LosesBefore = Annotated[
    date | None,
    Parameter("losesBefore", day, Annotated[Day, "customers who lose eligibility before this day alone, by that day"]),
]
OfPartner = Annotated[
    str, Parameter("partner", _partner, Annotated[Identifier, "customers that this partner works for alone"])
]
OfOwner = Annotated[str, Parameter("owner", owner_text, Annotated[str, "those of this owner alone, in any case"])]
From = Annotated[date | None, Parameter("from", day, Annotated[Day, "the first day; today if left out"])]
To = Annotated[date | None, Parameter("to", day, Annotated[Day, "the last day; no end if left out"])]
OfKind = Annotated[
    DayKind, Parameter("kind", _kind, Annotated[str, "what happens to them; `loses` if left out", among(OF_OUTCOMES)])
]


@Route(
    NOUN,
    "GET",
    "customers",
    READERS,
    "List customers with their current status",
    "Customers by id; with `losesBefore` by the day of the loss, then by id. Who is only described is not listed.",
    "With a filter a page may hold fewer than `limit`, even none, while `next` is set: so many rows are read at most.",
)
async def list_customers(
    ports: Ports,
    status: OfStatus,
    loses_before: LosesBefore,
    partner: OfPartner,
    owner: OfOwner,
    limit: Limit,
    after: After,
) -> Page[CustomerItem]:
    on, customer_id = after
    if customer_id and (on is None) == (loses_before is not None):
        raise _no_cursor("after")
    if loses_before is not None:
        return await _losing(ports, Wanted(status, owner), loses_before, partner, limit, after)
    ids, are_more, reads = await _ids(ports, partner, owner, customer_id, limit)
    look = _wanted(look_at_customer(ports, partner), Wanted(status, owner))
    found = await looked_at(look, ids, MOST_READS - reads)
    items = [customer_item(each) for each in found if each]
    return {"items": items, "next": ids[len(found) - 1] if found and (len(found) < len(ids) or are_more) else None}


async def _ids(ports: Ports, partner: str, owner: str, after: str, limit: int) -> tuple[Sequence[str], bool, int]:
    """Of more customers than are in the list, whether there are still more, and in how many reads."""
    if owner and not partner:
        return *await ids_of_owner(ports, owner, after, limit), len(NAMED_CUSTOMERS)
    of = partial(ports.indexes.attached, partner) if partner else ports.indexes.directory
    ids = await of(after, limit + 1)
    return ids[:limit], len(ids) > limit, 1


async def _losing(
    ports: Ports, wanted: Wanted, before: date, partner: str, limit: int, after: Place
) -> Page[CustomerItem]:
    """Of a partner too by the list by day: most of its customers may lose nothing."""
    if before == date.min:
        return {"items": [], "next": None}
    asked = ByDay(DayKind.LOSES, date.min, before - _ONE_DAY, partner)
    entries, are_more = await entries_by_day(ports, asked, _day_of(after), limit)
    look = _wanted(look_at_entry(ports, asked), wanted)
    found = await looked_at(look, entries, MOST_READS - len(asked.scopes))
    items = [customer_item(each) for each in found if each]
    return {"items": items, "next": _next(entries, len(found), are_more)}


def _wanted[T](look: Look[T], wanted: Wanted) -> Look[T]:
    owner = folded(wanted.owner)

    async def if_wanted(item: T) -> Listed | None:
        listed = await look(item)
        if listed is None or (wanted.status and not _is_of(listed, wanted.status)):
            return None
        return listed if not owner or folded(listed.named.owner) == owner else None

    return if_wanted if wanted.status or owner else look


def _is_of(listed: Listed, status: str) -> bool:
    return bool(listed.undecided) if status == UNDECIDED else listed.status == status


@Route(
    NOUN,
    "GET",
    "upcoming",
    READERS,
    "Who loses or gains eligibility, by day",
    "Customers by day, then by id.",
    "Days are those of the current decisions: what happens if no event comes, by the rule sets known. A customer has "
    "one such day at most, the next one. A page may hold fewer than `limit` while `next` is set.",
)
async def list_upcoming(  # noqa: PLR0913, PLR0917  each is a parameter of the route
    ports: Ports, since: From, until: To, kind: OfKind, partner: OfPartner, owner: OfOwner, limit: Limit, after: After
) -> Page[UpcomingItem]:
    if after[1] and after[0] is None:
        raise _no_cursor("after")
    asked = ByDay(kind, since or ports.today(), until or date.max, partner)
    entries, are_more = await entries_by_day(ports, asked, _day_of(after), limit)
    found = await looked_at(_wanted(look_at_entry(ports, asked), Wanted(owner=owner)), entries, limit)
    items = [_upcoming_item(entry, each) for entry, each in zip(entries, found, strict=False) if each]
    return {"items": items, "next": _next(entries, len(found), are_more)}


def _day_of(after: Place) -> tuple[date, str] | None:
    on, customer_id = after
    return (on, customer_id) if on else None


def _next(entries: Sequence[Entry], looked_at: int, are_more: bool) -> str | None:
    if looked_at == len(entries) and not are_more:
        return None
    last = entries[looked_at - 1]
    return f"{last.day}~{last.customer_id}"


def customer_item(each: Listed) -> CustomerItem:
    return {
        "customerId": each.customer_id,
        **called(each.named),
        "status": each.status,
        "byException": each.by_exception,
        "undecided": each.undecided,
        "sequence": each.sequence,
        "decidedAt": each.decided_at,
        "since": each.since,
        "losesOn": _day_text(each.loses_on),
        "gainsOn": _day_text(each.gains_on),
        "spend": each.spend,
        "why": each.why,
    }


def _upcoming_item(entry: Entry, each: Listed) -> UpcomingItem:
    return {
        "on": entry.day.isoformat(),
        "customerId": each.customer_id,
        **called(each.named),
        "because": each.because or "",
        "spend": each.spend or "",
    }


def _day_text(on: date | None) -> str | None:
    return on.isoformat() if on else None


def _no_cursor(name: str) -> Exception:
    return bad_request(
        MemberError(name, "is not a cursor of this list; give what it answered as next, or leave it out")
    )
