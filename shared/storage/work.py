"""Stores work that must happen later: outboxes to send, dates that come due, unfinished fan-outs.

Each has a row here before the write that makes it necessary, found by timers without reading customers. An unneeded row
costs one read. ``at`` is the time of the last progress, RFC 3339 in UTC.
"""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from shared.domain.unknown import NOTHING, Unknown
from shared.storage import keys
from shared.storage.formats import known, unknown, with_unknown
from shared.storage.store import ANY, Conflict, Row, Span, Store, Table, Value

_PAGE = 1000
_FAN_OUT: Final = known("partnerId", "revision", "after", "handedOn", "at", "since", "decisions")
_LONG_AGO = timedelta(hours=1)
"""A fan-out under way is written at every page, and swept when it stops: one this old has no try of today behind it."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """Recorded decision ``sequence`` of a customer, to be notified if it came to be."""

    customer_id: str
    sequence: int
    at: str
    etag: str


@dataclass(frozen=True, slots=True)
class Due:
    """A date on which a customer's decision may change; ``etag`` names the row as read."""

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

    @property
    def id(self) -> str:
        if self.decisions:
            return f"~{keys.upgrade(self.revision)}"
        return f"{self.partner_id or ''}~{self.revision:010d}"


class Work:
    """The rows of work to come."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def open_outbox(self, customer_id: str, sequence: int, at: str) -> None:
        key = keys.outbox_entry(customer_id, sequence)
        row = Row(keys.outbox(customer_id), key, {"customerId": customer_id, "sequence": sequence, "at": at})
        await self._store.merge(Table.WORK, row, ANY)

    async def close_outbox(self, customer_id: str, sequence: int) -> None:
        await self._store.delete(Table.WORK, keys.outbox(customer_id), keys.outbox_entry(customer_id, sequence))

    async def is_in_outbox(self, customer_id: str, sequence: int) -> bool:
        key = keys.outbox_entry(customer_id, sequence)
        return await self._store.get(Table.WORK, keys.outbox(customer_id), key) is not None

    async def drop_outbox(self, outbox: Outbox) -> None:
        """Delete the row unless it was opened again since it was read."""
        key = keys.outbox_entry(outbox.customer_id, outbox.sequence)
        with contextlib.suppress(Conflict):
            await self._store.delete(Table.WORK, keys.outbox(outbox.customer_id), key, outbox.etag)

    async def date_outbox(self, outbox: Outbox, at: str) -> None:
        """Give the row another time unless it was opened again since it was read."""
        row = Row(keys.outbox(outbox.customer_id), keys.outbox_entry(outbox.customer_id, outbox.sequence), {"at": at})
        with contextlib.suppress(Conflict):
            await self._store.merge(Table.WORK, row, outbox.etag)

    async def outboxes(self) -> AsyncIterator[Outbox]:
        """All outbox rows, in no useful order."""
        for partition in keys.OUTBOXES:
            async for row in _all_rows(self._store, partition):
                yield _outbox(row)

    async def add_due(self, customer_id: str, day: date) -> None:
        row = Row(keys.due_on(day), keys.due_customer(day, customer_id), {"customerId": customer_id})
        await self._store.merge(Table.WORK, row, ANY)

    async def is_due(self, customer_id: str, day: date) -> bool:
        return await self._store.get(Table.WORK, keys.due_on(day), keys.due_customer(day, customer_id)) is not None

    async def delete_due(self, due: Due) -> None:
        """Delete that version of the row; raises Conflict if it was added again since."""
        key = keys.due_customer(due.day, due.customer_id)
        await self._store.delete(Table.WORK, keys.due_on(due.day), key, due.etag)

    async def due(self, until: date, after: Due | None, limit: int) -> list[Due]:
        """Due rows up to and including ``until``, by date and customer, after ``after`` in its date or later."""
        rows: list[Row] = []
        if after is not None:
            first = keys.due_customer(after.day, after.customer_id) + keys.NEXT
            rows = await self._store.query(Table.WORK, Span(keys.due_on(after.day), key_from=first), limit)
        if len(rows) < limit:
            partition_from = keys.due_on(after.day) + keys.NEXT if after else keys.DUE
            span = Span(partition_from=partition_from, partition_to=keys.due_on(until) + keys.NEXT)
            rows += await self._store.query(Table.WORK, span, limit - len(rows))
        return [_due(row) for row in rows]

    async def open_fan_out(self, fan_out: FanOut) -> None:
        """Write the fan-out's row, over one left by a try of long ago, unless it stands; raises Conflict."""
        try:
            await self._store.write(Table.WORK, _fan_out_row(fan_out))
        except Conflict:
            standing = await self.fan_out(fan_out.id)
            if standing is None:
                raise
            if _age(standing, fan_out) > _LONG_AGO:  # else it could be dropped as abandoned before its cause is written
                await self.advance(replace(fan_out, etag=standing.etag, unknown=standing.unknown))

    async def fan_out(self, fan_out_id: str) -> FanOut | None:
        row = await self._store.get(Table.WORK, keys.FAN_OUTS, keys.fan_out(fan_out_id))
        return _fan_out(row) if row else None

    async def advance(self, fan_out: FanOut) -> str:
        """Note the fan-out's progress over version ``fan_out.etag``; gives the new ETag or raises Conflict."""
        return await self._store.write(Table.WORK, _fan_out_row(fan_out), fan_out.etag)

    async def close_fan_out(self, fan_out: FanOut) -> None:
        await self._store.delete(Table.WORK, keys.FAN_OUTS, keys.fan_out(fan_out.id))

    async def drop_fan_out(self, fan_out: FanOut) -> None:
        """Delete the row unless it was opened again since it was read."""
        with contextlib.suppress(Conflict):
            await self._store.delete(Table.WORK, keys.FAN_OUTS, keys.fan_out(fan_out.id), fan_out.etag)

    async def fan_outs(self) -> AsyncIterator[FanOut]:
        """All fan-outs under way."""
        async for row in _all_rows(self._store, keys.FAN_OUTS):
            yield _fan_out(row)


def _age(standing: FanOut, now: FanOut) -> timedelta:
    return abs(datetime.fromisoformat(now.at) - datetime.fromisoformat(standing.at))


async def _all_rows(store: Store, partition: str) -> AsyncIterator[Row]:
    key_from = ""
    while True:
        rows = await store.query(Table.WORK, Span(partition, key_from=key_from), _PAGE)
        for row in rows:
            yield row
        if len(rows) < _PAGE:
            return
        key_from = rows[-1].key + keys.NEXT


def _outbox(row: Row) -> Outbox:
    properties: Mapping[str, Any] = row.properties
    return Outbox(properties["customerId"], properties["sequence"], properties["at"], row.etag)


def _due(row: Row) -> Due:
    properties: Mapping[str, Any] = row.properties
    return Due(date.fromisoformat(row.partition.removeprefix(keys.DUE)), properties["customerId"], row.etag)


def _fan_out_row(fan_out: FanOut) -> Row:
    properties: dict[str, Value] = {
        "partnerId": fan_out.partner_id or "",
        "revision": fan_out.revision,
        "after": fan_out.after,
        "handedOn": fan_out.handed_on,
        "at": fan_out.at,
        "since": fan_out.since or fan_out.at,
        **({"decisions": fan_out.decisions} if fan_out.decisions else {}),
    }
    return Row(keys.FAN_OUTS, keys.fan_out(fan_out.id), with_unknown(fan_out.unknown, properties))


def _fan_out(row: Row) -> FanOut:
    properties: Mapping[str, Any] = row.properties
    return FanOut(
        properties["partnerId"] or None,
        properties["revision"],
        properties["after"],
        properties["handedOn"],
        properties["at"],
        properties.get("since", properties["at"]),
        properties.get("decisions", 0),
        row.etag,
        unknown(row, _FAN_OUT),
    )
