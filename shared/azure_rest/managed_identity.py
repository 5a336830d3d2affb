"""Asks the platform for tokens of the app's managed identity, by one call of the address that it gives to the process.

The protocol is that of App Service and Functions, of 2019-08-01. Importing the SDK for it would be a tenth of a second
of each worker's start.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote

from shared import own_json
from shared.azure_rest.bearer_token import Token
from shared.azure_rest.call import Answer, Call, CallFailedError
from shared.azure_rest.endpoint import Endpoint, Patience

_VERSION = "2019-08-01"
_PATIENCE = Patience(tries=3, one_try=5, deadline=12)
"""The call that needs the token is made again as well."""


class _Header:
    """What shows that the caller is a process of the app; in no ``repr``."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    async def headers(self, _: Call, __: str) -> dict[str, str]:
        return {"X-IDENTITY-HEADER": self._secret}

    def forget(self) -> bool:
        return False


class ManagedIdentity:
    """``address`` and ``secret`` are the platform's; ``client_id`` chooses a user-assigned identity."""

    def __init__(self, address: str, secret: str, client_id: str | None = None, patience: Patience = _PATIENCE) -> None:
        address, _, query = address.partition("?")
        own = {"client_id": client_id} if client_id else {}
        self._query = {**dict(parse_qsl(query)), "api-version": _VERSION, **own}
        self._address, self._header, self._patience = address, _Header(secret), patience

    async def token(self, resource: str) -> Token:
        """Raises CallFailedError, without a status: it says nothing of the call that needs the token."""
        query = {name: quote(value, safe="") for name, value in {**self._query, "resource": resource}.items()}
        endpoint = Endpoint(self._address, self._header, self._patience)  # some hours pass until the next call
        try:
            return await endpoint.ask(Call("GET", "", query=query), _read)
        except CallFailedError as fault:
            raise CallFailedError(f"no token of the managed identity: {fault}") from fault
        finally:
            await endpoint.close()


def _read(answer: Answer) -> Token:
    found: Mapping[str, Any] = own_json.read(answer.body)
    token, end = found["access_token"], int(found["expires_on"])
    if not isinstance(token, str) or not token:
        raise ValueError("no token")
    return Token(token, end)
