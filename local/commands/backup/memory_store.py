"""A Store in memory that keeps what the table store promises: import checks rows in it, tests run on it."""

import itertools
from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence

from shared.storage.store import ANY, TRANSACTION_ROWS, Conflict, Row, Span, Table, Value, Write


class MemoryStore:
    """Rows in dictionaries; every call is atomic because none awaits in the middle."""

    def __init__(self) -> None:
        self._tables: dict[Table, dict[tuple[str, str], Row]] = {table: {} for table in Table}
        self._sorted: dict[Table, list[tuple[str, str]]] = {table: [] for table in Table}
        self._versions = itertools.count(1)

    async def get(self, table: Table, partition: str, key: str, select: Sequence[str] = ()) -> Row | None:
        row = self._tables[table].get((partition, key))
        return _selected(row, select) if row and select else row

    async def write(self, table: Table, row: Row, etag: str | None = None) -> str:
        self._check(table, row, etag)
        return self._put(table, row, row.properties)

    async def merge(self, table: Table, row: Row, etag: str) -> str:
        self._check(table, row, etag)
        standing = self._tables[table].get((row.partition, row.key))
        return self._put(table, row, {**(standing.properties if standing else {}), **row.properties})

    async def delete(self, table: Table, partition: str, key: str, etag: str = ANY) -> None:
        if (partition, key) in self._tables[table]:
            self._check(table, Row(partition, key), etag)
            self._drop(table, partition, key)

    async def commit(self, table: Table, writes: Sequence[Write]) -> list[str]:
        keys = {(write.row.partition, write.row.key) for write in writes}
        if len({partition for partition, _ in keys}) != 1 or not len(keys) == len(writes) <= TRANSACTION_ROWS:
            raise ValueError("a transaction writes 1 to 100 different rows of one partition")
        for write in writes:
            self._check(table, write.row, write.etag)
            if write.deletes and (write.row.partition, write.row.key) not in self._tables[table]:
                raise Conflict(f"{table}: {write.row.key} is not there")
        return [self._made(table, write) for write in writes]

    async def query(self, table: Table, span: Span, limit: int, select: Sequence[str] = ()) -> list[Row]:
        keys = self._sorted[table]
        lowest = span.partition_from if span.partition is None else span.partition
        later = map(keys.__getitem__, range(bisect_left(keys, (lowest, "")), len(keys)))
        candidates = itertools.takewhile(lambda found: _before_end(span, found[0]), later)
        found = itertools.islice((each for each in candidates if _has_key(span, each[1])), limit)
        rows = [self._tables[table][each] for each in found]
        return [_selected(row, select) for row in rows] if select else rows

    def _check(self, table: Table, row: Row, etag: str | None) -> None:
        standing = self._tables[table].get((row.partition, row.key))
        if etag is None:
            if standing is not None:
                raise Conflict(f"{table}: {row.key} exists")
        elif etag != ANY and (standing is None or standing.etag != etag):
            raise Conflict(f"{table}: {row.key} has changed")

    def _made(self, table: Table, write: Write) -> str:
        if not write.deletes:
            return self._put(table, write.row, write.row.properties)
        self._drop(table, write.row.partition, write.row.key)
        return ""

    def _drop(self, table: Table, partition: str, key: str) -> None:
        del self._tables[table][partition, key]
        ordered = self._sorted[table]
        del ordered[bisect_left(ordered, (partition, key))]

    def _put(self, table: Table, row: Row, properties: Mapping[str, Value]) -> str:
        if (row.partition, row.key) not in self._tables[table]:
            insort(self._sorted[table], (row.partition, row.key))
        etag = f'W/"{next(self._versions)}"'
        self._tables[table][row.partition, row.key] = Row(row.partition, row.key, dict(properties), etag)
        return etag


def _before_end(span: Span, partition: str) -> bool:
    if span.partition is not None:
        return partition == span.partition
    return not span.partition_to or partition < span.partition_to


def _has_key(span: Span, key: str) -> bool:
    return key >= span.key_from and (not span.key_to or key < span.key_to)


def _selected(row: Row, select: Sequence[str]) -> Row:
    properties = {name: row.properties[name] for name in select if name in row.properties}
    return Row(row.partition, row.key, properties, row.etag)
