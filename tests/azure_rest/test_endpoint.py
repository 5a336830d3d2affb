"""Calls over a bare connection: what is repeated, how often, when, and what is told in the end."""

import logging
import time
import traceback
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from shared.azure_rest.authorization import QueueKey, TableKey
from shared.azure_rest.call import Answer, Call, CallFailedError
from shared.azure_rest.endpoint import Endpoint, Patience
from tests.azure_rest.scripted_server import RESET, SILENCE, ScriptedServer, answer, scripted

KEY = "c2VjcmV0LWNhbmFyeS1rZXk="
QUICK = Patience(first_pause=0, one_try=0.2)
CALL = Call("PUT", "/t(PartitionKey='p',RowKey='r')", {"If-Match": "*"}, b"{}")


@asynccontextmanager
async def talking(steps: Sequence[bytes], patience: Patience = QUICK) -> AsyncIterator[tuple[Endpoint, ScriptedServer]]:
    async with scripted(steps) as server:
        endpoint = Endpoint(server.address, TableKey("account", KEY), patience)
        try:
            yield endpoint, server
        finally:
            await endpoint.close()


def etag(answer: Answer) -> str:
    return answer.headers["ETag"]


GOOD = answer(204, ETag="1")


FAULTS = {
    **{str(status): answer(status) for status in (408, 429, 500, 502, 503, 504)},
    "reset": RESET,
    "silence": SILENCE,
    "half a head": b"HTTP/1.1 204 half\r\nContent-Le",
    "half a body": answer(200, b"half of it").replace(b"Content-Length: 10", b"Content-Length: 99"),
    "garbage": b"garbage\r\n\r\n",
    "no ETag": answer(204),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_a_call_that_may_pass_is_made_again_the_same_and_then_passes(fault: bytes) -> None:
    async with talking([fault, fault, GOOD]) as (endpoint, server):
        assert await endpoint.ask(CALL, etag) == "1"
    assert len(server.requests) == 3
    assert {(each.line, each.body) for each in server.requests} == {
        ("PUT /account/t(PartitionKey='p',RowKey='r') HTTP/1.1", b"{}")
    }


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (412, b'{"odata.error":{"code":"UpdateConditionNotSatisfied","message":{}}}', "UpdateConditionNotSatisfied"),
        (404, b"<?xml version='1.0'?><Error><Code>QueueNotFound</Code></Error>", "QueueNotFound"),
        (403, b"", "refused"),
        (400, b"\xff\xfe", "refused"),
    ],
)
async def test_a_refusal_is_told_at_once_with_the_services_code(status: int, body: bytes, code: str) -> None:
    async with talking([answer(status, body)]) as (endpoint, server):
        with pytest.raises(CallFailedError) as told:
            await endpoint.ask(CALL, etag)
    assert (told.value.status, told.value.code, str(told.value)) == (status, code, f"{code} {status}")
    assert len(server.requests) == 1


@pytest.mark.parametrize(("fault", "status"), [(answer(503), 503), (RESET, None), (SILENCE, None)])
async def test_after_the_last_try_it_is_told_what_happened(fault: bytes, status: int | None) -> None:
    async with talking([fault] * 9) as (endpoint, server):
        with pytest.raises(CallFailedError) as told:
            await endpoint.ask(CALL, etag)
    assert told.value.status == status
    # The HTTP client makes an idempotent call once more by itself when its connection breaks.
    assert len(server.requests) == QUICK.tries * (2 if fault == RESET else 1)


async def test_the_header_code_goes_before_that_of_the_body() -> None:
    async with talking([answer(404, b'{"code": "Other"}', x_ms_error_code="TableNotFound")]) as (endpoint, _):
        with pytest.raises(CallFailedError, match="TableNotFound 404"):
            await endpoint.ask(CALL, etag)


async def test_as_long_as_the_service_asks_for_is_waited() -> None:
    async with talking([answer(429, Retry_After="1"), GOOD]) as (endpoint, _):
        started = time.monotonic()
        await endpoint.ask(CALL, etag)
        assert time.monotonic() - started >= 1


async def test_a_wait_past_the_deadline_is_not_begun() -> None:
    async with talking([answer(503, Retry_After="60")]) as (endpoint, server):
        with pytest.raises(CallFailedError, match="503"):
            await endpoint.ask(CALL, etag)
    assert len(server.requests) == 1


async def test_a_retry_after_that_is_no_number_counts_as_none() -> None:
    late = "Wed, 25 Nov 2099 15:00:00 GMT"
    async with talking([answer(503, Retry_After=late), GOOD]) as (endpoint, _):
        assert await endpoint.ask(CALL, etag) == "1"


def test_pauses_double_up_to_the_longest_with_half_of_each_at_random() -> None:
    patience = Patience(tries=6, first_pause=1, longest_pause=4)
    several = [list(patience.pauses()) for _ in range(50)]
    for pauses in several:
        assert all(longest / 2 <= pause <= longest for pause, longest in zip(pauses, (1, 2, 4, 4, 4), strict=True))
    assert len({pauses[0] for pauses in several}) > 40


@pytest.mark.parametrize("fault", [answer(403), *FAULTS.values()], ids=["403", *FAULTS])
async def test_no_key_or_signature_is_in_a_failure_or_in_a_log(fault: bytes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with talking([fault] * 9) as (endpoint, server):
        with pytest.raises(CallFailedError) as told:
            await endpoint.ask(CALL, etag)
    signature = server.requests[0].headers["authorization"].rpartition(":")[2]
    text = "".join(traceback.format_exception(told.value)) + repr(told.value) + caplog.text
    text += repr(told.value.__context__) + repr(told.value.__cause__) + repr(endpoint.__dict__)
    assert signature not in text
    assert KEY not in text


@pytest.mark.parametrize("make", [TableKey, QueueKey])
def test_a_key_that_is_not_base64_is_refused_without_being_quoted(make: Callable[[str, str], object]) -> None:
    with pytest.raises(ValueError) as told:  # noqa: PT011  what it says is the library's; what it must not say is ours
        make("account", "canary not base64")
    assert "canary" not in str(told.value)
