"""The Store over Azure Table Storage.

A call whose answer was lost is made again and then meets its own effect: an insert gives 409, a conditional write 412.
Each write therefore carries a random ``writer``; a conflict with a row bearing it is our own success. Tables are made
when a write first misses them.

Queries, and the making of tables, go through the SDK's client, which is imported when first used and retries by itself.
"""

import contextlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, cast

from shared.azure_rest.batch import etags, transaction
from shared.azure_rest.call import Answer, Call, CallFailedError, code_in
from shared.azure_rest.endpoint import Endpoint
from shared.azure_rest.entities import path_of, read_entity, to_json
from shared.storage.store import ANY, TRANSACTION_ROWS, Conflict, Row, Span, StoreUnavailableError, Table, Value, Write

if TYPE_CHECKING:  # importing it is a quarter of a second, which no event has to wait for
    from azure.core.exceptions import AzureError
    from azure.data.tables import TableEntity
    from azure.data.tables.aio import TableServiceClient

WRITER = "writer"
"""The property that names the call a row was last written by; it says nothing of what the row holds."""
_HEADERS = {
    "x-ms-version": "2020-12-06",
    "DataServiceVersion": "3.0",
    "Accept": "application/json;odata=minimalmetadata",
}
_WITH_BODY = {**_HEADERS, "Content-Type": "application/json", "Prefer": "return-no-content"}
_PAGE = 1000


class TableStore:
    """Rows in the tables of one storage account; one instance per process and event loop.

    ``make`` gives the SDK's client when it is first needed.
    """

    def __init__(self, tables: Endpoint, make: "Callable[[], TableServiceClient]") -> None:
        self._tables, self._make = tables, make

    @cached_property
    def _service(self) -> "TableServiceClient":
        return self._make()

    async def get(self, table: Table, partition: str, key: str, select: Sequence[str] = ()) -> Row | None:
        chosen = {"$select": ",".join((*select, "Timestamp"))} if select else {}
        call = Call("GET", path_of(table.value, partition, key), _HEADERS, query=chosen)
        try:
            entity = await self._tables.ask(call, read_entity)
        except CallFailedError as fault:
            if fault.status == 404:
                return None
            raise _unavailable(fault) from fault
        return Row(partition, key, entity.properties, entity.etag)

    async def write(self, table: Table, row: Row, etag: str | None = None) -> str:
        writer = secrets.token_hex(8)
        return await self._written(table, row, writer, _write(table, row, etag, writer))

    async def merge(self, table: Table, row: Row, etag: str) -> str:
        writer = secrets.token_hex(8)
        return await self._written(table, row, writer, _over(table, row, etag, writer, "MERGE"))

    async def delete(self, table: Table, partition: str, key: str, etag: str = ANY) -> None:
        call = Call("DELETE", path_of(table.value, partition, key), {**_HEADERS, "If-Match": etag})
        try:
            await self._tables.ask(call, lambda _: None)
        except CallFailedError as fault:
            if fault.status != 404:
                raise _conflict_or_unavailable(fault) from fault

    async def commit(self, table: Table, writes: Sequence[Write]) -> list[str]:
        if not 1 <= len(writes) <= TRANSACTION_ROWS:
            raise ValueError("a transaction writes 1 to 100 rows")
        writer, first = secrets.token_hex(8), writes[0].row
        calls = [_part(table, each, writer) for each in writes]
        whole, written = transaction(self._tables.address, calls), [not each.deletes for each in writes]
        found = await self._settled(table, first, writer, whole, lambda answer: etags(answer, written))
        return found if isinstance(found, list) else [found, *await self._etags(table, writes[1:])]

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
            raise _unavailable(_failed(fault)) from fault
        return found[:limit]

    async def close(self) -> None:
        await self._tables.close()
        if "_service" in vars(self):
            await self._service.close()

    async def _written(self, table: Table, row: Row, writer: str, call: Call) -> str:
        return await self._settled(table, row, writer, call, lambda answer: answer.headers["ETag"])

    async def _settled[T](
        self, table: Table, row: Row, writer: str, call: Call, read: Callable[[Answer], T]
    ) -> T | str:
        """What ``read`` gives, or the stored row's ETag if the conflict was with the call's own effect."""
        try:
            return await self._creating(table, call, read)
        except CallFailedError as fault:
            failure = _conflict_or_unavailable(fault)
            if isinstance(failure, Conflict):
                stored = await self.get(table, row.partition, row.key)
                if stored and stored.properties.get(WRITER) == writer:
                    return stored.etag
            raise failure from fault

    async def _creating[T](self, table: Table, call: Call, read: Callable[[Answer], T]) -> T:
        try:
            return await self._tables.ask(call, read)
        except CallFailedError as fault:
            if fault.code != "TableNotFound":
                raise
        await self._create(table)
        return await self._tables.ask(call, read)

    async def _create(self, table: Table) -> None:
        """Make the table unless another made it meanwhile."""
        from azure.core.exceptions import AzureError, ResourceExistsError

        try:
            with contextlib.suppress(ResourceExistsError):
                await self._service.create_table(table.value)
        except AzureError as fault:
            raise _unavailable(_failed(fault)) from fault

    async def _etags(self, table: Table, writes: Sequence[Write]) -> list[str]:
        rows = [await self.get(table, write.row.partition, write.row.key) for write in writes]
        return [row.etag if row else "" for row in rows]


def _part(table: Table, write: Write, writer: str) -> Call:
    if not write.deletes:
        return _write(table, write.row, write.etag, writer)
    path = path_of(table.value, write.row.partition, write.row.key)
    return Call("DELETE", path, {**_HEADERS, "If-Match": write.etag or ANY})


def _write(table: Table, row: Row, etag: str | None, writer: str) -> Call:
    if etag is None:
        return Call("POST", f"/{table.value}", _WITH_BODY, _body(row, writer))
    return _over(table, row, etag, writer, "PUT")


def _over(table: Table, row: Row, etag: str, writer: str, method: str) -> Call:
    """Without ``If-Match`` what is absent is inserted."""
    headers: Mapping[str, str] = _WITH_BODY if etag == ANY else {**_WITH_BODY, "If-Match": etag}
    return Call(method, path_of(table.value, row.partition, row.key), headers, _body(row, writer))


def _body(row: Row, writer: str) -> bytes:
    properties: dict[str, Value] = {**row.properties, WRITER: writer}
    return to_json(row.partition, row.key, properties)


def _row(entity: "TableEntity") -> Row:
    properties = {name: _value(value) for name, value in entity.items() if name not in ("PartitionKey", "RowKey")}
    return Row(entity["PartitionKey"], entity["RowKey"], properties, str(entity.metadata["etag"]))


def _value(value: object) -> Value:
    """A number of 64 bits comes as an EntityProperty, with its type."""
    return cast("Value", getattr(value, "value", value))


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


_CONFLICTS = (404, 409, 412)
_ABOUT_THE_TABLE = ("TableNotFound", "TableBeingDeleted")


def _conflict_or_unavailable(fault: CallFailedError) -> Exception:
    if fault.status in _CONFLICTS and fault.code not in _ABOUT_THE_TABLE:
        return Conflict(fault.code)
    return _unavailable(fault)


def _unavailable(fault: CallFailedError) -> StoreUnavailableError:
    return StoreUnavailableError(f"table storage: {fault}")


def _failed(fault: "AzureError") -> CallFailedError:
    """The SDK's fault as ours; it leaves the service's code of some calls undecoded in the message."""
    code = getattr(fault, "error_code", None)
    named = str(getattr(code, "value", code)) if code else code_in(str(fault).encode()) or type(fault).__name__
    return CallFailedError(named, getattr(fault, "status_code", None))
