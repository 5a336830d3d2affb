"""Finds every row of a store that says a text, in whatever form the row is packed."""

from collections.abc import AsyncIterator
from contextlib import suppress

from shared.storage.rows import DamagedError, decompressed
from shared.storage.store import Row, Span, Store, Table


async def rows_that_say(store: Store, text: str) -> list[str]:
    """Table, partition and key of each, by table."""
    wanted = text.encode()
    return [
        f"{table} {row.partition} {row.key}"
        for table in Table
        async for row in _rows(store, table)
        if wanted in f"{row.partition} {row.key}".encode() or any(wanted in each for each in _values(row))
    ]


def _values(row: Row) -> list[bytes]:
    """Each property as bytes, and what is compressed in it: a text cut between two pieces is found in the second."""
    found, pieces = [], [value for value in row.properties.values() if isinstance(value, bytes)]
    for value in (*row.properties.values(), b"".join(pieces)):
        data = value if isinstance(value, bytes) else str(value).encode()
        found.append(data)
        with suppress(DamagedError):
            found.append(decompressed(data))
    return found


async def _rows(store: Store, table: Table) -> AsyncIterator[Row]:
    span = Span()
    while rows := await store.query(table, span, 1000):
        for row in rows:
            yield row
        after = rows[-1]
        rest = Span(after.partition, key_from=after.key + "!")
        while some := await store.query(table, rest, 1000):
            for row in some:
                yield row
            rest = Span(after.partition, key_from=some[-1].key + "!")
        span = Span(partition_from=after.partition + "!")
