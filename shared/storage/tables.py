"""The Store over Azure Table Storage.

A call whose answer was lost is repeated by the SDK and then meets its own effect: an insert gives 409, a conditional
write 412. Each write therefore carries a random ``writer``; a conflict with a row bearing it is our own success. Tables
are made when a write first misses them.
"""

import contextlib
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import AzureError, HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.data.tables import TransactionOperation, UpdateMode
from azure.data.tables.aio import TableClient, TableServiceClient

from shared.storage.store import ANY, TRANSACTION_ROWS, Conflict, Row, Span, StoreUnavailableError, Table, Write

type Call = Callable[[], Awaitable[Mapping[str, Any]]]

_WRITER = "writer"
_PAGE = 1000


class TableStore:
    """Rows in the tables of one storage account; one instance per process and event loop."""

    def __init__(self, service: TableServiceClient) -> None:
        self._service = service
        self._clients: dict[Table, TableClient] = {}

    async def get(self, table: Table, partition: str, key: str) -> Row | None:
        try:
            return _row(await self._client(table).get_entity(partition, key))
        except ResourceNotFoundError:
            return None
        except AzureError as fault:
            raise _unavailable(fault) from fault

    async def write(self, table: Table, row: Row, etag: str | None = None) -> str:
        client, entity = self._client(table), _entity(row)
        if etag is None:
            return await self._settled(table, entity, lambda: client.create_entity(entity))
        if etag == ANY:
            return await self._settled(table, entity, lambda: client.upsert_entity(entity, mode=UpdateMode.REPLACE))
        return await self._settled(table, entity, lambda: client.update_entity(entity, **_on(etag, UpdateMode.REPLACE)))

    async def merge(self, table: Table, row: Row, etag: str) -> str:
        client, entity = self._client(table), _entity(row)
        if etag == ANY:
            return await self._settled(table, entity, lambda: client.upsert_entity(entity, mode=UpdateMode.MERGE))
        return await self._settled(table, entity, lambda: client.update_entity(entity, **_on(etag, UpdateMode.MERGE)))

    async def delete(self, table: Table, partition: str, key: str, etag: str = ANY) -> None:
        condition: dict[str, Any] = {"etag": etag, "match_condition": MatchConditions.IfNotModified}
        try:
            await self._client(table).delete_entity(partition, key, **({} if etag == ANY else condition))
        except ResourceNotFoundError:
            return
        except AzureError as fault:
            raise _conflict_or_unavailable(fault) from fault

    async def commit(self, table: Table, writes: Sequence[Write]) -> list[str]:
        if not 1 <= len(writes) <= TRANSACTION_ROWS:
            raise ValueError("a transaction writes 1 to 100 rows")
        entities = [_entity(write.row) for write in writes]
        operations = [_operation(entity, write.etag) for entity, write in zip(entities, writes, strict=True)]
        answers: list[Mapping[str, Any]] = []

        async def submit() -> Mapping[str, Any]:
            answers[:] = await self._client(table).submit_transaction(operations)
            return answers[0]

        first = await self._settled(table, entities[0], submit)
        return [str(answer["etag"]) for answer in answers] or [first, *await self._etags(table, writes[1:])]

    async def query(self, table: Table, span: Span, limit: int, select: Sequence[str] = ()) -> list[Row]:
        text, parameters = _filter(span)
        chosen = {"select": list(dict.fromkeys(("PartitionKey", "RowKey", *select)))} if select else {}
        found: list[Row] = []
        try:
            pages = (
                self._client(table)
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

    def _client(self, table: Table) -> TableClient:
        if table not in self._clients:
            self._clients[table] = self._service.get_table_client(table.value)
        return self._clients[table]

    async def _settled(self, table: Table, entity: Mapping[str, Any], call: Call) -> str:
        try:
            return str((await self._creating(table, call))["etag"])
        except AzureError as fault:
            failure = _conflict_or_unavailable(fault)
            if isinstance(failure, Conflict):
                standing = await self.get(table, entity["PartitionKey"], entity["RowKey"])
                if standing and standing.properties.get(_WRITER) == entity[_WRITER]:
                    return standing.etag
            raise failure from fault

    async def _creating(self, table: Table, call: Call) -> Mapping[str, Any]:
        try:
            return await call()
        except HttpResponseError as fault:
            if _code(fault) != "TableNotFound":
                raise
        with contextlib.suppress(ResourceExistsError):
            await self._client(table).create_table()
        return await call()

    async def _etags(self, table: Table, writes: Sequence[Write]) -> list[str]:
        rows = [await self.get(table, write.row.partition, write.row.key) for write in writes]
        return [row.etag if row else "" for row in rows]


def _entity(row: Row) -> dict[str, Any]:
    keys = {"PartitionKey": row.partition, "RowKey": row.key}
    return {**row.properties, **keys, _WRITER: secrets.token_hex(8)}


def _row(entity: Any) -> Row:
    properties = {name: value for name, value in entity.items() if name not in ("PartitionKey", "RowKey")}
    return Row(entity["PartitionKey"], entity["RowKey"], properties, entity.metadata["etag"])


def _on(etag: str, mode: UpdateMode) -> dict[str, Any]:
    return {"mode": mode, "etag": etag, "match_condition": MatchConditions.IfNotModified}


def _operation(entity: dict[str, Any], etag: str | None) -> Any:
    if etag is None:
        return (TransactionOperation.CREATE, entity)
    if etag == ANY:
        return (TransactionOperation.UPSERT, entity, {"mode": UpdateMode.REPLACE})
    return (TransactionOperation.UPDATE, entity, _on(etag, UpdateMode.REPLACE))


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


def _conflict_or_unavailable(fault: AzureError) -> Exception:
    about_row = _code(fault) not in ("TableNotFound", "TableBeingDeleted")
    if about_row and isinstance(fault, HttpResponseError) and fault.status_code in _CONFLICTS:
        return Conflict(_code(fault))
    return _unavailable(fault)


def _unavailable(fault: AzureError) -> StoreUnavailableError:
    return StoreUnavailableError(f"table storage: {_code(fault)} {getattr(fault, 'status_code', None) or ''}".rstrip())


def _code(fault: AzureError) -> str:
    """The service's error code; the SDK leaves that of some calls undecoded in the message."""
    if code := getattr(fault, "error_code", None):
        return str(getattr(code, "value", code))
    found = re.search(r'"code":\s*"(\w+)"', str(fault))
    return found[1] if found else type(fault).__name__
