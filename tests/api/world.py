"""The app without a host, over memory: it handles messages as the queue triggers do, and answers requests."""

import gzip
import json
import re
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import azure.functions as func
from azure_functions_runtime.bindings.context import Context

from functions.http import HANDLERS, UNROUTED_HANDLER
from local.commands.backup.memory_store import MemoryStore
from shared.api.description import PUBLISHED
from shared.api.routes import ROUTES as DECLARED
from shared.messaging.sender import Message, Queue, SenderUnavailableError
from shared.ports import Ports
from shared.storage.store import ANY, Row, Span, StoreUnavailableError, Table, Write
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from tests.memory_sender import MemorySender

ROUTES = {(each.method, each.path): HANDLERS[each.name] for each in DECLARED}
PATHS = json.loads((PUBLISHED / "openapi.json").read_bytes())["paths"]
CALL: Any = Context("a-function", "/", "11111111-2222-3333-4444-555555555555", threading.local(), None, None)
"""What Microsoft's worker library tells of a call."""


class WatchedStore(MemoryStore):
    """Counts writes, and answers nothing while it is ``down``."""

    def __init__(self) -> None:
        super().__init__()
        self.down = False
        self.writes = 0

    def _called(self, writes: int = 0) -> None:
        if self.down:
            raise StoreUnavailableError("table storage: secret-account-name 500")
        self.writes += writes

    async def get(self, table: Table, partition: str, key: str, select: Sequence[str] = ()) -> Row | None:
        self._called()
        return await super().get(table, partition, key, select)

    async def query(self, table: Table, span: Span, limit: int, select: Sequence[str] = ()) -> list[Row]:
        self._called()
        return await super().query(table, span, limit, select)

    async def write(self, table: Table, row: Row, etag: str | None = None) -> str:
        self._called(writes=1)
        return await super().write(table, row, etag)

    async def merge(self, table: Table, row: Row, etag: str) -> str:
        self._called(writes=1)
        return await super().merge(table, row, etag)

    async def delete(self, table: Table, partition: str, key: str, etag: str = ANY) -> None:
        self._called(writes=1)
        await super().delete(table, partition, key, etag)

    async def commit(self, table: Table, writes: Sequence[Write]) -> list[str]:
        self._called(writes=1)
        return await super().commit(table, writes)


class WatchedSender(MemorySender):
    """Sends nothing while it is ``down``, or when it has none of ``sends_left``; counts how often its queues were
    ``created``."""

    def __init__(self) -> None:
        super().__init__()
        self.down = False
        self.sends_left = 1_000_000
        self.created = 0

    async def create_queues(self) -> None:
        self.created += 1

    async def send(self, queue: Queue, message: Message) -> None:
        self.down = self.down or not self.sends_left
        await self.check()
        self.sends_left -= 1
        await super().send(queue, message)

    async def check(self) -> None:
        if self.down:
            raise SenderUnavailableError("queue eligibility-events: secret-account-name")


@dataclass(frozen=True)
class Answer:
    status: int
    type: str
    value: Any
    location: str = ""
    allow: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def error_paths(self) -> list[str]:
        """The members at fault that a problem names."""
        assert self.type == "application/problem+json"
        return [each["path"] for each in self.value["errors"]]


class World:
    """One app; the clock stands at noon of 2026-03-02 until ``now`` is set."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
        self.store = WatchedStore()
        self.sender = WatchedSender()
        self.ports = Ports(self.store, self.sender, lambda: self.now)

    async def handle(self, *messages: bytes) -> None:
        """Handle each event and all that follows from it."""
        for message in messages:
            await receive_event(self.ports, message, 1)
        steps = self.sender.queues[Queue.RECOMPUTE]
        while steps:
            await recompute(self.ports, steps.popleft().body, 1)

    async def handle_queued(self) -> None:
        """Handle what waits on the event queue."""
        waiting = self.sender.queues[Queue.EVENTS]
        while waiting:
            await self.handle(waiting.popleft().body)

    def pass_time(self, **time: float) -> None:
        self.now += timedelta(**time)

    async def get(self, path: str, **params: object) -> Answer:
        return await self.ask("GET", path, b"", {name: str(value) for name, value in params.items()})

    async def post(self, path: str, body: bytes = b"", **headers: str) -> Answer:
        """With a JSON body, if ``headers`` (with ``_`` for ``-``) name no other type; "" leaves one out."""
        return await self.ask("POST", path, body, {}, headers)

    async def ask(
        self, method: str, path: str, body: bytes, params: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> Answer:
        template, handler, given = _route(method, path)
        told = {"content_type": "application/json" if body else "", **(headers or {})}
        sent = {name.replace("_", "-"): value for name, value in told.items() if value}
        request = func.HttpRequest(method, f"/api/{path}", headers=sent, params=params, route_params=given, body=body)
        response = await handler(request, CALL)
        assert response.charset == "utf-8"
        described = PATHS.get(f"/{template}", {}).get(method.lower(), {}).get("responses")
        is_described = described is None or str(response.status_code) in described
        assert is_described or (method in ("GET", "DELETE") and body), f"{response.status_code} is not described"
        location, allow = (response.headers.get(name, "") for name in ("Location", "Allow"))
        return Answer(
            response.status_code, response.mimetype, _value(response), location, allow, dict(response.headers)
        )

    async def pages(self, path: str, cursor: str, limit: int, **params: object) -> AsyncIterator[list[Any]]:
        """Every page of a list, following ``next``."""
        given: dict[str, object] = {"limit": limit, **params}
        while True:
            answer = await self.get(path, **given)
            assert answer.status == 200
            assert answer.value.keys() == {"items", "next"}
            yield answer.value["items"]
            if answer.value["next"] is None:
                return
            assert isinstance(answer.value["next"], str)
            given[cursor] = answer.value["next"]


def _value(response: func.HttpResponse) -> Any:
    body = response.get_body()
    text = (gzip.decompress(body) if response.headers.get("Content-Encoding") == "gzip" else body).decode()
    return json.loads(text) if response.mimetype.endswith("json") else text


def needed(path: str) -> dict[str, str]:
    """The query without which a route refuses to answer."""
    if path == "search":
        return {"q": "C-1"}
    return {"change": "lost"} if "/previews/" in path and path.endswith("/customers") else {}


def _route(method: str, path: str) -> tuple[str, Any, dict[str, str]]:
    for (verb, template), handler in ROUTES.items():
        pattern = re.sub(r"/\{\*(\w+)\}", r"(?:/(?P<\1>.*))?", template)
        found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern), path)
        if verb == ("GET" if method == "HEAD" else method) and found:
            return (
                template.replace("{*", "{"),
                handler,
                {name: value for name, value in found.groupdict().items() if value},
            )
    return "", UNROUTED_HANDLER, {"rest": path}
