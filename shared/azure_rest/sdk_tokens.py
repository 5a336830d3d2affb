"""Carries tokens between our calls and the SDK's clients, either way; only imported where one of those is there."""

from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any

from azure.core.credentials import AccessToken
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError, ClientAuthenticationError

from shared.azure_rest.bearer_token import RESOURCE, Token
from shared.azure_rest.call import CallFailedError
from shared.azure_rest.managed_identity import ManagedIdentity

_ALL = "/.default"
SCOPE = f"{RESOURCE}{_ALL}"


def asking(credential: AsyncTokenCredential) -> Callable[[], Awaitable[Token]]:
    """Asks a credential of the SDK for a token for the storage."""

    async def ask() -> Token:
        try:
            token = await credential.get_token(SCOPE)
        except AzureError as fault:
            raise CallFailedError(type(fault).__name__) from fault
        return Token(token.token, token.expires_on)

    return ask


class IdentityCredential:
    """The managed identity as the SDK's clients ask it."""

    def __init__(self, identity: ManagedIdentity) -> None:
        self._identity = identity

    async def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        (scope,) = scopes
        try:
            token = await self._identity.token(scope.removesuffix(_ALL))
        except CallFailedError as fault:
            raise ClientAuthenticationError(str(fault)) from fault
        return AccessToken(token.text, int(token.expires_on))

    async def close(self) -> None:
        """It holds nothing open."""

    async def __aenter__(self) -> "IdentityCredential":
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.close()
