"""Rows of the tables as lines: the JSON in which the table service itself writes them, with their types.

The writer's own mark of its last call is left out, so that the same rows are the same lines wherever they are stored.
"""

from collections.abc import AsyncIterator

from local.commands.app import CommandError
from shared.azure_rest.entities import properties_of, to_json
from shared.domain.strict_json import parse_json
from shared.errors import PermanentError
from shared.storage.keys import NEXT
from shared.storage.store import Row, Span, Store, Table
from shared.storage.tables import WRITER

FORMAT = 1
"""Number of the format of rows; it goes up when a version of the app reads other rows."""

_PAGE = 500
_TYPES = (str, bytes, int, bool)


class NotARowError(Exception):
    """A line is not a row; the message says why."""


async def pages(store: Store, table: Table, keys: tuple[str, str] = ("", "")) -> AsyncIterator[list[Row]]:
    """All rows with a key in this span, by partition and key."""
    key_from, key_to = keys
    span = Span(key_from=key_from, key_to=key_to)
    while True:
        rows = await store.query(table, span, _PAGE)
        yield rows
        if len(rows) == _PAGE:  # there may be more in the partition of the last one
            last = rows[-1]
            span = Span(last.partition, key_from=last.key + NEXT, key_to=key_to)
        elif span.partition is not None:
            span = Span(partition_from=span.partition + NEXT, key_from=key_from, key_to=key_to)
        else:
            return


def line_of(table: Table, row: Row) -> bytes:
    properties = {name: value for name, value in row.properties.items() if name != WRITER}
    for name, value in properties.items():
        if not isinstance(value, _TYPES):
            where = f"{name} of {row.partition}, {row.key} in the table {table.value}"
            raise CommandError(f"{where} is a {type(value).__name__}, which the app never writes: remove the row")
    return to_json(row.partition, row.key, properties) + b"\n"


def row_of(line: bytes) -> Row:
    """Raises NotARowError."""
    try:
        entity = parse_json(line)
        names = ("PartitionKey", "RowKey")
        if not isinstance(entity, dict) or not all(isinstance(entity.get(name), str) for name in names):
            raise NotARowError("it has no PartitionKey and RowKey")
        row = Row(entity["PartitionKey"], entity["RowKey"], properties_of(entity))
    except PermanentError as fault:
        raise NotARowError(fault.reason) from fault
    except (ValueError, TypeError) as fault:
        raise NotARowError("a property is not of the type beside it") from fault
    if not all(isinstance(value, _TYPES) for value in row.properties.values()):
        raise NotARowError("a property is neither text, bytes, a whole number nor true or false")
    if to_json(row.partition, row.key, row.properties) != line:
        raise NotARowError("it is not written as an export writes it")
    return row
