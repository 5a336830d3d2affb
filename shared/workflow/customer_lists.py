"""Finds the customers of a page of a list: by an index that may name too many, each checked by its own row."""

import heapq
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.at_once import AT_ONCE, at_once
from shared.domain.named import folded
from shared.ports import Ports
from shared.storage import keys
from shared.storage.listed import Listed
from shared.storage.names import in_key
from shared.storage.upcoming import DayKind, Entry

type Look[T] = Callable[[T], Awaitable[Listed | None]]
"""A customer as it is, found by an item of an index, or None if it is not one of the list."""

_MORE = 8
"""Rows of each range beyond twice its part of a page: if it has still more, the page ends early."""


@dataclass(frozen=True, slots=True)
class ByDay:
    """The customers to whom something happens from one day to another, both included: all, or those of a partner."""

    kind: DayKind
    since: date
    until: date
    partner_id: str = ""

    @property
    def scopes(self) -> Sequence[str]:
        return (keys.of_partner(self.partner_id),) if self.partner_id else keys.EVERYBODY


async def entries_by_day(
    ports: Ports, asked: ByDay, after: tuple[date, str] | None, limit: int
) -> tuple[list[Entry], bool]:
    """The next entries by day and customer, after one, and whether there are more; a read for each range."""
    scopes, is_after = asked.scopes, after is not None and after[0] >= asked.since
    day, customer_id = after if after is not None and is_after else (asked.since, "")
    most = limit + 1 if len(scopes) == 1 else _most_of_each(limit, len(scopes))

    async def of(scope: str) -> list[Entry]:
        first = Entry(asked.kind, scope, day, customer_id)
        return await ports.upcoming.page(first, asked.until, most, is_after=is_after)

    return _merged(await at_once(of, scopes), most, limit, _place)


async def ids_of_owner(ports: Ports, owner: str, after: str, limit: int) -> tuple[list[str], bool]:
    """The next customers of an owner by id, after one, and whether there are more; a read for each range."""
    text, most = in_key(folded(owner)), _most_of_each(limit, len(keys.NAMED_CUSTOMERS))
    ranges = await at_once(lambda each: ports.names.owned(each, text, after, most), keys.NAMED_CUSTOMERS)
    return _merged(ranges, most, limit, str)


def _most_of_each(limit: int, ranges: int) -> int:
    return 2 * limit // ranges + _MORE


def _merged[T](ranges: Sequence[list[T]], most: int, limit: int, place: Callable[[T], Any]) -> tuple[list[T], bool]:
    """The first of ranges that are read up to ``most``, and whether there are more."""
    merged = list(heapq.merge(*ranges, key=place))
    cut = [place(each[-1]) for each in ranges if len(each) == most]
    if cut:  # what follows there may come before the rest of others
        merged = [each for each in merged if place(each) <= min(cut)]
    return merged[:limit], bool(cut) or len(merged) > limit


def _place(entry: Entry) -> tuple[date, str]:
    return entry.day, entry.customer_id


async def looked_at[T](look: Look[T], items: Sequence[T], most_left_out: int) -> list[Listed | None]:
    """What each is, until so many are none of the list: then there are fewer than were asked for."""
    found: list[Listed | None] = []
    left = most_left_out
    while left > 0 and len(found) < len(items):
        page = await at_once(look, items[len(found) : len(found) + min(left, AT_ONCE)])
        left -= page.count(None)
        found += page
    return found


def look_at_customer(ports: Ports, partner_id: str = "") -> Look[str]:
    """By a few columns of its row; where it has to be attached to a partner, by its facts."""

    async def attached(customer_id: str) -> Listed | None:
        state = await ports.customers.head(customer_id)
        return Listed.of_state(state) if state and partner_id in state.customer.partner_ids else None

    return attached if partner_id else ports.customers.listed


def look_at_entry(ports: Ports, asked: ByDay) -> Look[Entry]:
    """The customer, if that is the day on which it happens."""
    look = look_at_customer(ports, asked.partner_id)

    async def right(entry: Entry) -> Listed | None:
        listed = await look(entry.customer_id)
        day = listed and (listed.loses_on if asked.kind is DayKind.LOSES else listed.gains_on)
        return listed if day == entry.day else None

    return right
