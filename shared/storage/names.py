"""Stores the indexes of customers and partners by the words of their names and by owner.

A row names a text and whom it is of, and is a superset: it is there before the commit that makes it right, and may be
left when it is right no longer. What is right is in the row of whom it names, by which a reader checks it
(``shared/workflow/names.py``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from shared.storage import keys
from shared.storage.rows import Noun
from shared.storage.store import ANY, Row, Span, Table

_MOST_BYTES = 64
"""Of a text in a key: a longer one is found by its beginning."""


class Whose(StrEnum):
    """Of what a row names one."""

    CUSTOMER = "customer"
    PARTNER = "partner"


class By(StrEnum):
    """What the text of a row is: a name from one of its words on, or an owner; both folded."""

    NAME = "name"
    OWNER = "owner"


def in_key(text: str) -> str:
    """What of a text a key has: of two texts, the one that begins another does so here."""
    return text.encode()[:_MOST_BYTES].hex()


@dataclass(frozen=True, slots=True)
class Entry:
    """That a customer or a partner has a name or an owner; ``etag`` names its row as read."""

    whose: str
    by: str
    text: str
    id: str
    etag: str = field(default=ANY, compare=False)

    @property
    def partition(self) -> str:
        return keys.named(self.whose, self.id)

    @property
    def key(self) -> str:
        return keys.named_by(self.partition, self.by, self.text, self.id)

    @classmethod
    def named(cls, key: str) -> "Entry":
        """Raises ValueError if no row has such a key."""
        whose, _, by, text, named_id = key.split("~")
        return cls(Whose(whose), By(by), text, named_id)

    @classmethod
    def of(cls, row: Row) -> "Entry":
        return replace(cls.named(row.key), etag=row.etag)


class Names(Noun):
    """The rows of the indexes."""

    async def add(self, entry: Entry) -> None:
        """Write the row; if it is there, it is another version from now on."""
        await self._store.merge(Table.NAMES, Row(entry.partition, entry.key), ANY)

    async def load(self, entry: Entry) -> Entry | None:
        row = await self._store.get(Table.NAMES, entry.partition, entry.key)
        return Entry.of(row) if row else None

    async def delete(self, entry: Entry) -> None:
        """Delete that version of the row; raises Conflict if it was written again since."""
        await self._store.delete(Table.NAMES, entry.partition, entry.key, entry.etag)

    async def beginning(self, partition: str, text: str, limit: int) -> list[Entry]:
        """Names of a partition that begin with a text, by name."""
        first = keys.named_by(partition, By.NAME, text)
        end = keys.named_by(partition, By.NAME, text, keys.END)  # after those with that text and no more of it
        return await self._entries(Span(partition, key_from=first, key_to=end), limit)

    async def owned(self, partition: str, text: str, after: str, limit: int) -> list[str]:
        """Ids of those of a partition that have an owner, after ``after``."""
        first = keys.named_by(partition, By.OWNER, text, "")
        span = Span(partition, key_from=keys.after(after, first), key_to=first + keys.END)
        return [each.id for each in await self._entries(span, limit)]

    async def _entries(self, span: Span, limit: int) -> list[Entry]:
        return [Entry.of(row) for row in await self._store.query(Table.NAMES, span, limit)]

    async def rows(self, after: Row | None, limit: int) -> Sequence[Row]:
        """Rows of all indexes, whatever they hold, after that one."""
        found: list[Row] = []
        if after is not None:
            found = await self._store.query(Table.NAMES, Span(after.partition, key_from=keys.after(after.key)), limit)
        if len(found) < limit:
            span = Span(partition_from=keys.after(after.partition) if after else "")
            found += await self._store.query(Table.NAMES, span, limit - len(found))
        return found
