"""Callers as App Service authentication tells of them, and a way to ask a route in their name."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import azure.functions as func

from shared.api.principal import HEADER
from tests.api.world import CALL, ROUTES

ROLE_URI = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"
NAME_URI = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name"
PATH = {"id": "X-1", "version": "1", "sequence": "1", "name": "event"}


def encoded(value: object) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()


def principal(*roles: str, claim: str = "roles", **claims: str) -> str:
    """The header of a caller with these roles; ``claims`` are others, of which ``name`` is the one of ``name_typ``."""
    told = [{"typ": NAME_URI if typ == "name" else typ, "val": value} for typ, value in claims.items()]
    told += [{"typ": claim, "val": role} for role in roles]
    return encoded({"auth_typ": "aad", "claims": told, "name_typ": NAME_URI, "role_typ": ROLE_URI})


async def ask(
    method: str,
    route: str,
    header: str | None = None,
    body: bytes = b"{}",
    scheme: str = "https",
    params: Mapping[str, str] | None = None,
) -> func.HttpResponse:
    """The answer of a route, its parameters filled in, to who has that header."""
    headers = {"Content-Type": "application/json"} | ({} if header is None else {HEADER.upper(): header})
    request = func.HttpRequest(
        method, f"{scheme}://app.example/api/{route}", headers=headers, params=params, route_params=PATH, body=body
    )
    handler: Any = ROUTES[method, route]
    response = await handler(request, CALL)
    assert isinstance(response, func.HttpResponse)
    return response
