"""Stores the lists of customers by the day on which they lose or gain eligibility: of everybody, and of each partner;
and by the last day of an exception, of everybody.

A row points at a customer with a day (``shared/workflow/upcoming.py``).

A further scope of the lists is a function in ``keys``, and a line where the entries of a customer are made.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from shared.storage import keys
from shared.storage.pointers import Pointers
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


class Upcoming(Pointers[Entry]):
    """The rows of the lists."""

    table = Table.UPCOMING
    read = staticmethod(Entry.of)

    async def page(self, first: Entry, until: date, limit: int, *, is_after: bool = False) -> list[Entry]:
        """Entries of the list that ``first`` is in, from there on, or after it, until a day, by day and customer."""
        partition = first.partition
        key_from = keys.after(first.key) if is_after else first.key
        span = Span(partition, key_from=key_from, key_to=keys.upcoming_on(partition, until) + keys.END)
        return await self.query(span, limit)
