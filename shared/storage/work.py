"""Stores work that must happen later: outboxes to send, dates that come due.

Each has a row here before the write that makes it necessary, found by timers without reading customers. An unneeded row
costs one read. ``at`` is the time of the last progress, RFC 3339 in UTC.
"""

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from shared.domain.customer_state import CustomerState
from shared.domain.unknown import NOTHING, Unknown
from shared.storage import keys
from shared.storage.rows import Noun, RowsOf
from shared.storage.store import ANY, Conflict, Span, Store, Table


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
    """A date on which a customer is decided again; its row is in that ``part``, and ``etag`` names it as read."""

    day: date
    customer_id: str
    part: str = field(default=keys.DUE, compare=False)
    etag: str = field(default=ANY, compare=False)
    unknown: Unknown = field(default=NOTHING, compare=False)

    @property
    def place(self) -> str:
        """As earlier versions note it, and the part if they have none."""
        return f"{self.day}~{self.customer_id}" + (f"~{self.part}" if self.part != keys.DUE else "")

    @classmethod
    def at(cls, place: str) -> "Due | None":
        """What a round that came so far did last; None if it begins."""
        day, _, rest = place.partition("~")
        customer_id, _, part = rest.partition("~")
        return cls(date.fromisoformat(day), customer_id, part or keys.DUE) if place else None


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
    lambda each: (keys.due_on(each.part, each.day), keys.due_customer(each.day, each.customer_id)),
    in_key={
        "day": lambda row: date.fromisoformat(row.partition.partition("~")[2]),
        "part": lambda row: row.partition.partition("~")[0],
    },
)


class Work(Noun):
    """The rows of work to come; ``is_old``: an earlier version may run, which has the due rows of a date together."""

    def __init__(self, store: Store, *, is_old: bool = False) -> None:
        super().__init__(store)
        self._is_old = is_old

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

    @property
    def due_parts(self) -> Sequence[str]:
        """Where this process has due rows."""
        return (keys.DUE,) if self._is_old else keys.DUE_PARTS

    @property
    def other_due_parts(self) -> Sequence[str]:
        """Where others have them: earlier versions, or processes beside which none of those may run."""
        return keys.DUE_PARTS if self._is_old else (keys.DUE,)

    def _due(self, customer_id: str, day: date) -> Due:
        return Due(day, customer_id, keys.DUE if self._is_old else keys.due_part(customer_id))

    def is_in_its_part(self, due: Due) -> bool:
        return due.part == self._due(due.customer_id, due.day).part

    async def add_due(self, customer_id: str, day: date) -> None:
        await _DUE.merge(self._store, self._due(customer_id, day))

    async def is_due(self, customer_id: str, day: date) -> bool:
        """Wherever a version has the row."""
        for part in (keys.due_part(customer_id), keys.DUE):
            if await _DUE.is_there(self._store, Due(day, customer_id, part)):
                return True
        return False

    async def forget_due(self, customer_id: str, day: date) -> None:
        """Delete the row where this process has it, whatever version it is."""
        await self.delete_due(self._due(customer_id, day))

    async def delete_due(self, due: Due) -> None:
        """Delete that version of the row; raises Conflict if it was added again since."""
        key = keys.due_customer(due.day, due.customer_id)
        await self._store.delete(Table.WORK, keys.due_on(due.part, due.day), key, due.etag)

    async def move_due(self, due: Due) -> None:
        """Write the row where this process has it, then delete it as it was read; raises Conflict if it was added again
        since: then it is in both places."""
        await _DUE.merge(self._store, replace(due, part=self._due(due.customer_id, due.day).part))
        await self.delete_due(due)

    async def due(self, part: str, until: date, after: Due | None, limit: int, since: date = date.min) -> list[Due]:
        """Due rows of a part from ``since`` to ``until``, both included, by date and customer, after ``after``."""
        found: list[Due] = []
        partition_from = keys.due_on(part, since)
        if after is not None and after.part == part and after.day >= since:
            partition = keys.due_on(part, after.day)
            first = keys.after(keys.due_customer(after.day, after.customer_id))
            found = await _DUE.page(self._store, Span(partition, key_from=first), limit)
            partition_from = partition + keys.NEXT
        if len(found) < limit:
            span = Span(partition_from=partition_from, partition_to=keys.due_on(part, until) + keys.NEXT)
            found += await _DUE.page(self._store, span, limit - len(found))
        return found

    async def due_in(self, parts: Sequence[str], after: Due | None, limit: int, since: date = date.min) -> list[Due]:
        """Due rows from ``since`` on, in one part after the other, after ``after``."""
        found: list[Due] = []
        for part in parts[parts.index(after.part) if after and after.part in parts else 0 :]:
            found += await self.due(part, date.max, after, limit - len(found), since)
            if len(found) == limit:
                break
        return found
