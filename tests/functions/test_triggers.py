"""Queue and timer triggers hand what they get to the workflow, and let through what the host has to try again."""

import asyncio
import base64
from typing import Any

import azure.functions as func
import pytest
from azure.functions.queue import QueueMessage
from azure.functions.servicebus import ServiceBusMessage

from functions import quarantine, queues, receive_event, recompute, sweep
from shared import wiring
from shared.domain.recompute import DayCame, FanOutStep, Recompute
from shared.domain.retried import Retried
from shared.errors import PassingError
from shared.messaging.sender import Queue
from shared.storage.fan_outs import FanOut
from shared.workflow.keep import LAST_ATTEMPT
from tests.api.given import certified, covered, qualified, spend
from tests.api.world import World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(wiring, "_built", made.ports)
    monkeypatch.setattr(queues, "RETRY_AFTER", 0)
    return made


def message(body: bytes, attempt: int | None = 1) -> QueueMessage:
    return QueueMessage(id="m-1", body=base64.b64encode(body), dequeue_count=attempt)


def delivery(body: bytes, attempt: int | None = 1, **properties: str) -> ServiceBusMessage:
    return ServiceBusMessage(
        body=body,
        delivery_count=attempt,
        message_id="m-1",
        application_properties={"DeadLetterReason": properties["reason"]} if properties else {},
        user_properties={},
    )


@pytest.mark.parametrize(
    ("handler", "message"),
    [
        (receive_event.receive_event, message(spend("C-1"))),
        (receive_event.receive_event_of_service_bus, delivery(spend("C-1"))),
    ],
    ids=["storage queue", "Service Bus"],
)
async def test_an_event_decides_its_customer(world: World, handler: Any, message: Any) -> None:
    assert await handler(message) is None
    assert (await world.get("customers/C-1")).value["decision"]["status"] == "ineligible"


async def test_a_recompute_message_decides_its_customers(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"), spend("C-1", time="2026-03-02T00:00:00Z", endsOn="2026-03-02"))
    world.pass_time(days=1)
    body = Recompute(("C-1",), DayCame(world.ports.today())).to_bytes()
    assert await recompute.recompute(message(body)) is None
    assert (await world.get("customers/C-1")).value["decision"]["status"] == "ineligible"


@pytest.mark.parametrize(
    ("handler", "message", "queue", "body"),
    [
        (receive_event.receive_event, message, Queue.EVENTS, spend("C-2")),
        (receive_event.receive_event_of_service_bus, delivery, Queue.EVENTS, spend("C-2")),
        (recompute.recompute, message, Queue.RECOMPUTE, FanOutStep(FanOut("P-1", 1).id).to_bytes()),
    ],
    ids=["event", "event of Service Bus", "recompute"],
)
async def test_a_failure_that_may_pass_is_the_hosts_to_try_again_until_the_last_try_when_a_copy_goes_back_for_later(
    world: World, handler: Any, message: Any, queue: Queue, body: bytes
) -> None:
    await world.handle(*covered("C-1"))
    world.store.down = True
    for attempt in (None, *range(1, LAST_ATTEMPT)):
        with pytest.raises(PassingError):
            await handler(message(body, attempt))
    assert await handler(message(body, LAST_ATTEMPT)) is None
    back = world.sender.queues[queue].pop()
    assert 60 <= back.delay <= 900
    world.store.down = False
    assert (await world.get("quarantine")).value["items"] == []
    assert await handler(message(back.body)) is None
    assert (await world.get("quarantine")).value["items"] == []
    if queue is Queue.EVENTS:
        assert (await world.get("customers/C-2")).status == 200


@pytest.mark.parametrize("text", [b"not base64!", b"YQ", b'"text"', b"\xff\xfe", b"\xef\xbb\xbf"])
@pytest.mark.parametrize(
    ("handler", "queue"),
    [
        (receive_event.receive_event, Queue.EVENTS),
        (recompute.recompute, Queue.RECOMPUTE),
        (quarantine.keep_poison_event, Queue.EVENTS),
    ],
    ids=["event", "recompute", "poison"],
)
async def test_a_message_that_is_neither_json_nor_base64_is_kept_as_it_came(
    world: World, handler: Any, queue: Queue, text: bytes
) -> None:
    assert await handler(QueueMessage(id="m-1", body=text, dequeue_count=1)) is None
    (kept,), _ = await world.ports.quarantine.page("", 10)
    assert (kept.queue, kept.body) == (queue.value, text)
    assert kept.reason.startswith("neither JSON nor base64")


async def test_base64_with_line_breaks_is_read_as_the_host_reads_it(world: World) -> None:
    text = base64.encodebytes(spend("C-1"))
    assert b"\n" in text[:-1]
    await receive_event.receive_event(QueueMessage(id="m-1", body=text, dequeue_count=1))
    assert (await world.get("customers/C-1")).status == 200


async def test_what_can_never_succeed_is_kept_on_the_first_try(world: World) -> None:
    for handler in (receive_event.receive_event, recompute.recompute):
        assert await handler(message(b"\xff", 1)) is None
    items = (await world.get("quarantine")).value["items"]
    assert sorted((each["queue"], each["attempts"]) for each in items) == [
        ("eligibility-events", 1),
        ("eligibility-recompute", 1),
    ]


@pytest.mark.parametrize(
    ("handler", "queue"),
    [(quarantine.keep_poison_event, Queue.EVENTS), (quarantine.keep_poison_recompute, Queue.RECOMPUTE)],
)
async def test_a_poison_message_is_kept_whole_under_the_queue_it_came_from(
    world: World, handler: Any, queue: Queue
) -> None:
    assert await handler(message(b'{"any": "thing"}')) is None
    [item] = (await world.get("quarantine")).value["items"]
    assert (item["queue"], item["body"], item["state"]) == (queue.value, '{"any": "thing"}', "kept")


@pytest.mark.parametrize("body", [b"\xff", b'{"deliveryCount": 5}', b"bm90IGJhc2U2NA=="])
async def test_an_event_of_service_bus_that_can_never_succeed_is_kept_at_once_as_it_came(
    world: World, body: bytes
) -> None:
    assert await receive_event.receive_event_of_service_bus(delivery(body)) is None
    (kept,), _ = await world.ports.quarantine.page("", 10)
    assert (kept.queue, kept.body, kept.attempts) == (Queue.EVENTS.value, body, 1)


async def test_a_dead_letter_is_put_back_twice_then_kept_whole_with_its_reason_and_redriven_by_hand(
    world: World,
) -> None:
    dead = body = spend("C-1")
    for _ in range(2):
        assert await quarantine.keep_dead_letter(delivery(dead, 6, reason="MaxDeliveryCountExceeded")) is None
        dead = world.sender.queues[Queue.EVENTS].pop().body
    assert await quarantine.keep_dead_letter(delivery(dead, 6, reason="MaxDeliveryCountExceeded")) is None
    [item] = (await world.get("quarantine")).value["items"]
    assert (item["queue"], item["body"], item["attempts"]) == (Queue.EVENTS.value, body.decode(), 5)
    assert "MaxDeliveryCountExceeded" in item["reason"]
    assert (await world.post(f"quarantine/{item['id']}/redrive")).status == 202
    await world.handle_queued()
    assert (await world.get("customers/C-1")).status == 200


async def test_a_dead_letter_that_cannot_be_kept_now_is_raised_on_every_delivery(world: World) -> None:
    world.store.down = True
    for attempt in (1, LAST_ATTEMPT, 100):
        with pytest.raises(PassingError):
            await quarantine.keep_dead_letter(delivery(b"x", attempt))


@pytest.mark.parametrize(
    "handler", [receive_event.receive_event_of_service_bus, quarantine.keep_dead_letter], ids=["event", "dead"]
)
async def test_a_failed_delivery_of_service_bus_is_held_for_a_while_since_it_would_come_again_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch, handler: Any
) -> None:
    monkeypatch.setattr(queues, "RETRY_AFTER", 3600)
    world.store.down = world.sender.down = True
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await handler(delivery(spend("C-1")))


async def test_a_poison_message_that_can_neither_be_kept_nor_put_back_now_stays_on_its_queue(world: World) -> None:
    world.store.down = world.sender.down = True
    with pytest.raises(PassingError):
        await quarantine.keep_poison_event(message(b"x"))


@pytest.mark.parametrize(
    "text", [base64.b64encode(spend("C-1")), spend("C-1"), b"no base64!"], ids=["base64", "JSON", "neither"]
)
@pytest.mark.parametrize(
    ("handler", "queue"),
    [(quarantine.keep_poison_event, Queue.EVENTS), (quarantine.keep_poison_recompute, Queue.RECOMPUTE)],
)
async def test_a_poison_message_that_cannot_be_kept_now_is_put_back_on_its_own_queue_where_it_has_no_end(
    world: World, handler: Any, queue: Queue, text: bytes
) -> None:
    world.store.down = True
    assert await handler(QueueMessage(id="m-1", body=text, dequeue_count=1)) is None
    [back] = world.sender.queues[queue]
    assert Retried.of(back.body).body == (text if text[:1] in b"{n" else base64.b64decode(text))
    world.store.down = False
    assert (await world.get("quarantine")).value["items"] == []


async def test_the_timer_of_the_start_creates_the_queues_that_are_missing(world: World) -> None:
    assert await sweep.create_queues(func.TimerRequest()) is None
    assert world.sender.created == 1


async def test_the_due_timer_has_customers_decided_whose_date_has_come(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"), spend("C-1", time="2026-03-02T00:00:00Z", endsOn="2026-03-02"))
    assert await sweep.sweep_due(func.TimerRequest()) is None
    assert not world.sender.queues[Queue.RECOMPUTE]
    world.pass_time(days=1)
    await sweep.sweep_due(func.TimerRequest())
    await world.handle()
    assert (await world.get("customers/C-1")).value["decision"]["status"] == "ineligible"


async def test_the_outbox_timer_sends_what_was_recorded_and_not_notified(world: World) -> None:
    world.sender.down = True
    with pytest.raises(PassingError):
        await world.handle(spend("C-1"))
    world.sender.down = False
    world.pass_time(minutes=10)
    assert await sweep.sweep_outboxes(func.TimerRequest()) is None
    [sent] = world.sender.queues[Queue.NOTIFICATIONS]
    assert sent.id == "C-1/1"


async def test_the_fan_out_timer_hands_on_what_was_left(world: World) -> None:
    await world.handle(*covered("C-1"))
    world.sender.down = True
    with pytest.raises(PassingError):
        await world.handle(certified())
    world.sender.down = False
    world.pass_time(minutes=10)
    assert await sweep.sweep_fan_outs(func.TimerRequest()) is None
    assert len([each for each in world.sender.queues[Queue.RECOMPUTE] if b"fanOut" in each.body]) == 1
