"""The minimum: a bare asynchronous HTTP loop doing the fewest calls the guarantees need, and nothing else.

Rows and messages have the sizes that the product makes. Nothing is parsed, decided, checked or tried again; requests
are signed and answers read, and that is all.

- outcome unchanged: get the customer, get its partner, replace the customer over that version.
- outcome changed: get both; put the outbox's row; replace the customer and insert the recorded decision in one
  transaction; send the notification; merge "sent" into the customer; delete the outbox's row.
- partner event: get the summary, get the fact; insert the fan-out's row; replace the summary and put the fact in one
  transaction; send the message that hands the fan-out on.

End to end a receive of up to 16 messages comes before and a delete of each after.
"""

import base64
import hashlib
import hmac
import itertools
import json
import re
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any

from aiohttp import ClientSession, DummyCookieJar, TCPConnector
from yarl import URL

from bench._programme import PARTNER, Kind, Shapes
from local.host.development_storage import ACCOUNT, KEY
from local.host.ports import HOST
from shared.storage import keys
from shared.storage.store import Value

_KEY = base64.b64decode(KEY)
_TABLES = {
    "x-ms-version": "2020-12-06",
    "Accept": "application/json;odata=minimalmetadata",
    "Content-Type": "application/json",
    "Prefer": "return-no-content",
}
_MESSAGE = re.compile(
    rb"<MessageId>([^<]+)</MessageId>.*?<PopReceipt>([^<]+)<.*?<MessageText>([^<]*)</MessageText>",
    re.DOTALL,
)


class Raw:
    """One session; the subjects are this contestant's own."""

    def __init__(self, session: ClientSession, queue_port: int, table_port: int, shapes: Shapes) -> None:
        self._session = session
        self._tables, self._queues = f"http://{HOST}:{table_port}/{ACCOUNT}", f"http://{HOST}:{queue_port}/{ACCOUNT}"
        self._sequences = itertools.count(1_000)
        self._state, self._recorded, self._outbox = map(_inner, (shapes.state, shapes.recorded, shapes.outbox))
        self._head = _inner(shapes.head)
        self._summary, self._fact, self._fan_out = map(_inner, (shapes.summary, shapes.fact, shapes.fan_out))
        self._notification, self._step = _message(shapes.notification), _message(shapes.step)

    async def handle(self, kind: Kind, name: str) -> None:
        await (self._partner(name) if kind is Kind.PARTNER else self._customer(name, kind is Kind.CHANGED))

    async def _customer(self, name: str, changed: bool) -> None:
        state = keys.customer_state(name)
        etag = await self._get("customers", name, state)
        await self._get("partners", PARTNER, keys.partner_summary(PARTNER))
        if not changed:
            await self._table("PUT", _path("customers", name, state), _entity(name, state, self._state), etag)
            return
        sequence = next(self._sequences)
        box, recorded = (keys.outbox(name), keys.commit(name, sequence)), keys.recorded_decision(name, sequence)
        await self._table("PUT", _path("work", *box), _entity(*box, self._outbox))
        etag = await self._batch(
            ("PUT", _path("customers", name, state), etag, _entity(name, state, self._state)),
            ("POST", "/customers", "", _entity(name, recorded, self._recorded)),
        )
        head = keys.head_partition(name), name
        await self._table("MERGE", _path("heads", *head), _entity(*head, self._head), "*")
        await self._queue("POST", "/eligibility-notifications/messages", {"messagettl": "-1"}, self._notification)
        await self._table("MERGE", _path("customers", name, state), _entity(name, state, '"sent":2'), etag)
        await self._table("DELETE", _path("work", *box), b"", "*")

    async def _partner(self, name: str) -> None:
        number = next(self._sequences)
        summary, fact = keys.partner_summary(name), keys.partner_fact(name, "deployment", f"R-{number}")
        fan_out = (keys.FAN_OUTS, keys.fan_out(f"{name}~{number:010d}"))
        etag = await self._get("partners", name, summary)
        await self._get("partners", name, fact)
        await self._table("POST", "/work", _entity(*fan_out, self._fan_out))
        await self._batch(
            ("PUT", _path("partners", name, summary), etag, _entity(name, summary, self._summary)),
            ("PUT", _path("partners", name, fact), "", _entity(name, fact, self._fact)),
        )
        await self._queue("POST", "/eligibility-recompute/messages", {"messagettl": "-1"}, self._step)

    async def receive(self, queue: str) -> list[tuple[str, str, bytes]]:
        query = {"numofmessages": "16", "visibilitytimeout": "600"}
        found = _MESSAGE.findall(await self._queue("GET", f"/{queue}/messages", query))
        return [(each[0].decode(), each[1].decode(), base64.b64decode(each[2])) for each in found]

    async def delete(self, queue: str, message: tuple[str, str, bytes]) -> None:
        await self._queue("DELETE", f"/{queue}/messages/{message[0]}", {"popreceipt": message[1]})

    async def clear(self, queue: str) -> None:
        await self._queue("DELETE", f"/{queue}/messages", {})

    async def _get(self, table: str, partition: str, key: str) -> str:
        _, etag = await self._table("GET", _path(table, partition, key))
        return etag

    async def _batch(self, *writes: tuple[str, str, str, bytes]) -> str:
        body = "--batch_0\r\nContent-Type: multipart/mixed; boundary=changeset_0\r\n\r\n"
        for method, path, etag, entity in writes:
            match = f"If-Match: {etag}\r\n" if etag else ""
            body += (
                "--changeset_0\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
                f"{method} {self._tables}{path} HTTP/1.1\r\nContent-Type: application/json\r\n"
                f"Prefer: return-no-content\r\n{match}\r\n{entity.decode()}\r\n"
            )
        whole = (body + "--changeset_0--\r\n--batch_0--\r\n").encode()
        answer, _ = await self._table("POST", "/$batch", whole, kind="multipart/mixed; boundary=batch_0")
        found = re.search(rb"ETag: *([^\r\n]+)", answer, re.IGNORECASE)
        assert found, answer
        return found[1].decode()

    async def _table(
        self, method: str, path: str, body: bytes = b"", etag: str = "", kind: str = "application/json"
    ) -> tuple[bytes, str]:
        date = formatdate(usegmt=True)
        signature = _signature(f"{date}\n/{ACCOUNT}/{ACCOUNT}{path}")
        headers = {**_TABLES, "Content-Type": kind, "x-ms-date": date}
        headers["Authorization"] = f"SharedKeyLite {ACCOUNT}:{signature}"
        if etag:
            headers["If-Match"] = etag
        url = URL(self._tables + path, encoded=True)
        async with self._session.request(method, url, data=body or None, headers=headers) as answer:
            text = await answer.read()
            assert answer.status in (200, 202, 204, 404), text
            return text, answer.headers.get("ETag", "")

    async def _queue(self, method: str, path: str, query: Mapping[str, str], body: bytes = b"") -> bytes:
        date, kind = formatdate(usegmt=True), "application/xml" if body else ""
        own = f"x-ms-date:{date}\nx-ms-version:2020-12-06\n"
        lines = f"{method}\n\n\n{len(body) or ''}\n\n{kind}\n\n\n\n\n\n\n{own}/{ACCOUNT}/{ACCOUNT}{path}"
        lines += "".join(f"\n{name}:{query[name]}" for name in sorted(query))
        headers = {"x-ms-date": date, "x-ms-version": "2020-12-06"} | ({"Content-Type": kind} if kind else {})
        headers["Authorization"] = f"SharedKey {ACCOUNT}:{_signature(lines)}"
        url = URL(self._queues + path).with_query(query)
        async with self._session.request(method, url, data=body or None, headers=headers) as answer:
            text = await answer.read()
            assert answer.status < 300, text
            return text


def raw_session() -> ClientSession:
    return ClientSession(
        connector=TCPConnector(keepalive_timeout=3),  # Azurite closes after 5 s: nothing here tries again
        cookie_jar=DummyCookieJar(),
        skip_auto_headers=("User-Agent", "Accept-Encoding", "Content-Type"),
    )


def _signature(text: str) -> str:
    return base64.b64encode(hmac.digest(_KEY, text.encode(), hashlib.sha256)).decode()


def _path(table: str, partition: str, key: str) -> str:
    return f"/{table}(PartitionKey='{partition}',RowKey='{key}')"


def _entity(partition: str, key: str, inner: str) -> bytes:
    return f'{{"PartitionKey":"{partition}","RowKey":"{key}",{inner}}}'.encode()


def _inner(properties: Mapping[str, Value]) -> str:
    """A row's properties as JSON without the braces."""
    entity: dict[str, Any] = {}
    for name, value in properties.items():
        entity[name] = base64.b64encode(value).decode() if isinstance(value, bytes) else value
        if isinstance(value, bytes):
            entity[f"{name}@odata.type"] = "Edm.Binary"
        elif isinstance(value, int) and value >= 2**31:
            entity[name], entity[f"{name}@odata.type"] = str(value), "Edm.Int64"
    return json.dumps(entity, separators=(",", ":"))[1:-1]


def _message(body: bytes) -> bytes:
    text = base64.b64encode(body)
    return b"<QueueMessage><MessageText>" + text + b"</MessageText></QueueMessage>"
