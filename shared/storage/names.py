"""Stores the indexes of customers and partners by the words of their names and by owner.

A row points at a customer or a partner with a text (``shared/workflow/names.py``).
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from shared.storage import keys
from shared.storage.pointers import Pointers
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


class Names(Pointers[Entry]):
    """The rows of the indexes."""

    table = Table.NAMES
    read = staticmethod(Entry.of)

    async def beginning(self, partition: str, text: str, limit: int) -> list[Entry]:
        """Names of a partition that begin with a text, by name."""
        first = keys.named_by(partition, By.NAME, text)
        end = keys.named_by(partition, By.NAME, text, keys.END)  # after those with that text and no more of it
        return await self.query(Span(partition, key_from=first, key_to=end), limit)

    async def owned(self, partition: str, text: str, after: str, limit: int) -> list[str]:
        """Ids of those of a partition that have an owner, after ``after``."""
        first = keys.named_by(partition, By.OWNER, text, "")
        span = Span(partition, key_from=keys.after(after, first), key_to=first + keys.END)
        return [each.id for each in await self.query(span, limit)]
