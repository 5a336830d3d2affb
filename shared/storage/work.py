"""Stores work that must happen later: outboxes to send, dates that come due.

Each has a row here before the write that makes it necessary, found by timers without reading customers. An unneeded row
costs one read. ``at`` is the time of the last progress, RFC 3339 in UTC.
"""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from shared.domain.customer_state import CustomerState
from shared.storage import keys
from shared.storage.rows import Noun, RowsOf
from shared.storage.store import ANY, Conflict, Span, Table


@dataclass(frozen=True, slots=True)
class Outbox:
    """A commit of a customer, if it was made: recorded decision ``sequence`` has to be notified, and the row in the
    population index written. One that recorded no decision has a number, ``commit``.

    ``is_older``: a version that has no population index opened it.
    """

    customer_id: str
    sequence: int
    at: str = ""
    commit: int = 0
    is_older: bool = False
    etag: str = field(default=ANY, compare=False)

    def is_committed(self, state: CustomerState) -> bool:
        return state.sequence >= self.sequence and state.indexed.commit >= self.commit

    @property
    def key(self) -> str:
        """Versions without the index send what such a row says; the row, under this name, they leave to the others."""
        if self.is_older:
            return keys.older_outbox_entry(self.customer_id, self.sequence)
        return keys.commit(self.customer_id, self.sequence, self.commit)


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
    lambda each: (keys.outbox(each.customer_id), each.key),
    sparse=("commit",),
    in_key={"is_older": lambda row: row.key.startswith(keys.OLDER_OUTBOX)},
)
_DUE: Final = RowsOf(
    Due,
    Table.WORK,
    lambda each: (keys.due_on(each.day), keys.due_customer(each.day, each.customer_id)),
    in_key={"day": lambda row: date.fromisoformat(row.partition.removeprefix(keys.DUE))},
)


class Work(Noun):
    """The rows of work to come."""

    async def open_outbox(self, outbox: Outbox) -> None:
        await _OUTBOXES.merge(self._store, outbox)

    async def close_outbox(self, outbox: Outbox) -> None:
        """Delete the row, or that version of it: nobody else can make that commit any more."""
        await _OUTBOXES.drop(self._store, outbox, outbox.etag)

    async def is_in_outbox(self, customer_id: str, sequence: int) -> bool:
        rows = (Outbox(customer_id, sequence), Outbox(customer_id, sequence, is_older=True))
        return any([await _OUTBOXES.is_there(self._store, each) for each in rows])

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
