"""The format numbers of rows: rows of a later format are not read, and what is unknown in the others is kept.

A row without the property has format 1, as all rows of this version have: it costs nothing to say so. A version whose
rows an older one must not read, or must not write back, gives them a greater number; what it only adds needs none.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.domain.unknown import NOTHING, Unknown
from shared.errors import LaterVersionError
from shared.storage.blobs import PROPERTY_BYTES
from shared.storage.store import ANY, Row, Span, Store, Table, Value, Write

FORMAT = "format"
NEWEST = 1
"""The greatest format that this version reads, of every kind of row."""

_SEEN_FOR = timedelta(minutes=10)
_MOST_SEEN = 20
_MOST_PIECES = 1024 * 1024 // PROPERTY_BYTES
_OF_THE_STORE = ("writer", "touchedAt")
"""Of the last write alone; the next one leaves them out."""


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


class FormattedStore:
    """Another store, whose rows of a later format raise LaterVersionError and are noted."""

    def __init__(self, store: Store, later: LaterVersions) -> None:
        self._store = store
        self._later = later

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
        return await self._store.write(table, row, etag)

    async def merge(self, table: Table, row: Row, etag: str) -> str:
        return await self._store.merge(table, row, etag)

    async def delete(self, table: Table, partition: str, key: str, etag: str = ANY) -> None:
        await self._store.delete(table, partition, key, etag)

    async def commit(self, table: Table, writes: Sequence[Write]) -> list[str]:
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


def known(*properties: str, packed: str = "") -> frozenset[str]:
    """The names of a kind of row's properties, ``packed`` being that of the one kept in pieces."""
    pieces = (f"{packed}{number}" for number in range(_MOST_PIECES)) if packed else ()
    return frozenset((*properties, *pieces, *_OF_THE_STORE))


def unknown(
    row: Row,
    properties: frozenset[str],
    document: Mapping[str, Any] | None = None,
    members: frozenset[str] = frozenset(),
) -> Unknown:
    """What the row, and the document in it, hold besides these."""
    others = others_of(row.properties, properties)
    more = others_of(document, members) if document else {}
    return Unknown(others, more) if others or more else NOTHING


def others_of(found: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    if names.issuperset(found):
        return {}
    return {name: value for name, value in found.items() if name not in names}


def with_unknown(others: Unknown, properties: Mapping[str, Value]) -> dict[str, Value]:
    """The properties with the unknown ones beside them."""
    return {**others.properties, **properties}
