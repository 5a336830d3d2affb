"""Queries and creates tables through the SDK's client, which is imported when first used and retries by itself."""

import contextlib
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from shared.storage.store import Row, Span, StoreUnavailableError, Table

if TYPE_CHECKING:  # importing it is a quarter of a second, which no event has to wait for
    from azure.core.exceptions import AzureError
    from azure.data.tables.aio import TableServiceClient

_PAGE = 1000


class TableQueries:
    """The tables of one storage account; ``make`` gives the SDK's client when it is first needed."""

    def __init__(self, make: "Callable[[], TableServiceClient]") -> None:
        self._make = make
        self._made: TableServiceClient | None = None

    async def query(self, table: Table, span: Span, limit: int, select: Sequence[str] = ()) -> list[Row]:
        from azure.core.exceptions import AzureError, ResourceNotFoundError

        text, parameters = _filter(span)
        chosen = {"select": list(dict.fromkeys(("PartitionKey", "RowKey", *select)))} if select else {}
        found: list[Row] = []
        try:
            pages = (
                self._service.get_table_client(table.value)
                .query_entities(text, parameters=parameters, results_per_page=min(limit, _PAGE), **chosen)
                .by_page()
            )
            async for page in pages:
                found += [_row(entity) async for entity in page]
                if len(found) >= limit:
                    break
        except ResourceNotFoundError:
            return []
        except AzureError as fault:
            raise _unavailable(fault) from fault
        return found[:limit]

    async def create(self, table: Table) -> None:
        """Make the table unless another made it meanwhile."""
        from azure.core.exceptions import AzureError, ResourceExistsError

        try:
            with contextlib.suppress(ResourceExistsError):
                await self._service.create_table(table.value)
        except AzureError as fault:
            raise _unavailable(fault) from fault

    @property
    def _service(self) -> "TableServiceClient":
        if self._made is None:
            self._made = self._make()
        return self._made

    async def close(self) -> None:
        if self._made is not None:
            await self._made.close()


def _row(entity: Any) -> Row:
    properties = {name: _value(value) for name, value in entity.items() if name not in ("PartitionKey", "RowKey")}
    return Row(entity["PartitionKey"], entity["RowKey"], properties, entity.metadata["etag"])


def _value(value: Any) -> Any:
    """A number of 64 bits comes with its type."""
    return value.value if type(value).__name__ == "EntityProperty" else value


def _filter(span: Span) -> tuple[str, dict[str, str]]:
    bounds = (
        ("PartitionKey eq", span.partition),
        ("PartitionKey ge", span.partition_from),
        ("PartitionKey lt", span.partition_to),
        ("RowKey ge", span.key_from),
        ("RowKey lt", span.key_to),
    )
    used = [(test, value) for test, value in bounds if value]
    text = " and ".join(f"{test} @p{number}" for number, (test, _) in enumerate(used))
    return text, {f"p{number}": value for number, (_, value) in enumerate(used)}


def _unavailable(fault: "AzureError") -> StoreUnavailableError:
    status = getattr(fault, "status_code", None) or ""
    return StoreUnavailableError(f"table storage: {_code(fault)} {status}".rstrip())


def _code(fault: "AzureError") -> str:
    """The service's error code; the SDK leaves that of some calls undecoded in the message."""
    if code := getattr(fault, "error_code", None):
        return str(getattr(code, "value", code))
    found = re.search(r'"code":\s*"(\w+)"', str(fault))
    return found[1] if found else type(fault).__name__
