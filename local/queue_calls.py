"""The two calls a queue trigger makes for every message, receive and delete, without the SDK's pipeline around them.

Arrives: a storage account's connection string with its key. Leaves: messages, each call signed with the key and made
once: repeating is the poll's and the lease's.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from email.utils import formatdate, parsedate_to_datetime
from typing import Final
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree  # nosec B405

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar
from azure.core.exceptions import AzureError
from azure.storage.queue import QueueMessage
from yarl import URL

VERSION: Final = "2020-12-06"
TIMEOUT: Final = ClientTimeout(total=None, sock_connect=5, sock_read=30)
LEFT_OUT: Final = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")  # the last would have to be signed


class QueueCallError(AzureError):
    """``error_code`` is the service's, as on the SDK's errors; empty if no answer came."""

    def __init__(self, message: str, error_code: str = "") -> None:
        super().__init__(message)
        self.error_code = error_code


class QueueCalls:
    """One session for all queues of an account; made within a running event loop."""

    def __init__(self, connection: str) -> None:
        """Raises ValueError, which does not quote the text: it may hold a secret."""
        parts = {name.strip().lower(): value.strip() for name, _, value in _parts(connection)}
        if missing := [name for name in ("AccountName", "AccountKey") if not parts.get(name.lower())]:
            raise ValueError(f"it has no {missing[0]}")
        self._account, self._key = parts["accountname"], base64.b64decode(parts["accountkey"], validate=True)
        scheme, suffix = parts.get("defaultendpointsprotocol", "https"), parts.get("endpointsuffix", "core.windows.net")
        address = parts.get("queueendpoint") or f"{scheme}://{self._account}.queue.{suffix}"
        self._address = address.rstrip("/")
        self._prefix = urlsplit(self._address).path
        self._session = ClientSession(timeout=TIMEOUT, cookie_jar=DummyCookieJar(), skip_auto_headers=LEFT_OUT)

    async def receive(self, queue: str, most: int, lease: int) -> list[QueueMessage]:
        """Up to ``most`` messages, hidden for ``lease`` seconds; raises QueueCallError."""
        query = {"numofmessages": str(most), "visibilitytimeout": str(lease)}
        body = await self._call("GET", f"/{queue}/messages", query)
        try:
            found = ElementTree.fromstring(body)  # noqa: S314  the account's answer, read as by the SDK  # nosec B314
            return [_message(each) for each in found]
        except (ElementTree.ParseError, ValueError, KeyError) as error:
            raise QueueCallError(f"the answer cannot be read: {error}") from error

    async def delete(self, queue: str, message: QueueMessage) -> None:
        """Raises QueueCallError."""
        await self._call("DELETE", f"/{queue}/messages/{message.id}", {"popreceipt": message.pop_receipt or ""})

    async def close(self) -> None:
        await self._session.close()

    async def _call(self, method: str, path: str, query: Mapping[str, str]) -> bytes:
        encoded = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
        url = URL(f"{self._address}{path}?{encoded}", encoded=True)
        headers = self._signed(method, path, query)
        try:
            async with self._session.request(method, url, headers=headers, allow_redirects=False) as answer:
                body = await answer.read()
        except (ClientError, TimeoutError, OSError) as error:
            raise QueueCallError(f"{type(error).__name__} {error}".rstrip()) from None  # its request has the signature
        if answer.status >= 300:
            code = answer.headers.get("x-ms-error-code", "")
            raise QueueCallError(f"{answer.status} {code or answer.reason}", code)
        return body

    def _signed(self, method: str, path: str, query: Mapping[str, str]) -> dict[str, str]:
        """Shared Key, for calls without a body."""
        own = {"x-ms-date": formatdate(usegmt=True), "x-ms-version": VERSION}
        lines = [method, *[""] * 11, *(f"{name}:{value}" for name, value in own.items())]
        lines += [f"/{self._account}{self._prefix}{path}", *(f"{name}:{query[name]}" for name in sorted(query))]
        signature = base64.b64encode(hmac.digest(self._key, "\n".join(lines).encode(), hashlib.sha256)).decode()
        return {**own, "Authorization": f"SharedKey {self._account}:{signature}"}


def _parts(connection: str) -> list[tuple[str, str, str]]:
    return [part.partition("=") for part in connection.split(";")]


def _message(element: ElementTree.Element) -> QueueMessage:
    fields = {each.tag: each.text or "" for each in element}
    return QueueMessage(
        fields["MessageText"],
        id=fields["MessageId"],
        pop_receipt=fields["PopReceipt"],
        dequeue_count=int(fields["DequeueCount"]),
        inserted_on=parsedate_to_datetime(fields["InsertionTime"]),
        expires_on=parsedate_to_datetime(fields["ExpirationTime"]),
        next_visible_on=parsedate_to_datetime(fields["TimeNextVisible"]),
    )
