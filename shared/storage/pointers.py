"""Stores rows that point at customers or partners: an index that is a superset of what is right.

A row is there before the commit that makes it right, and may be left when it is right no longer. What is right is in
the row of whom it points at, by which a reader checks it (``shared/workflow/pointers.py``).
"""

from abc import abstractmethod
from typing import ClassVar, Protocol, Self

from shared.storage import keys
from shared.storage.rows import Noun
from shared.storage.store import ANY, Row, Span, Table


class Pointer(Protocol):
    """What a row says, all of it in its key; ``etag`` names the row as read."""

    @property
    def etag(self) -> str: ...
    @property
    def partition(self) -> str: ...
    @property
    def key(self) -> str: ...
    @classmethod
    def of(cls, row: Row) -> Self: ...


class Pointers[T: Pointer](Noun):
    """The rows of one such index."""

    table: ClassVar[Table]

    @staticmethod
    @abstractmethod
    def read(row: Row) -> T:
        """What a row says; raises ValueError if no row has such a key."""

    async def add(self, entry: T) -> None:
        """Write the row; if it is there, it is another version from now on."""
        await self._store.merge(self.table, Row(entry.partition, entry.key), ANY)

    async def load(self, entry: T) -> T | None:
        row = await self._store.get(self.table, entry.partition, entry.key)
        return self.read(row) if row else None

    async def delete(self, entry: T) -> None:
        """Delete that version of the row; raises Conflict if it was written again since."""
        await self._store.delete(self.table, entry.partition, entry.key, entry.etag)

    async def query(self, span: Span, limit: int) -> list[T]:
        return [self.read(row) for row in await self._store.query(self.table, span, limit)]

    async def rows(self, after: Row | None, limit: int, *, rest_of_partition: bool = True) -> list[Row]:
        """All rows, whatever they hold, after that one: those of the next partitions alone if its
        ``rest_of_partition`` is left out."""
        found: list[Row] = []
        if after is not None and rest_of_partition:
            span = Span(after.partition, key_from=keys.after(after.key))
            found = await self._store.query(self.table, span, limit)
        if len(found) < limit:
            span = Span(partition_from=keys.after(after.partition) if after else "")
            found += await self._store.query(self.table, span, limit - len(found))
        return found
