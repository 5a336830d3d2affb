"""Stores work that must happen later: outboxes to send, dates that come due, unfinished fan-outs.

Each has a row here before the write that makes it necessary, found by timers without reading customers. An unneeded row
costs one read. ``at`` is the time of the last progress, RFC 3339 in UTC.
"""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from shared.domain.unknown import NOTHING, Unknown
from shared.storage import keys
from shared.storage.rows import Noun, RowsOf
from shared.storage.store import ANY, Conflict, Span, Table

_LONG_AGO = timedelta(hours=1)
"""A fan-out under way is written at every page, and swept when it stops: one this old has no try of today behind it."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """Recorded decision ``sequence`` of a customer, to be notified if it was committed."""

    customer_id: str
    sequence: int
    at: str = ""
    etag: str = ANY


@dataclass(frozen=True, slots=True)
class Due:
    """A date on which a customer is decided again; ``etag`` names the row as read."""

    day: date
    customer_id: str
    etag: str = field(default=ANY, compare=False)

    @property
    def place(self) -> str:
        return f"{self.day}~{self.customer_id}"

    @classmethod
    def at(cls, place: str) -> "Due | None":
        """What a round that came so far did last; None if it begins."""
        day, _, customer_id = place.partition("~")
        return cls(date.fromisoformat(day), customer_id) if place else None


@dataclass(frozen=True, slots=True)
class FanOut:
    """Customers to decide again because of a partner's ``revision`` or, ``partner_id`` None, a rules epoch.

    With ``decisions``, the format of decisions since an upgrade, ``revision`` is the run of that upgrade. Those up to
    ``after`` (by id) have been handed on, ``handed_on`` in number, ``since`` when it was opened.
    """

    partner_id: str | None
    revision: int
    after: str = ""
    handed_on: int = 0
    at: str = ""
    since: str = ""
    decisions: int = 0
    etag: str = ""
    unknown: Unknown = NOTHING

    def __post_init__(self) -> None:
        object.__setattr__(self, "since", self.since or self.at)

    @property
    def id(self) -> str:
        if self.decisions:
            return f"~{keys.upgrade(self.revision)}"
        return f"{self.partner_id or ''}~{self.revision:010d}"


_OUTBOXES: Final = RowsOf(
    Outbox,
    Table.WORK,
    lambda each: (keys.outbox(each.customer_id), keys.outbox_entry(each.customer_id, each.sequence)),
)
_DUE: Final = RowsOf(
    Due,
    Table.WORK,
    lambda each: (keys.due_on(each.day), keys.due_customer(each.day, each.customer_id)),
    in_key={"day": lambda row: date.fromisoformat(row.partition.removeprefix(keys.DUE))},
)
_FAN_OUTS: Final = RowsOf(
    FanOut, Table.WORK, lambda each: (keys.FAN_OUTS, keys.fan_out(each.id)), sparse=("decisions",), added=("since",)
)


class Work(Noun):
    """The rows of work to come."""

    async def open_outbox(self, customer_id: str, sequence: int, at: str) -> None:
        await _OUTBOXES.merge(self._store, Outbox(customer_id, sequence, at))

    async def close_outbox(self, customer_id: str, sequence: int) -> None:
        await self._store.delete(Table.WORK, keys.outbox(customer_id), keys.outbox_entry(customer_id, sequence))

    async def is_in_outbox(self, customer_id: str, sequence: int) -> bool:
        return await _OUTBOXES.is_there(self._store, Outbox(customer_id, sequence))

    async def drop_outbox(self, outbox: Outbox) -> None:
        """Delete the row unless it was opened again since it was read."""
        await _OUTBOXES.drop(self._store, outbox, outbox.etag)

    async def date_outbox(self, outbox: Outbox, at: str) -> None:
        """Give the row another time unless it was opened again since it was read."""
        with contextlib.suppress(Conflict):
            await _OUTBOXES.merge(self._store, replace(outbox, at=at), outbox.etag)

    async def outboxes(self) -> AsyncIterator[Outbox]:
        """All outbox rows, in no useful order."""
        for partition in keys.OUTBOXES:
            async for outbox in _OUTBOXES.all_of(self._store, Span(partition)):
                yield outbox

    async def add_due(self, customer_id: str, day: date) -> None:
        await _DUE.merge(self._store, Due(day, customer_id))

    async def is_due(self, customer_id: str, day: date) -> bool:
        return await _DUE.is_there(self._store, Due(day, customer_id))

    async def delete_due(self, due: Due) -> None:
        """Delete that version of the row; raises Conflict if it was added again since."""
        key = keys.due_customer(due.day, due.customer_id)
        await self._store.delete(Table.WORK, keys.due_on(due.day), key, due.etag)

    async def due(self, until: date, after: Due | None, limit: int) -> list[Due]:
        """Due rows up to and including ``until``, by date and customer, after ``after`` in its date or later."""
        found: list[Due] = []
        if after is not None:
            first = keys.due_customer(after.day, after.customer_id) + keys.NEXT
            found = await _DUE.page(self._store, Span(keys.due_on(after.day), key_from=first), limit)
        if len(found) < limit:
            partition_from = keys.due_on(after.day) + keys.NEXT if after else keys.DUE
            span = Span(partition_from=partition_from, partition_to=keys.due_on(until) + keys.NEXT)
            found += await _DUE.page(self._store, span, limit - len(found))
        return found

    async def open_fan_out(self, fan_out: FanOut) -> None:
        """Write the fan-out's row, over one left by a try of long ago, unless it is under way; raises Conflict."""
        try:
            await _FAN_OUTS.write(self._store, fan_out)
        except Conflict:
            stored = await self.fan_out(fan_out.id)
            if stored is None:
                raise
            if _age(stored, fan_out) > _LONG_AGO:  # else it could be dropped as abandoned before its cause is written
                await self.advance(replace(fan_out, etag=stored.etag, unknown=stored.unknown))

    async def fan_out(self, fan_out_id: str) -> FanOut | None:
        return await _FAN_OUTS.get(self._store, keys.FAN_OUTS, keys.fan_out(fan_out_id))

    async def advance(self, fan_out: FanOut) -> str:
        """Note the fan-out's progress over version ``fan_out.etag``; gives the new ETag or raises Conflict."""
        return await _FAN_OUTS.write(self._store, fan_out, fan_out.etag)

    async def close_fan_out(self, fan_out: FanOut) -> None:
        await _FAN_OUTS.drop(self._store, fan_out)

    async def drop_fan_out(self, fan_out: FanOut) -> None:
        """Delete the row unless it was opened again since it was read."""
        await _FAN_OUTS.drop(self._store, fan_out, fan_out.etag)

    def fan_outs(self) -> AsyncIterator[FanOut]:
        """All fan-outs under way."""
        return _FAN_OUTS.all_of(self._store, Span(keys.FAN_OUTS))


def _age(stored: FanOut, now: FanOut) -> timedelta:
    return abs(datetime.fromisoformat(now.at) - datetime.fromisoformat(stored.at))
