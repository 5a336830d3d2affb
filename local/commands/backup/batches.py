"""Rows in batches that one transaction of the table service takes: one partition, 100 rows, 4 MiB."""

from collections.abc import Iterable, Iterator

from local.commands.backup.files import Line
from shared.storage.store import TRANSACTION_ROWS, Row

_BYTES = 2 * 1024 * 1024
"""Of lines; a row has at most 1.4 MiB as a line, and the transaction adds its own."""

type Read = tuple[Row, Line]
"""A row and the line that it was read from."""


def batches(rows: Iterable[Read]) -> Iterator[list[Read]]:
    """Rows of a partition have to come one after another."""
    batch: list[Read] = []
    size = 0
    for row, line in rows:
        length = len(line.text)
        full = len(batch) == TRANSACTION_ROWS or size + length > _BYTES
        if batch and (full or row.partition != batch[0][0].partition):
            yield batch
            batch, size = [], 0
        batch.append((row, line))
        size += length
    if batch:
        yield batch
