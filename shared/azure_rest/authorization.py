"""Makes the headers that authorise a call by the account's key, which is in no ``repr``."""

import base64
import hashlib
import hmac
import time
from email.utils import formatdate
from functools import lru_cache
from typing import Protocol

from shared.azure_rest.call import Call


@lru_cache(maxsize=1)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)


class Authorization(Protocol):
    async def headers(self, call: Call, path: str, /) -> dict[str, str]:
        """What authorises this call now; raises CallFailedError."""

    def forget(self) -> bool:
        """After a 401: whether there was something to forget, so that asking again may help."""


class _SharedKey:
    """An account's name and key."""

    def __init__(self, account: str, key: str) -> None:
        """Raises ValueError if ``key`` is not base64."""
        self._account, self._key = account, base64.b64decode(key, validate=True)

    def _signed(self, scheme: str, text: str) -> str:
        signature = hmac.digest(self._key, text.encode(), hashlib.sha256)
        return f"{scheme} {self._account}:{base64.b64encode(signature).decode()}"

    def forget(self) -> bool:
        return False


class TableKey(_SharedKey):
    """Shared Key Lite, which for tables signs the time and the resource."""

    async def headers(self, _: Call, path: str) -> dict[str, str]:
        date = _date(int(time.time()))
        signed = self._signed("SharedKeyLite", f"{date}\n/{self._account}{path}")
        return {"x-ms-date": date, "Authorization": signed}


class QueueKey(_SharedKey):
    """Shared Key as queues have it, which signs most of the call."""

    async def headers(self, call: Call, path: str) -> dict[str, str]:
        date = _date(int(time.time()))
        length = str(len(call.body) or "")
        own = {"x-ms-date": date, **{name: value for name, value in call.headers.items() if name.startswith("x-ms-")}}
        lines = [call.method, "", "", length, "", call.headers.get("Content-Type", ""), *[""] * 6]
        lines += [f"{name}:{own[name]}" for name in sorted(own)]
        lines += [f"/{self._account}{path}", *(f"{name}:{call.query[name]}" for name in sorted(call.query))]
        return {"x-ms-date": date, "Authorization": self._signed("SharedKey", "\n".join(lines))}
