"""The managed identity's token: one call as App Service takes it, retried, its faults plain and without the secret."""

import asyncio
import json
from contextlib import suppress

import pytest
from aiohttp import ClientSession
from azure.core.exceptions import ClientAuthenticationError

from shared.azure_rest.bearer_token import RESOURCE, BearerToken, Token
from shared.azure_rest.call import Call, CallFailedError
from shared.azure_rest.endpoint import Endpoint, Patience
from shared.azure_rest.managed_identity import ManagedIdentity
from shared.azure_rest.sdk_tokens import SCOPE, IdentityCredential
from tests.azure_rest.scripted_server import RESET, answer, scripted

SECRET = "c2VjcmV0LWNhbmFyeQ"
CLIENT = "11111111-2222-3333-4444-555555555555"
SOON = Patience(tries=3, first_pause=0, one_try=0.3, deadline=5)
END = 4_102_444_800


def given(token: str = "t1", **members: object) -> bytes:
    found = {"access_token": token, "expires_on": str(END), "resource": RESOURCE, "token_type": "Bearer", **members}
    return answer(200, json.dumps(found).encode(), Content_Type="application/json")


async def test_it_is_asked_for_by_the_one_call_that_the_platform_takes() -> None:
    async with scripted([given()]) as server:
        token = await ManagedIdentity(server.address, SECRET, CLIENT).token(RESOURCE)
    assert token == Token("t1", END)
    (request,) = server.requests
    asked = f"api-version=2019-08-01&client_id={CLIENT}&resource=https%3A%2F%2Fstorage.azure.com"
    assert request.line == f"GET /account?{asked} HTTP/1.1"
    assert request.headers["x-identity-header"] == SECRET
    assert "authorization" not in request.headers


async def test_the_apps_own_identity_needs_no_client_id_and_an_address_may_have_a_query_of_its_own() -> None:
    async with scripted([given()]) as server:
        await ManagedIdentity(f"{server.address}?sandbox=a%20b", SECRET).token(RESOURCE)
    asked = "sandbox=a%20b&api-version=2019-08-01&resource=https%3A%2F%2Fstorage.azure.com"
    assert server.requests[0].line == f"GET /account?{asked} HTTP/1.1"


@pytest.mark.parametrize(
    "fault",
    [
        RESET,
        answer(500),
        answer(429, Retry_After="0"),
        answer(200, b"<html>"),
        answer(200, b"{}"),
        given(""),
        given(expires_on="soon"),
    ],
    ids=["reset", "500", "429", "no JSON", "no token", "empty", "no end"],
)
async def test_what_may_pass_is_retried(fault: bytes) -> None:
    async with scripted([fault, given()]) as server:
        assert (await ManagedIdentity(server.address, SECRET, patience=SOON).token(RESOURCE)).text == "t1"


@pytest.mark.parametrize("status", [400, 403, 404, 409, 412])
async def test_a_refusal_is_plain_has_no_status_and_neither_the_secret_nor_what_was_answered(status: int) -> None:
    """A status would be taken for that of the row: 404 that it is not there, 412 that another wrote it."""
    async with scripted([answer(status, b'{"message": "no identity for canary-text"}')]) as server:
        with pytest.raises(CallFailedError) as told:
            await ManagedIdentity(server.address, SECRET, patience=SOON).token(RESOURCE)
    assert str(told.value) == f"no token of the managed identity: refused {status}"
    assert told.value.status is None
    assert SECRET not in repr(told.value)


@pytest.mark.parametrize("given_first", [given(), answer(403)], ids=["given", "refused"])
async def test_no_session_stays_open_after_it(given_first: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[ClientSession] = []
    make = Endpoint._opened

    def noted(endpoint: Endpoint) -> ClientSession:
        opened.append(make(endpoint))
        return opened[-1]

    monkeypatch.setattr(Endpoint, "_opened", noted)
    async with scripted([given_first]) as server:
        with suppress(CallFailedError):
            await ManagedIdentity(server.address, SECRET).token(RESOURCE)
    assert [each.closed for each in opened] == [True]


async def test_it_is_asked_for_once_by_many_calls_at_once() -> None:
    async with scripted([given()]) as server:
        token = BearerToken(lambda: ManagedIdentity(server.address, SECRET).token(RESOURCE))
        found = await asyncio.gather(*(token.headers(Call("GET", "/"), "/") for _ in range(20)))
    assert {each["Authorization"] for each in found} == {"Bearer t1"}
    assert len(server.requests) == 1


async def test_the_sdks_clients_are_given_the_same_and_their_own_kind_of_fault() -> None:
    async with scripted([given(), answer(400)]) as server:
        credential = IdentityCredential(ManagedIdentity(server.address, SECRET, patience=SOON))
        assert tuple(await credential.get_token(SCOPE)) == ("t1", END)
        with pytest.raises(ClientAuthenticationError, match="no token of the managed identity: refused 400"):
            await credential.get_token("https://servicebus.azure.net/.default")
    assert "resource=https%3A%2F%2Fservicebus.azure.net" in server.requests[1].line


def test_neither_token_nor_secret_is_in_a_repr() -> None:
    assert "canary" not in repr((Token("canary", END), ManagedIdentity("http://x", "canary")))
