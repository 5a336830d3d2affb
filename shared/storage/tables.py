"""The Store over Azure Table Storage.

A call whose answer was lost is made again and then meets its own effect: an insert gives 409, a conditional write 412.
Each write therefore carries a random ``writer``; a conflict with a row bearing it is our own success. Tables are made
when a write first misses them.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence

from shared.azure_rest.batch import etags, transaction
from shared.azure_rest.call import Answer, Call, CallFailedError
from shared.azure_rest.endpoint import Endpoint
from shared.azure_rest.entities import path_of, read_entity, to_json
from shared.storage.store import ANY, TRANSACTION_ROWS, Conflict, Row, Span, StoreUnavailableError, Table, Value, Write
from shared.storage.table_queries import TableQueries

WRITER = "writer"
"""The property that names the call a row was last written by; it says nothing of what the row holds."""
_HEADERS = {
    "x-ms-version": "2020-12-06",
    "DataServiceVersion": "3.0",
    "Accept": "application/json;odata=minimalmetadata",
}
_WITH_BODY = {**_HEADERS, "Content-Type": "application/json", "Prefer": "return-no-content"}


class TableStore:
    """Rows in the tables of one storage account; one instance per process and event loop."""

    def __init__(self, tables: Endpoint, queries: TableQueries) -> None:
        self._tables, self._queries = tables, queries

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
        return await self._queries.query(table, span, limit, select)

    async def close(self) -> None:
        await self._tables.close()
        await self._queries.close()

    async def _written(self, table: Table, row: Row, writer: str, call: Call) -> str:
        return await self._settled(table, row, writer, call, _etag)

    async def _settled[T](
        self, table: Table, row: Row, writer: str, call: Call, read: Callable[[Answer], T]
    ) -> T | str:
        """What ``read`` gives, or the standing row's ETag if the conflict was with the call's own effect."""
        try:
            return await self._creating(table, call, read)
        except CallFailedError as fault:
            failure = _conflict_or_unavailable(fault)
            if isinstance(failure, Conflict):
                standing = await self.get(table, row.partition, row.key)
                if standing and standing.properties.get(WRITER) == writer:
                    return standing.etag
            raise failure from fault

    async def _creating[T](self, table: Table, call: Call, read: Callable[[Answer], T]) -> T:
        try:
            return await self._tables.ask(call, read)
        except CallFailedError as fault:
            if fault.code != "TableNotFound":
                raise
        await self._queries.create(table)
        return await self._tables.ask(call, read)

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


def _etag(answer: Answer) -> str:
    return answer.headers["ETag"]


_CONFLICTS = (404, 409, 412)
_ABOUT_THE_TABLE = ("TableNotFound", "TableBeingDeleted")


def _conflict_or_unavailable(fault: CallFailedError) -> Exception:
    if fault.status in _CONFLICTS and fault.code not in _ABOUT_THE_TABLE:
        return Conflict(fault.code)
    return _unavailable(fault)


def _unavailable(fault: CallFailedError) -> StoreUnavailableError:
    return StoreUnavailableError(f"table storage: {fault}")
