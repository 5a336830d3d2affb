"""``GET quarantine`` and ``POST quarantine/{id}/redrive``."""

import base64
import json

import pytest

from shared.domain.events import MAX_EVENT_BYTES
from shared.messaging.sender import Queue
from shared.workflow.keep import keep_poison
from tests.api.given import event, spend
from tests.api.world import World


async def kept_id(world: World) -> str:
    [item] = (await world.get("quarantine")).value["items"]
    return str(item["id"])


async def test_a_kept_message_is_told_whole_with_the_reason_and_the_members_at_fault(world: World) -> None:
    body = spend("C-1", "1e9", currency="usd")
    await world.handle(body)
    answer = await world.get("quarantine")
    assert (answer.status, answer.type, answer.value["next"]) == (200, "application/json", None)
    [item] = answer.value["items"]
    assert [each["path"] for each in item["errors"]] == ["$.data.annualAmount", "$.data.currency"]
    assert "$.data.annualAmount" in item["reason"]
    assert {name: item[name] for name in ("queue", "firstAt", "lastAt", "attempts", "count", "state", "body")} == {
        "queue": "eligibility-events",
        "firstAt": "2026-03-02T12:00:00.000000Z",
        "lastAt": "2026-03-02T12:00:00.000000Z",
        "attempts": 1,
        "count": 1,
        "state": "kept",
        "body": body.decode(),
    }
    assert "bodyBase64" not in item


async def test_a_body_that_is_not_utf_8_is_told_in_base64(world: World) -> None:
    await world.handle(b"\xff\xfe\x00")
    [item] = (await world.get("quarantine")).value["items"]
    assert base64.b64decode(item["bodyBase64"], validate=True) == b"\xff\xfe\x00"
    assert "body" not in item


async def test_the_list_is_oldest_first_by_when_a_message_was_first_kept(world: World) -> None:
    for body in (b"first", b"second", b"third", b"first"):
        await world.handle(body)
        world.pass_time(minutes=1)
    items = (await world.get("quarantine")).value["items"]
    assert [(each["body"], each["count"], each["firstAt"][11:16], each["lastAt"][11:16]) for each in items] == [
        ("first", 2, "12:00", "12:03"),
        ("second", 1, "12:01", "12:01"),
        ("third", 1, "12:02", "12:02"),
    ]


async def test_the_messages_of_one_fault_are_listed_alone(world: World) -> None:
    for amount in ("1e9", "2e9"):
        await world.handle(spend("C-1", amount))
    await world.handle(b"no JSON")
    faults = {each["fault"]: each["count"] for each in (await world.get("quarantine/faults")).value["items"]}
    amount, text = "fasttrack.spend.updated.v1: $.data.annualAmount", next(each for each in faults if "JSON" in each)
    assert faults == {amount: 2, text: 1}
    for fault, count in faults.items():
        items = (await world.get("quarantine", fault=fault)).value["items"]
        assert [each["fault"] for each in items] == [fault] * count
    assert (await world.get("quarantine", fault="of no message")).value["items"] == []


async def test_a_message_that_a_queue_would_not_take_is_not_put_back(world: World) -> None:
    await keep_poison(world.ports, Queue.EVENTS, b" " * (MAX_EVENT_BYTES + 1))
    answer = await world.post(f"quarantine/{await kept_id(world)}/redrive")
    assert (answer.status, answer.value["title"]) == (409, "Too large to put back")


async def test_equal_bodies_of_different_queues_are_kept_apart(world: World) -> None:
    for queue in (Queue.EVENTS, Queue.RECOMPUTE):
        await keep_poison(world.ports, queue, b"{}")
    items = (await world.get("quarantine")).value["items"]
    assert {each["queue"] for each in items} == {"eligibility-events", "eligibility-recompute"}
    assert len({each["id"] for each in items}) == 2


@pytest.mark.parametrize("body", [b"not an event", b"\xff", b""])
async def test_redriving_puts_the_very_bytes_back_on_the_queue_they_came_from(world: World, body: bytes) -> None:
    await keep_poison(world.ports, Queue.RECOMPUTE, body)
    answer = await world.post(f"quarantine/{await kept_id(world)}/redrive")
    assert (answer.status, answer.type, answer.value["state"]) == (202, "application/json", "redriven")
    assert [message.body for message in world.sender.queues[Queue.RECOMPUTE]] == [body]
    assert not world.sender.queues[Queue.EVENTS]
    [item] = (await world.get("quarantine")).value["items"]
    assert item == answer.value


async def test_redriving_twice_sends_once(world: World) -> None:
    await world.handle(b"not an event")
    path = f"quarantine/{await kept_id(world)}/redrive"
    answers = [await world.post(path) for _ in range(2)]
    assert [(each.status, each.value["state"]) for each in answers] == [(202, "redriven")] * 2
    assert len(world.sender.queues[Queue.EVENTS]) == 1


async def test_a_redriven_message_that_fails_again_is_kept_again_and_counted(world: World) -> None:
    await world.handle(b"not an event")
    await world.post(f"quarantine/{await kept_id(world)}/redrive")
    world.pass_time(days=1)
    await world.handle_queued()
    [item] = (await world.get("quarantine")).value["items"]
    assert (item["state"], item["count"], item["firstAt"][:10], item["lastAt"][:10]) == (
        "kept",
        2,
        "2026-03-02",
        "2026-03-03",
    )
    await world.post(f"quarantine/{item['id']}/redrive")
    assert len(world.sender.queues[Queue.EVENTS]) == 1


async def test_a_redriven_message_whose_time_has_come_takes_effect(world: World) -> None:
    early = spend("C-1", time="2026-03-02T12:06:00Z")
    await world.handle(early)
    assert (await world.get("customers/C-1")).status == 404
    world.pass_time(minutes=10)
    await world.post(f"quarantine/{await kept_id(world)}/redrive")
    await world.handle_queued()
    assert (await world.get("customers/C-1")).value["licences"][0]["annualAmount"] == "300000"


async def test_a_message_that_cannot_be_sent_stays_kept(world: World) -> None:
    await world.handle(b"not an event")
    path = f"quarantine/{await kept_id(world)}/redrive"
    world.sender.down = True
    assert (await world.post(path)).status == 503
    world.sender.down = False
    assert (await world.get("quarantine")).value["items"][0]["state"] == "kept"
    assert (await world.post(path)).value["state"] == "redriven"


async def test_an_unknown_id_is_not_found(world: World) -> None:
    answer = await world.post(f"quarantine/{'0' * 32}/redrive")
    assert (answer.status, answer.type) == (404, "application/problem+json")
    assert not any(world.sender.queues.values())


async def test_a_message_of_the_greatest_size_is_told_whole(world: World) -> None:
    filler = event("spend.updated", {"customerId": "C-1", "note": "é" * 24_000})
    assert 47_000 < len(filler) <= 48 * 1024
    await world.handle(filler)
    [item] = (await world.get("quarantine")).value["items"]
    assert json.loads(item["body"]) == json.loads(filler)
