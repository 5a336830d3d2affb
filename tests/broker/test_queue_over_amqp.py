"""What the events queue promises to the unmodified client, here, in Microsoft's emulator and in Azure."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from azure.servicebus import ServiceBusMessage, ServiceBusSubQueue
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver, ServiceBusSender
from azure.servicebus.exceptions import MessageAlreadySettled

from tests.broker.bus import EVENTS, body, complete_all, nothing_left, one, receive

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_message_arrives_as_it_was_sent(events: ServiceBusSender, receiver: ServiceBusReceiver) -> None:
    sent = ServiceBusMessage(
        b'\x00\xff{"a": 1}',
        message_id="m-1",
        subject="type",
        content_type="application/json",
        correlation_id="c-1",
        application_properties={"text": "t", "number": 7},
    )
    await events.send_messages(sent)
    message = await one(receiver)
    assert body(message) == b'\x00\xff{"a": 1}'
    assert (message.message_id, message.subject, message.content_type) == ("m-1", "type", "application/json")
    assert (message.correlation_id, message.delivery_count) == ("c-1", 0)
    assert message.application_properties == {b"text": b"t", b"number": 7}
    await receiver.complete_message(message)


async def test_the_messages_of_a_batch_and_of_a_list_arrive_one_by_one_in_order(
    events: ServiceBusSender, receiver: ServiceBusReceiver
) -> None:
    batch = await events.create_message_batch()
    for number in range(20):
        batch.add_message(ServiceBusMessage(f"{number}"))
    await events.send_messages(batch)
    await events.send_messages([ServiceBusMessage("20"), ServiceBusMessage("21")])
    messages = await receive(receiver, 22)
    assert [int(body(each)) for each in messages] == list(range(22))
    assert len({each.sequence_number for each in messages}) == 22
    await complete_all(receiver, messages)
    assert await nothing_left(receiver)


async def test_a_completed_message_is_gone_and_cannot_be_settled_again(
    events: ServiceBusSender, receiver: ServiceBusReceiver
) -> None:
    await events.send_messages(ServiceBusMessage("once"))
    message = await one(receiver)
    await receiver.complete_message(message)
    with pytest.raises(MessageAlreadySettled):
        await receiver.complete_message(message)
    assert await nothing_left(receiver)


async def test_a_message_abandoned_five_times_is_dead_lettered_with_that_reason(
    client: ServiceBusClient, events: ServiceBusSender, receiver: ServiceBusReceiver
) -> None:
    await events.send_messages(ServiceBusMessage("hopeless", message_id=f"{uuid4()}"))
    counts = []
    for _ in range(5):
        message = await one(receiver)
        counts.append(message.delivery_count)
        await receiver.abandon_message(message)
    assert counts == [0, 1, 2, 3, 4]
    assert await nothing_left(receiver)
    async with client.get_queue_receiver(EVENTS, sub_queue=ServiceBusSubQueue.DEAD_LETTER) as dead:
        message = await one(dead)
        assert (body(message), message.dead_letter_reason) == (b"hopeless", "MaxDeliveryCountExceeded")
        await dead.complete_message(message)


async def test_a_dead_lettered_message_tells_why_and_keeps_its_own_properties(
    client: ServiceBusClient, events: ServiceBusSender, receiver: ServiceBusReceiver
) -> None:
    await events.send_messages(ServiceBusMessage("bad", application_properties={"own": "kept"}))
    await receiver.dead_letter_message(await one(receiver), reason="not an event", error_description="no type")
    async with client.get_queue_receiver(EVENTS, sub_queue=ServiceBusSubQueue.DEAD_LETTER) as dead:
        message = await one(dead)
        assert (message.dead_letter_reason, message.dead_letter_error_description) == ("not an event", "no type")
        assert message.application_properties
        assert message.application_properties[b"own"] == b"kept"
        await dead.complete_message(message)


async def test_a_deferred_message_comes_only_when_asked_for_by_its_number(
    events: ServiceBusSender, receiver: ServiceBusReceiver
) -> None:
    await events.send_messages(ServiceBusMessage("later"))
    message = await one(receiver)
    assert message.sequence_number
    await receiver.defer_message(message)
    assert await nothing_left(receiver)
    (deferred,) = await receiver.receive_deferred_messages([message.sequence_number])
    assert body(deferred) == b"later"
    await receiver.complete_message(deferred)


async def test_scheduled_messages_come_when_they_are_due_unless_they_were_cancelled(
    events: ServiceBusSender, receiver: ServiceBusReceiver
) -> None:
    due = datetime.now(UTC) + timedelta(seconds=1)
    later: list[ServiceBusMessage] = [ServiceBusMessage(f"{number}") for number in (1, 2, 3)]
    numbers = await events.schedule_messages(later, due)
    await events.cancel_scheduled_messages([numbers[0], numbers[2]])
    await events.send_messages(ServiceBusMessage("now"))
    messages = await receive(receiver, 2)
    assert [body(each) for each in messages] == [b"now", b"2"]
    assert messages[1].enqueued_time_utc
    assert messages[1].enqueued_time_utc >= due - timedelta(milliseconds=1)
    await complete_all(receiver, messages)
    assert await nothing_left(receiver)


async def test_a_renewed_lock_ends_later(events: ServiceBusSender, receiver: ServiceBusReceiver) -> None:
    await events.send_messages(ServiceBusMessage("slow"))
    message = await one(receiver)
    before = message.locked_until_utc
    assert before
    await asyncio.sleep(0.01)  # it is told in milliseconds, of which a quick client needs less than one
    assert await receiver.renew_message_lock(message) > before
    await receiver.complete_message(message)


async def test_peeking_sees_what_is_locked_and_takes_nothing(
    events: ServiceBusSender, receiver: ServiceBusReceiver
) -> None:
    await events.send_messages([ServiceBusMessage("first"), ServiceBusMessage("second")])
    messages = await receive(receiver, 1)
    peeked = await receiver.peek_messages(10, sequence_number=messages[0].sequence_number or 0)
    assert [body(each) for each in peeked] == [b"first", b"second"]
    messages += await receive(receiver, 1)
    assert [body(each) for each in messages] == [b"first", b"second"]
    await complete_all(receiver, messages)
