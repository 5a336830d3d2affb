"""Bodies of ``POST events`` as clients send them: structured, a batch or binary; and what is said of others (F3)."""

import base64
import json
from typing import Any

import pytest

from shared.messaging.sender import Queue
from tests.api.given import event, spend
from tests.api.world import Answer, World

ONE, BATCH, JSON = "application/cloudevents+json", "application/cloudevents-batch+json", "application/json"
DATA = json.loads(spend("C-1"))["data"]
ATTRIBUTES = {
    "ce_specversion": "1.0",
    "ce_id": "inv-1",
    "ce_source": "/billing",
    "ce_type": "fasttrack.spend.updated.v1",
    "ce_time": "2026-03-01T09:30:00Z",
}


def queued(world: World) -> list[Any]:
    return [json.loads(message.body) for message in world.sender.queues[Queue.EVENTS]]


async def binary(world: World, data: Any = None, content_type: str = JSON, **headers: str) -> Answer:
    body = data if isinstance(data, bytes) else json.dumps(data or DATA).encode()
    return await world.post("events", body, content_type=content_type, **{**ATTRIBUTES, **headers})


@pytest.mark.parametrize("given", [ONE, BATCH, JSON])
@pytest.mark.parametrize("parameters", ["", "; charset=utf-8", ";charset=UTF-8; x=y"])
async def test_each_type_is_accepted_with_parameters_and_in_any_case(world: World, given: str, parameters: str) -> None:
    body = b"[" + spend("C-1") + b"]" if given == BATCH else spend("C-1")
    for written in (given, given.title()):
        answer = await world.post("events", body, content_type=written + parameters)
        assert (answer.status, answer.value) == (202, {"accepted": 1})


@pytest.mark.parametrize(
    "given",
    [
        *("text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""),
        *("application/cloudevents", "application/cloudevents+xml", "application/problem+json", "text/json", "json"),
        "application/json,text/plain",
    ],
)
async def test_another_type_is_415_and_names_those_accepted(world: World, given: str) -> None:
    answer = await world.post("events", spend("C-1"), content_type=given)
    assert (answer.status, answer.type, answer.value["title"]) == (
        415,
        "application/problem+json",
        "Unsupported media type",
    )
    assert all(each in answer.value["detail"] for each in (ONE, BATCH, JSON))
    assert queued(world) == []


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "gzip, identity", "é"])
async def test_an_encoded_body_is_415(world: World, coding: str) -> None:
    for headers in ({}, ATTRIBUTES):
        answer = await world.post("events", spend("C-1"), content_encoding=coding, **headers)
        assert answer.status == 415
        assert answer.value["detail"].endswith("is not accepted; send it as it is")


async def test_the_identity_encoding_is_none(world: World) -> None:
    assert (await world.post("events", spend("C-1"), content_encoding="identity")).status == 202


@pytest.mark.parametrize("body", [b"", b" \n"])
@pytest.mark.parametrize("headers", [{}, ATTRIBUTES, {"content_type": ONE}, {"content_type": "text/plain"}])
async def test_an_empty_body_is_said_to_be_empty_and_why_it_may_be(
    world: World, body: bytes, headers: dict[str, str]
) -> None:
    answer = await world.post("events", body, **headers)
    assert (answer.status, answer.error_paths) == (400, ["$"])
    assert "is empty; send JSON" in answer.value["detail"]
    assert "LoadIntoBufferAsync" in answer.value["detail"]
    chunked = await world.post("events", body, transfer_encoding="chunked", **headers)
    assert (chunked.status, chunked.error_paths) == (400, ["$"])
    assert "is empty: a body sent in chunks" in chunked.value["detail"]


async def test_a_byte_order_mark_is_skipped(world: World) -> None:
    for headers in ({}, ATTRIBUTES):
        body = json.dumps(DATA).encode() if headers else spend("C-1")
        assert (await world.post("events", b"\xef\xbb\xbf" + body, **headers)).status == 202


async def test_one_event_as_a_batch_and_a_batch_as_one_event_are_refused_with_the_right_type(world: World) -> None:
    one = await world.post("events", spend("C-1"), content_type=BATCH)
    assert (one.status, one.error_paths) == (400, ["$"])
    assert ONE in one.value["detail"]
    several = await world.post("events", b"[" + spend("C-1") + b"]", content_type=ONE)
    assert (several.status, several.error_paths) == (400, ["$"])
    assert BATCH in several.value["detail"]


async def test_an_event_in_binary_mode_is_queued_in_structured_mode(world: World) -> None:
    answer = await binary(world, content_type="application/json; charset=utf-8", ce_subject="C-1")
    assert (answer.status, answer.value) == (202, {"accepted": 1})
    assert queued(world) == [
        {
            "specversion": "1.0",
            "id": "inv-1",
            "source": "/billing",
            "type": "fasttrack.spend.updated.v1",
            "time": "2026-03-01T09:30:00Z",
            "subject": "C-1",
            "datacontenttype": "application/json; charset=utf-8",
            "data": DATA,
        }
    ]
    await world.handle_queued()
    assert (await world.get("customers/C-1")).status == 200


@pytest.mark.parametrize("given", ["", "application/vnd.fasttrack+json"])
async def test_in_binary_mode_data_may_be_of_any_json_type_or_of_none_named(world: World, given: str) -> None:
    assert (await binary(world, content_type=given)).status == 202
    assert queued(world)[0].get("datacontenttype", "") == given


@pytest.mark.parametrize("given", ["text/plain", "application/xml", "application/octet-stream"])
async def test_in_binary_mode_data_of_another_type_is_415(world: World, given: str) -> None:
    answer = await binary(world, content_type=given)
    assert answer.status == 415
    assert JSON in answer.value["detail"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("plain", "plain"),
        ("a%20b", "a b"),
        ("a+b", "a+b"),
        ("%C3%A9", "é"),
        ("é", "é"),
        ("%F0%9F%98%80", "\U0001f600"),
        ("100%25", "100%"),
        ("100%2525", "100%25"),
        ("a%zz", "a%zz"),
        ("50%", "50%"),
        ('"quoted"', "quoted"),
        (r'"a \"b\" \\c"', r'a "b" \c'),
        ('"a%20b"', "a b"),
        ('"', '"'),
        ('"open', '"open'),
        ("%22kept%22", '"kept"'),
    ],
)
async def test_a_header_is_decoded_once(world: World, written: str, meant: str) -> None:
    assert (await binary(world, ce_id=written)).status == 202
    assert queued(world)[0]["id"] == meant


@pytest.mark.parametrize("written", ["%E9", "%C3", "%ED%A0%80", "\udce9"])
async def test_percent_signs_that_are_not_utf_8_are_named(world: World, written: str) -> None:
    answer = await binary(world, ce_id=written)
    assert (answer.status, answer.error_paths) == (400, ["$.id"])


async def test_the_trace_context_comes_in_headers(world: World) -> None:
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    assert (await binary(world, ce_traceparent=parent, ce_tracestate="a=1,b=2", traceparent="00-other")).status == 202
    assert (queued(world)[0]["traceparent"], queued(world)[0]["tracestate"]) == (parent, "a=1,b=2")


async def test_headers_named_like_data_are_no_attributes(world: World) -> None:
    assert (await binary(world, **{"ce_data": "{}", "ce_datacontenttype": "text/plain", "ce_": "x"})).status == 202
    assert queued(world)[0]["data"] == DATA
    assert queued(world)[0]["datacontenttype"] == JSON


async def test_every_member_at_fault_in_binary_mode_is_named(world: World) -> None:
    answer = await binary(
        world, {**DATA, "annualAmount": 5, "validTo": None}, ce_type="a.b", ce_time="today", ce_specversion="1.0,1.0"
    )
    assert (answer.status, answer.error_paths) == (400, ["$.specversion", "$.type", "$.time"])
    answer = await binary(world, {**DATA, "annualAmount": 5, "validTo": None})
    assert (answer.status, answer.error_paths) == (400, ["$.data.annualAmount", "$.data.validTo"])
    for data in (b"[1]", b"7", b"{", b'{"a":1,"a":1}', b"null"):
        answer = await binary(world, data)
        assert (answer.status, answer.error_paths) == (400, ["$.data"])
    assert queued(world) == []


async def test_a_structured_request_stays_one_whatever_headers_come_with_it(world: World) -> None:
    posted = spend("C-1")
    answer = await world.post(
        "events", posted, content_type=f"{ONE}; charset=utf-8", **{**ATTRIBUTES, "ce_id": "other"}
    )
    assert answer.status == 202
    assert queued(world) == [json.loads(posted)]


async def test_data_in_base64_is_accepted_in_a_batch_and_queued_as_it_was_posted(world: World) -> None:
    given = json.loads(spend("C-1"))
    encoded = base64.b64encode(json.dumps(given.pop("data")).encode()).decode()
    posted = {**given, "data_base64": encoded, "data": None}
    assert (await world.post("events", json.dumps([posted]).encode())).status == 202
    assert queued(world) == [posted]
    await world.handle_queued()
    assert (await world.get("customers/C-1")).status == 200


@pytest.mark.parametrize(
    "members",
    [
        {"time": "2026-03-01T09:30:00.1234567+00:00"},
        {"datacontenttype": None, "subject": None, "dataschema": None},
        {"datacontenttype": "application/json; charset=utf-8"},
    ],
)
async def test_an_envelope_as_dotnet_writes_it_is_accepted(world: World, members: dict[str, Any]) -> None:
    posted = event("spend.updated", {**DATA, "endsOn": None}, **members).replace(b"+", b"\\u002B")
    assert (await world.post("events", posted)).status == 202
