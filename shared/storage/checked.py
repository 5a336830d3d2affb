"""Refuses to write while this machine's clock is off, and to read rows of a later format.

A row without a format number has format 1, as all rows of this version have: it costs nothing to say so. A version
whose rows an older one must not read, or must not write back, gives them a greater number. It needs none for what it
only adds.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from shared.errors import LaterVersionError
from shared.storage.store import ANY, Row, Span, Store, Table, Write

FORMAT = "format"
NEWEST = 1
"""The greatest format that this version reads, of every kind of row."""

_SEEN_FOR = timedelta(minutes=10)
_MOST_SEEN = 20


class LaterVersions:
    """What of later versions this process met in the last ten minutes."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._seen: dict[str, datetime] = {}

    def note(self, fault: LaterVersionError) -> None:
        if fault.named in self._seen or len(self._seen) < _MOST_SEEN:
            self._seen[fault.named] = self._now()

    def recent(self) -> list[str]:
        self._seen = {named: at for named, at in self._seen.items() if abs(self._now() - at) < _SEEN_FOR}
        return list(self._seen)


class CheckedStore:
    """Another store: a row of a later format raises LaterVersionError and is noted; ``check_clock`` raises if nothing
    may be written, as nearly all that is written is dated. Reads go on: their answers tell when the clock is right."""

    def __init__(self, store: Store, check_clock: Callable[[], None], later: LaterVersions) -> None:
        self._store, self._check_clock, self._later = store, check_clock, later

    async def get(self, table: Table, partition: str, key: str, select: Sequence[str] = ()) -> Row | None:
        row = await self._store.get(table, partition, key, (*select, FORMAT) if select else ())
        if row is not None and FORMAT in row.properties:
            self._check(table, row)
        return row

    async def query(self, table: Table, span: Span, limit: int, select: Sequence[str] = ()) -> list[Row]:
        rows = await self._store.query(table, span, limit, (*select, FORMAT) if select else ())
        for row in rows:
            if FORMAT in row.properties:
                self._check(table, row)
        return rows

    async def write(self, table: Table, row: Row, etag: str | None = None) -> str:
        self._check_clock()
        return await self._store.write(table, row, etag)

    async def merge(self, table: Table, row: Row, etag: str) -> str:
        self._check_clock()
        return await self._store.merge(table, row, etag)

    async def delete(self, table: Table, partition: str, key: str, etag: str = ANY) -> None:
        self._check_clock()
        await self._store.delete(table, partition, key, etag)

    async def commit(self, table: Table, writes: Sequence[Write]) -> list[str]:
        self._check_clock()
        return await self._store.commit(table, writes)

    def _check(self, table: Table, row: Row) -> None:
        try:
            check_format(table, row)
        except LaterVersionError as fault:
            self._later.note(fault)
            raise


def check_format(table: Table, row: Row) -> None:
    """Raises LaterVersionError. What is selected and not there reads as None."""
    number: object = row.properties.get(FORMAT)
    if number is not None and not (isinstance(number, int) and number <= NEWEST):
        reads = f"format {number}, and this version reads formats up to {NEWEST}"
        named = f"rows of the table {table.value} have {reads}"
        raise LaterVersionError(f"row {row.key} of the table {table.value} has {reads}", named)
