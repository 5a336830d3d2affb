"""Authorises calls by a token of Microsoft Entra, which is cached, renewed in time and in no ``repr``."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from shared.azure_rest.call import Call, CallFailedError

RESOURCE = "https://storage.azure.com"
RENEWED_BEFORE_END = 300.0
_ASKED_AGAIN_AFTER = 30.0


@dataclass(frozen=True, slots=True)
class Token:
    """``expires_on`` is in seconds since 1970."""

    text: str = field(default="", repr=False)
    expires_on: float = 0


class BearerToken:
    """A token kept until shortly before its end. Then one call asks for a new one; the others go on with the old one
    until its end.

    ``ask`` gives a token or raises CallFailedError.
    """

    def __init__(self, ask: Callable[[], Awaitable[Token]], clock: Callable[[], float] = time.time) -> None:
        self._ask, self._clock = ask, clock
        self._token = Token()
        self._ask_from = 0.0
        self._turn = asyncio.Lock()

    async def headers(self, _: Call, __: str) -> dict[str, str]:
        if self._clock() >= self._ask_from and not (self._turn.locked() and self._clock() < self._token.expires_on):
            async with self._turn:
                if self._clock() >= self._ask_from:
                    await self._renew()
        return {"Authorization": f"Bearer {self._token.text}"}

    def forget(self) -> bool:
        """A call that was refused had a token: another may have forgotten it since, but a new one may help each."""
        self._token, self._ask_from = Token(), 0.0
        return True

    async def _renew(self) -> None:
        """A token that cannot be renewed serves until its end; one that ends soon is not asked for by every call."""
        now = self._clock()
        again = now + _ASKED_AGAIN_AFTER
        try:
            self._token = await self._ask()
        except CallFailedError:
            if self._clock() >= self._token.expires_on:
                raise
            self._ask_from = min(again, self._token.expires_on)
        else:
            end = self._token.expires_on
            soon = min(again, end) if end > now else again  # one just given that has ended: this clock is ahead
            self._ask_from = max(end - RENEWED_BEFORE_END, soon)
