"""Stores the lists of customers by the day on which they lose or gain eligibility: of everybody, and of each partner;
and by the last day of an exception, of everybody.

A row names a customer and a day, and is a superset: it is there before the commit that makes it right, and may be left
when it is right no longer. What is right is in the customer's own row, by which a reader checks it
(``shared/workflow/upcoming.py``).

A further scope of the lists is a function in ``keys``, and a line where the entries of a customer are made.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from shared.storage import keys
from shared.storage.rows import Noun
from shared.storage.store import ANY, Row, Span, Table


class DayKind(StrEnum):
    """What happens to a customer on a day: it loses eligibility, or gains it; or the day is the last of an exception
    that it was granted."""

    LOSES = "loses"
    GAINS = "gains"
    EXCEPTION = "exception"


OF_OUTCOMES = (DayKind.LOSES, DayKind.GAINS)


@dataclass(frozen=True, slots=True)
class Entry:
    """That something happens to a customer on a day, in the list of a scope; ``etag`` names its row as read."""

    kind: str
    scope: str
    day: date
    customer_id: str
    etag: str = field(default=ANY, compare=False)

    @property
    def partition(self) -> str:
        return keys.upcoming(self.kind, self.scope)

    @property
    def key(self) -> str:
        return keys.upcoming_on(self.partition, self.day, self.customer_id)

    @classmethod
    def named(cls, key: str) -> "Entry":
        """Raises ValueError if no row has such a key."""
        partition, day, customer_id = key.rsplit("~", 2)
        kind, scope = partition.split("~", 1)
        return cls(DayKind(kind), scope, date.fromisoformat(day), customer_id)

    @classmethod
    def of(cls, row: Row) -> "Entry":
        return replace(cls.named(row.key), etag=row.etag)


class Upcoming(Noun):
    """The rows of the lists."""

    async def add(self, entry: Entry) -> None:
        """Write the row; if it is there, it is another version from now on."""
        await self._store.merge(Table.UPCOMING, Row(entry.partition, entry.key), ANY)

    async def load(self, entry: Entry) -> Entry | None:
        row = await self._store.get(Table.UPCOMING, entry.partition, entry.key)
        return Entry.of(row) if row else None

    async def delete(self, entry: Entry) -> None:
        """Delete that version of the row; raises Conflict if it was written again since."""
        await self._store.delete(Table.UPCOMING, entry.partition, entry.key, entry.etag)

    async def page(self, first: Entry, until: date, limit: int, *, is_after: bool = False) -> list[Entry]:
        """Entries of the list that ``first`` is in, from there on, or after it, until a day, by day and customer."""
        partition = first.partition
        key_from = keys.after(first.key) if is_after else first.key
        span = Span(partition, key_from=key_from, key_to=keys.upcoming_on(partition, until) + keys.END)
        return [Entry.of(row) for row in await self._store.query(Table.UPCOMING, span, limit)]

    async def rows(self, after: Row | None, limit: int, *, rest_of_list: bool = True) -> list[Row]:
        """Rows of all lists, whatever they hold, after that one: those of the next lists alone if its ``rest_of_list``
        is left out."""
        found: list[Row] = []
        if after is not None and rest_of_list:
            span = Span(after.partition, key_from=keys.after(after.key))
            found = await self._store.query(Table.UPCOMING, span, limit)
        if len(found) < limit:
            span = Span(partition_from=keys.after(after.partition) if after else "")
            found += await self._store.query(Table.UPCOMING, span, limit - len(found))
        return found
