"""Rows put into the tables of an empty account, by bare requests: the clients would take most of a test's time.

Arrives: a store to copy and where to. Leaves: the same rows in that account's tables.
"""

import base64
import hashlib
import hmac
from email.utils import formatdate
from typing import Any

from aiohttp import ClientSession, TCPConnector

from local.host.ports import HOST
from shared.storage.store import Row, Span, Store, Table

ACCOUNT_KEY = base64.b64encode(b"key").decode()
_HEADERS = {"x-ms-version": "2019-02-02", "Accept": "application/json;odata=nometadata", "Prefer": "return-no-content"}


async def fill(store: Store, account: str, port: int) -> None:
    # A connection for each: Azurite closes one that waited for five seconds, as it may on a loaded machine.
    async with ClientSession(headers=_HEADERS, connector=TCPConnector(force_close=True)) as session:
        for table in Table:
            if rows := await store.query(table, Span(), 10_000):
                await _post(session, account, port, "Tables", {"TableName": table.value})
            for row in rows:
                await _post(session, account, port, table.value, _entity(row))


async def _post(session: ClientSession, account: str, port: int, resource: str, body: dict[str, Any]) -> None:
    path, date = f"/{account}/{resource}", formatdate(usegmt=True)
    key = base64.b64decode(ACCOUNT_KEY)
    signature = base64.b64encode(hmac.digest(key, f"{date}\n/{account}{path}".encode(), hashlib.sha256)).decode()
    headers = {"x-ms-date": date, "Authorization": f"SharedKeyLite {account}:{signature}"}
    async with session.post(f"http://{HOST}:{port}{path}", json=body, headers=headers) as answer:
        assert answer.status == 204, await answer.text()


def _entity(row: Row) -> dict[str, Any]:
    entity: dict[str, Any] = {"PartitionKey": row.partition, "RowKey": row.key}
    for name, value in row.properties.items():
        entity[name] = base64.b64encode(value).decode() if isinstance(value, bytes) else value
        if isinstance(value, bytes):
            entity[f"{name}@odata.type"] = "Edm.Binary"
    return entity
