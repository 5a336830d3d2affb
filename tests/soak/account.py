"""The queues of Azurite's account by bare requests: the SDK's client would take most of a soak's time.

Arrives: bodies to put, and what is waiting. Leaves: bodies taken, and how many messages wait, hidden ones included.
"""

import asyncio
import base64
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Self
from urllib.parse import quote
from xml.sax.saxutils import unescape

from aiohttp import ClientResponse, ClientSession, TCPConnector
from azure.storage.queue import AccountSasPermissions, ResourceTypes, generate_account_sas

from local.azurite import Azurite
from local.host.development_storage import ACCOUNT, KEY
from local.host.ports import HOST

_PUT = "<QueueMessage><MessageText>{}</MessageText></QueueMessage>"
_TAKEN = re.compile(r"<MessageId>(.*?)</MessageId>.*?<PopReceipt>(.*?)</PopReceipt>.*?<MessageText>(.*?)</MessageText>")
_MAY = AccountSasPermissions(read=True, add=True, create=True, process=True, delete=True)
_HOUR = 3600


class Queues:
    """Straight to Azurite: what a producer and a subscriber do is not harmed."""

    def __init__(self, azurite: Azurite) -> None:
        types, until = ResourceTypes(service=True, container=True, object=True), datetime.now(UTC) + timedelta(days=1)
        self._signed = generate_account_sas(ACCOUNT, KEY, types, _MAY, until)
        self._root = f"http://{HOST}:{azurite.ports[1]}/{ACCOUNT}"

    async def __aenter__(self) -> Self:
        # Azurite closes a connection after five idle seconds, perhaps just when a request is under way.
        self._session = ClientSession(connector=TCPConnector(keepalive_timeout=2))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def create(self, names: Iterable[str]) -> None:
        for name in names:
            await self._ask("PUT", name, "")

    async def put(self, name: str, body: bytes) -> None:
        await self._ask("POST", f"{name}/messages", "messagettl=-1&", _PUT.format(base64.b64encode(body).decode()))

    async def take(self, name: str) -> list[bytes]:
        """Up to 32 bodies, gone from the queue."""
        answer = await self._ask("GET", f"{name}/messages", f"numofmessages=32&visibilitytimeout={_HOUR}&")
        taken = _TAKEN.findall(await answer.text())
        await asyncio.gather(*(self._delete(name, *message[:2]) for message in taken))
        return [base64.b64decode(text) for _, _, text in taken]

    async def _delete(self, name: str, message_id: str, receipt: str) -> None:
        await self._ask("DELETE", f"{name}/messages/{message_id}", f"popreceipt={quote(unescape(receipt), '')}&")

    async def waiting(self, *names: str) -> int:
        """Messages on these queues, those being handled included."""
        answers = [await self._ask("GET", name, "comp=metadata&") for name in names]
        return sum(int(answer.headers["x-ms-approximate-messages-count"]) for answer in answers)

    async def _ask(self, method: str, path: str, query: str, body: str | None = None) -> ClientResponse:
        async with self._session.request(method, f"{self._root}/{path}?{query}{self._signed}", data=body) as answer:
            text = await answer.text()
            assert answer.status < 300, f"{method} {path}: {answer.status} {text}"
            return answer
