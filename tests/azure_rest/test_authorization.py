"""Signatures, against vectors worked out by hand from the description of the service."""

import base64
import hashlib
import hmac
import time

import pytest

from shared.azure_rest import authorization
from shared.azure_rest.authorization import QueueKey, TableKey
from shared.azure_rest.call import Call

KEY = base64.b64encode(b"sixteen byte key").decode()
DATE = "Wed, 25 Nov 2026 15:49:07 GMT"


@pytest.fixture(autouse=True)
def _at_one_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authorization, "_date", lambda second: DATE)


def signed(text: str) -> str:
    return base64.b64encode(hmac.digest(b"sixteen byte key", text.encode(), hashlib.sha256)).decode()


async def test_a_call_on_tables_signs_time_and_resource() -> None:
    call = Call("GET", "/t(PartitionKey='p%27%27',RowKey='r')", {"x-ms-version": "2020-12-06"})
    found = await TableKey("name", KEY).headers(call, f"/name{call.path}")
    text = f"{DATE}\n/name/name/t(PartitionKey='p%27%27',RowKey='r')"
    assert found == {"x-ms-date": DATE, "Authorization": f"SharedKeyLite name:{signed(text)}"}
    assert signed(text) == "iRObacAjmfIJXwZwbIrIup+0J03l7lGYvF/9NCUmjWk="


async def test_a_call_on_queues_signs_method_length_type_headers_resource_and_query() -> None:
    headers = {"x-ms-version": "2020-12-06", "Content-Type": "application/xml"}
    call = Call("POST", "/q/messages", headers, b"<a/>", {"visibilitytimeout": "7", "messagettl": "-1"})
    found = await QueueKey("name", KEY).headers(call, "/q/messages")
    text = (
        f"POST\n\n\n4\n\napplication/xml\n\n\n\n\n\n\nx-ms-date:{DATE}\nx-ms-version:2020-12-06\n"
        "/name/q/messages\nmessagettl:-1\nvisibilitytimeout:7"
    )
    assert found["Authorization"] == f"SharedKey name:{signed(text)}"
    assert signed(text) == "MKYFLmpvfH4BBkoYjSA4zBI9So83w6fAb+P7s7P7uRI="


async def test_the_time_signed_is_the_time_sent_and_moves_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for second, date in ((0, "Thu, 01 Jan 1970 00:00:00 GMT"), (1, "Thu, 01 Jan 1970 00:00:01 GMT")):
        monkeypatch.setattr(time, "time", lambda second=second: second + 0.9)
        found = await TableKey("name", KEY).headers(Call("GET", "/t"), "/t")
        assert found == {"x-ms-date": date, "Authorization": f"SharedKeyLite name:{signed(f'{date}\n/name/t')}"}


async def test_a_body_of_no_bytes_has_no_length_to_sign() -> None:
    found = await QueueKey("name", KEY).headers(Call("PUT", "/q", {}), "/q")
    assert found["Authorization"].endswith(signed(f"PUT\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:{DATE}\n/name/q"))


def test_a_key_shows_itself_nowhere() -> None:
    for key in (TableKey("name", KEY), QueueKey("name", KEY)):
        assert KEY not in repr(key) + str(key)
        assert "sixteen" not in repr(key)
