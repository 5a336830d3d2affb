"""Tokens: asked for once, kept, renewed before their end and after a 401; a failure to renew is borne while it can."""

import asyncio
from typing import cast

import pytest
from azure.core.credentials import AccessToken
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import ClientAuthenticationError

from shared.azure_rest.bearer_token import RENEWED_BEFORE_END, BearerToken
from shared.azure_rest.call import Call, CallFailedError
from shared.azure_rest.endpoint import Endpoint, Patience
from shared.azure_rest.sdk_tokens import SCOPE, asking
from tests.azure_rest.scripted_server import answer, scripted

CALL = Call("GET", "/t")


class Credential:
    """The twin of a managed identity: tokens t1, t2, ... of an hour each, unless it is down."""

    def __init__(self) -> None:
        self.now, self.given, self.down, self.lives = 1_000.0, 0, False, 3600
        self.slow: asyncio.Event | None = None

    async def get_token(self, *scopes: str) -> AccessToken:
        assert scopes == (SCOPE,)
        await (self.slow.wait() if self.slow else asyncio.sleep(0))
        if self.down:
            raise ClientAuthenticationError("no identity here: secret-canary")
        self.given += 1
        return AccessToken(f"t{self.given}", int(self.now) + self.lives)

    def token(self) -> BearerToken:
        return BearerToken(asking(cast(AsyncTokenCredential, self)), lambda: self.now)


async def shown(token: BearerToken) -> str:
    return (await token.headers(CALL, "/t"))["Authorization"]


async def test_a_token_is_asked_for_once_by_many_calls_at_once() -> None:
    credential = Credential()
    token = credential.token()
    assert set(await asyncio.gather(*(shown(token) for _ in range(20)))) == {"Bearer t1"}
    assert credential.given == 1


async def test_a_token_is_renewed_shortly_before_its_end_and_not_sooner() -> None:
    credential = Credential()
    token = credential.token()
    await shown(token)
    credential.now += 3600 - RENEWED_BEFORE_END - 1
    assert await shown(token) == "Bearer t1"
    credential.now += 1
    assert await shown(token) == "Bearer t2"


async def test_a_token_that_cannot_be_renewed_serves_until_its_end_and_is_asked_for_now_and_then() -> None:
    credential = Credential()
    token = credential.token()
    await shown(token)
    credential.down = True
    credential.now += 3600 - RENEWED_BEFORE_END
    assert await shown(token) == "Bearer t1"
    credential.down = False
    assert await shown(token) == "Bearer t1", "not asked for again by every call"
    credential.now += 31
    assert await shown(token) == "Bearer t2"


async def test_a_token_that_ends_soon_is_not_asked_for_by_every_call() -> None:
    credential = Credential()
    credential.lives = 60
    token = credential.token()
    assert [await shown(token) for _ in range(3)] == ["Bearer t1"] * 3
    credential.now += 31
    assert await shown(token) == "Bearer t2"
    credential.lives = 10
    credential.now += 31
    assert await shown(token) == "Bearer t3"
    credential.now += 10
    assert await shown(token) == "Bearer t4", "not used past its end"


async def test_without_a_token_the_call_fails_as_one_that_may_pass() -> None:
    credential = Credential()
    credential.down = True
    with pytest.raises(CallFailedError) as told:
        await shown(credential.token())
    assert (told.value.may_pass, told.value.code) == (True, "ClientAuthenticationError")
    assert "canary" not in str(told.value)


async def test_a_token_withdrawn_is_replaced_once_and_a_second_refusal_stands() -> None:
    credential = Credential()
    refused = answer(401, b'{"odata.error":{"code":"InvalidAuthenticationInfo"}}')
    async with scripted([refused, answer(204), refused, refused]) as server:
        endpoint = Endpoint(server.address, credential.token(), Patience(first_pause=0))
        await endpoint.ask(CALL, lambda _: None)
        with pytest.raises(CallFailedError, match="InvalidAuthenticationInfo 401"):
            await endpoint.ask(CALL, lambda _: None)
        await endpoint.close()
    assert [each.headers["authorization"] for each in server.requests] == [f"Bearer t{n}" for n in (1, 2, 2, 3)]


async def test_a_call_refused_while_another_asks_for_the_token_waits_for_it() -> None:
    credential = Credential()
    token = credential.token()
    await shown(token)
    assert token.forget(), "the first call that was refused"
    assert token.forget(), "the second, with the same token"
    assert await shown(token) == "Bearer t2"


async def test_by_a_clock_that_is_hours_ahead_a_token_is_not_asked_for_by_every_call() -> None:
    credential = Credential()
    credential.lives = -3600
    token = credential.token()
    assert [await shown(token) for _ in range(3)] == ["Bearer t1"] * 3
    credential.now += 31
    assert await shown(token) == "Bearer t2"


async def test_while_one_call_renews_the_token_before_its_end_the_others_go_on_with_the_old_one() -> None:
    credential, answers = Credential(), asyncio.Event()
    token = credential.token()
    await shown(token)
    credential.now += 3600 - RENEWED_BEFORE_END
    credential.slow = answers
    renewing = asyncio.create_task(shown(token))
    await asyncio.sleep(0)
    assert await shown(token) == "Bearer t1"
    credential.now += RENEWED_BEFORE_END
    waiting = asyncio.create_task(shown(token))
    answers.set()
    assert [await renewing, await waiting] == ["Bearer t2"] * 2
