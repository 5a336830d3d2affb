"""Bare calls of one service of a storage account, signed with its key and made once: repeating is the caller's."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from email.utils import formatdate
from typing import Final
from urllib.parse import quote, urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar
from azure.core.exceptions import AzureError
from yarl import URL

VERSION: Final = "2020-12-06"
TIMEOUT: Final = ClientTimeout(total=None, sock_connect=5, sock_read=30)
LEFT_OUT: Final = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")  # the last would have to be signed


class StorageCallError(AzureError):
    """``error_code`` is the service's, as on the SDK's errors; empty if no answer came."""

    def __init__(self, message: str, error_code: str = "") -> None:
        super().__init__(message)
        self.error_code = error_code


class StorageCalls:
    """One session for a service (``queue``, ``blob``) of an account; made within a running event loop."""

    def __init__(self, connection: str, service: str) -> None:
        """Raises ValueError, which does not quote the text: it may hold a secret."""
        parts = {name.strip().lower(): value.strip() for name, _, value in _parts(connection)}
        if missing := [name for name in ("AccountName", "AccountKey") if not parts.get(name.lower())]:
            raise ValueError(f"it has no {missing[0]}")
        self._account, self._key = parts["accountname"], base64.b64decode(parts["accountkey"], validate=True)
        scheme, suffix = parts.get("defaultendpointsprotocol", "https"), parts.get("endpointsuffix", "core.windows.net")
        address = parts.get(f"{service}endpoint") or f"{scheme}://{self._account}.{service}.{suffix}"
        self._address = address.rstrip("/")
        self._prefix = urlsplit(self._address).path
        self._session = ClientSession(timeout=TIMEOUT, cookie_jar=DummyCookieJar(), skip_auto_headers=LEFT_OUT)

    async def call(
        self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> bytes:
        """The answer's body; ``headers`` are ``x-ms-`` ones in small letters. Raises StorageCallError."""
        encoded = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
        url = URL(f"{self._address}{path}?{encoded}", encoded=True)
        signed = self._signed(method, path, query, headers or {})
        try:
            async with self._session.request(method, url, headers=signed, allow_redirects=False) as answer:
                body = await answer.read()
        except (ClientError, TimeoutError, OSError) as error:
            raise StorageCallError(f"{type(error).__name__} {error}".rstrip()) from None  # its request is signed
        if answer.status >= 300:
            code = answer.headers.get("x-ms-error-code", "")
            raise StorageCallError(f"{answer.status} {code or answer.reason}", code)
        return body

    async def close(self) -> None:
        await self._session.close()

    def _signed(self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, str]:
        """Shared Key, for calls without a body."""
        own = {**headers, "x-ms-date": formatdate(usegmt=True), "x-ms-version": VERSION}
        lines = [method, *[""] * 11, *(f"{name}:{own[name]}" for name in sorted(own))]
        lines += [f"/{self._account}{self._prefix}{path}", *(f"{name}:{query[name]}" for name in sorted(query))]
        signature = base64.b64encode(hmac.digest(self._key, "\n".join(lines).encode(), hashlib.sha256)).decode()
        return {**own, "Authorization": f"SharedKey {self._account}:{signature}"}


def _parts(connection: str) -> list[tuple[str, str, str]]:
    return [part.partition("=") for part in connection.split(";")]
