"""Authorises calls by a token of Microsoft Entra, which is cached, renewed in time and in no ``repr``."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from azure.core.credentials import AccessToken
from azure.core.exceptions import AzureError

from shared.azure_rest.call import Call, CallFailedError

SCOPE = "https://storage.azure.com/.default"
RENEWED_BEFORE_END = 300.0
_ASKED_AGAIN_AFTER = 30.0


class Credential(Protocol):
    """Of ``azure.identity.aio``, what is used."""

    async def get_token(self, *scopes: str) -> AccessToken: ...


class BearerToken:
    """A token kept until shortly before its end; one call at a time asks for a new one."""

    def __init__(self, credential: Credential, clock: Callable[[], float] = time.time) -> None:
        self._credential, self._clock = credential, clock
        self._token = AccessToken("", 0)
        self._ask_from = 0.0
        self._turn = asyncio.Lock()

    async def headers(self, _: Call, __: str) -> dict[str, str]:
        if self._clock() >= self._ask_from:
            async with self._turn:
                if self._clock() >= self._ask_from:
                    await self._renew()
        return {"Authorization": f"Bearer {self._token.token}"}

    def forget(self) -> bool:
        known, self._token, self._ask_from = bool(self._token.token), AccessToken("", 0), 0.0
        return known

    async def _renew(self) -> None:
        """A token that cannot be renewed serves until its end."""
        try:
            self._token = await self._credential.get_token(SCOPE)
        except AzureError as fault:
            if self._clock() >= self._token.expires_on:
                raise CallFailedError(type(fault).__name__) from fault
            self._ask_from = min(self._clock() + _ASKED_AGAIN_AFTER, self._token.expires_on)
        else:
            self._ask_from = self._token.expires_on - RENEWED_BEFORE_END
