"""``POST events``: checked as a message is, then queued; all or none."""

import json
from typing import Any

import pytest

from shared.messaging.sender import Queue
from tests.api.given import event, project, spend
from tests.api.world import World


def queued(world: World) -> list[Any]:
    return [json.loads(message.body) for message in world.sender.queues[Queue.EVENTS]]


def batch(*messages: bytes) -> bytes:
    return b"[" + b",".join(messages) + b"]"


async def test_one_event_is_queued_as_it_was_posted(world: World) -> None:
    posted = event("spend.updated", json.loads(spend("C-1", endsOn=None))["data"], extra={"kept": ["é", 1.5, None]})
    answer = await world.post("events", posted)
    assert (answer.status, answer.type, answer.value) == (202, "application/json", {"accepted": 1})
    assert queued(world) == [json.loads(posted)]
    await world.handle_queued()
    assert (await world.get("customers/C-1")).status == 200


@pytest.mark.parametrize("size", [1, 2, 100])
async def test_a_batch_is_queued_in_its_order(world: World, size: int) -> None:
    posted = [spend(f"C-{number}") for number in range(size)]
    answer = await world.post("events", batch(*posted))
    assert (answer.status, answer.value) == (202, {"accepted": size})
    assert queued(world) == [json.loads(each) for each in posted]


@pytest.mark.parametrize("size", [0, 101])
async def test_a_batch_of_none_or_of_more_than_100_is_refused(world: World, size: int) -> None:
    answer = await world.post("events", batch(*(spend("C-1") for _ in range(size))))
    assert (answer.status, answer.error_paths) == (400, ["$"])
    assert "100" in answer.value["detail"]
    assert queued(world) == []


async def test_every_invalid_member_of_a_batch_is_named_and_nothing_is_queued(world: World) -> None:
    posted = batch(
        spend("C-1"),
        spend("C 1", "-5", currency="usd"),
        project("C-1", applications=["finance", "Sales"]),
        event("unheard.of", {}, specversion="0.3"),
        b"7",
    )
    answer = await world.post("events", posted)
    assert answer.status == 400
    assert sorted(answer.error_paths) == [
        "$[1].data.annualAmount",
        "$[1].data.currency",
        "$[1].data.customerId",
        "$[2].data.applications[1]",
        "$[3].specversion",
        "$[3].type",
        "$[4]",
    ]
    assert all(each["message"] for each in answer.value["errors"])
    assert queued(world) == []


async def test_a_single_events_members_are_named_without_an_index(world: World) -> None:
    answer = await world.post("events", spend("C-1", currency="usd"))
    assert (answer.status, answer.error_paths) == (400, ["$.data.currency"])
    assert "USD" in answer.value["errors"][0]["message"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b" ", "is empty"),
        (b"{", "not JSON"),
        (b"\xff", "not UTF-8"),
        (b'{"id": NaN}', "NaN"),
        (b'{"id": "1", "id": "2"}', "twice"),
        (b"[" * 100_000, "nested too deeply"),
        (b'"an event"', "not an object"),
        (b"null", "not an object"),
        (b'{"id": "\\ud800"}', "surrogate pair"),
    ],
)
async def test_a_body_that_is_no_event_is_refused_with_what_it_is(world: World, body: bytes, named: str) -> None:
    answer = await world.post("events", body)
    assert (answer.status, answer.error_paths) == (400, ["$"])
    assert named in answer.value["errors"][0]["message"]
    assert queued(world) == []


async def test_an_event_up_to_5_minutes_ahead_is_taken_and_a_later_one_refused(world: World) -> None:
    assert (await world.post("events", spend("C-1", time="2026-03-02T12:05:00Z"))).status == 202
    answer = await world.post("events", spend("C-1", time="2026-03-02T12:05:00.000001Z"))
    assert (answer.status, answer.error_paths) == (400, ["$.time"])


def of_size(size: int) -> bytes:
    """An event that takes ``size`` bytes without white space."""
    posted = {**json.loads(spend("C-1")), "note": ""}
    posted["note"] = "x" * (size - len(json.dumps(posted, separators=(",", ":"))))
    return json.dumps(posted).encode()


async def test_an_event_is_taken_up_to_the_size_of_a_message_white_space_not_counted(world: World) -> None:
    limit = 48 * 1024
    assert (await world.post("events", of_size(limit))).status == 202
    assert len(world.sender.queues[Queue.EVENTS].popleft().body) == limit
    answer = await world.post("events", batch(spend("C-1"), of_size(limit + 1)))
    assert (answer.status, answer.error_paths) == (400, ["$[1]"])
    assert queued(world) == []


async def test_a_body_over_5_mib_is_too_large_and_one_of_5_mib_is_read(world: World) -> None:
    limit = 5 * 1024 * 1024
    posted = spend("C-1")
    assert (await world.post("events", posted.ljust(limit))).status == 202
    answer = await world.post("events", posted.ljust(limit + 1))
    assert (answer.status, answer.type) == (413, "application/problem+json")
    assert len(queued(world)) == 1


async def test_an_event_that_cannot_be_queued_now_is_not_accepted(world: World) -> None:
    world.sender.down = True
    assert (await world.post("events", spend("C-1"))).status == 503
