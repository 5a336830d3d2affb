"""Stores work that must happen later: outboxes to send, dates that come due.

Each has a row here before the write that makes it necessary, found by timers without reading customers. An unneeded row
costs one read. ``at`` is the time of the last progress, RFC 3339 in UTC.
"""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from shared.storage import keys
from shared.storage.rows import Noun, RowsOf
from shared.storage.store import ANY, Conflict, Span, Table


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
