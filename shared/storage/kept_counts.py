"""Counts the kept messages of the quarantine without reading them.

A partition has several counts. A change draws one of them by chance and is written in the transaction of the message's
own row, so that few writers meet and none is counted without its message. Only their sum says something.
"""

import random
from dataclasses import dataclass, replace
from typing import Final

from shared.at_once import at_once
from shared.domain.unknown import NOTHING, Unknown
from shared.storage import keys
from shared.storage.rows import Noun, RowsOf
from shared.storage.store import Span, Store, Table, Write

COUNTS = 16
"""Of a partition."""


@dataclass(frozen=True, slots=True)
class _Count:
    """``kept``: of the partition's messages, those counted here; below zero if more of them ended here than began."""

    partition: str
    number: int
    kept: int = 0
    etag: str = ""
    unknown: Unknown = NOTHING


_COUNTS: Final = RowsOf(
    _Count,
    Table.QUARANTINE,
    lambda each: (each.partition, keys.kept_count(each.partition, each.number)),
    in_key={"partition": lambda row: row.partition, "number": lambda row: int(row.key.rpartition("~")[2])},
)


class KeptCounts(Noun):
    """The counts' rows."""

    def __init__(self, store: Store, chance: random.Random) -> None:
        super().__init__(store)
        self._chance = chance

    async def write(self, partition: str, more: int) -> Write:
        """What counts so many more in the partition, for the transaction that makes it so."""
        number = self._chance.randrange(COUNTS)
        stored = await _COUNTS.get(self._store, partition, keys.kept_count(partition, number))
        count = stored or _Count(partition, number)
        return Write(_COUNTS.row(replace(count, kept=count.kept + more)), stored.etag if stored else None)

    async def of(self, partition: str) -> int:
        first = keys.kept_counts(partition)
        span = Span(partition, key_from=first, key_to=first + keys.END)
        return sum(each.kept for each in await _COUNTS.page(self._store, span, COUNTS))

    async def of_all(self) -> int:
        return sum(max(0, each) for each in await at_once(self.of, keys.QUARANTINES))
