"""What every Sender must do, shown over the in-memory twin, Storage queues (Azurite) and Service Bus (the broker)."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

import pytest
from azure.servicebus.aio import ServiceBusClient

from local.host.ports import free_ports
from shared.azure_rest.authorization import QueueKey
from shared.azure_rest.endpoint import Endpoint, Patience
from shared.messaging.sender import Message, Queue, Sender, SenderUnavailableError
from shared.messaging.service_bus import ServiceBusSender
from shared.messaging.storage_queue import StorageQueueSender
from shared.ports import utc_now
from tests.memory_sender import MemorySender
from tests.messaging.mail import Mail, notification

BODIES = [b"{}", '{"é": "\\n"}'.encode(), b"\x00\xff", random.Random(7).randbytes(48 * 1024)]


async def test_a_body_of_up_to_48_kib_arrives_as_it_was_sent_whatever_its_bytes(mailed: Mail) -> None:
    for queue in mailed.queues:
        for number, body in enumerate(BODIES):
            await mailed.sender.send(queue, notification("C-1", number, body))
        assert await mailed.received(queue) == BODIES


async def test_a_message_with_a_body_alone_is_taken(mailed: Mail) -> None:
    await mailed.sender.send(Queue.EVENTS, Message(b"{}"))
    assert await mailed.received(Queue.EVENTS) == [b"{}"]


async def test_a_queue_gets_its_own_messages_and_no_others(mailed: Mail) -> None:
    for queue in mailed.queues:
        await mailed.sender.send(queue, notification("C-1", 1, queue.value.encode()))
    for queue in mailed.queues:
        assert await mailed.received(queue) == [queue.value.encode()]


async def test_of_many_sent_at_once_every_one_arrives(mailed: Mail) -> None:
    bodies = [str(number).encode() for number in range(60)]
    sends = (mailed.sender.send(Queue.NOTIFICATIONS, notification("C-1", n, body)) for n, body in enumerate(bodies))
    await asyncio.gather(*sends)
    assert sorted(await mailed.received(Queue.NOTIFICATIONS)) == sorted(bodies)


async def test_what_is_sent_one_after_the_other_arrives_in_that_order_if_nothing_fails(mailed: Mail) -> None:
    bodies = [str(number).encode() for number in range(10)]
    for number, body in enumerate(bodies):
        await mailed.sender.send(Queue.NOTIFICATIONS, notification("C-1", number, body))
    assert await mailed.received(Queue.NOTIFICATIONS) == bodies


async def test_a_message_with_a_delay_is_received_after_it_and_not_before(mailed: Mail) -> None:
    await mailed.sender.send(Queue.EVENTS, Message(b"later", delay=2))
    if isinstance(mailed.sender, MemorySender):  # a test moves its own clock
        assert mailed.sender.queues[Queue.EVENTS][0].delay == 2
        return
    await mailed.sender.send(Queue.EVENTS, Message(b"now"))
    sent, found = monotonic(), await mailed.received(Queue.EVENTS)
    async with asyncio.timeout(20):
        while b"later" not in found:
            await asyncio.sleep(0.1)
            found += await mailed.received(Queue.EVENTS)
    assert found == [b"now", b"later"]
    assert monotonic() - sent > 1


async def test_a_message_is_on_its_queue_when_the_send_returns(mailed: Mail) -> None:
    for _ in range(3):
        await mailed.sender.send(Queue.EVENTS, Message(b"{}"))
        assert await mailed.received(Queue.EVENTS) == [b"{}"]


async def test_it_answers_before_and_after_the_first_message_and_sends_none_to_find_out(mailed: Mail) -> None:
    await mailed.sender.check()
    await mailed.sender.send(Queue.EVENTS, Message(b"{}"))
    await mailed.sender.check()
    assert await mailed.received(Queue.EVENTS) == [b"{}"]


@pytest.mark.parametrize("transport", ["storage-queue", "service-bus"])
async def test_a_transport_that_does_not_answer_is_a_passing_error_naming_queue_and_fault_and_no_key(
    transport: str,
) -> None:
    [port] = free_ports(1)
    async with _nowhere(transport, port) as sender:
        for call in (sender.send(Queue.EVENTS, Message(b"secret")), sender.check()):
            with pytest.raises(SenderUnavailableError, match=r"eligibility-events: \w+Error$") as told:
                await call
            assert "c2VjcmV0" not in str(told.value)


@asynccontextmanager
async def _nowhere(transport: str, port: int) -> AsyncIterator[Sender]:
    if transport == "service-bus":
        key = "SharedAccessKeyName=app;SharedAccessKey=c2VjcmV0"
        where = f"Endpoint=sb://localhost:{port};{key};UseDevelopmentEmulator=true;"
        async with ServiceBusClient.from_connection_string(where, retry_total=0) as client:
            yield ServiceBusSender(client, [Queue.EVENTS], utc_now)
    else:
        endpoint = Endpoint(f"http://127.0.0.1:{port}/app", QueueKey("app", "c2VjcmV0"), Patience(tries=1))
        yield StorageQueueSender(endpoint)
        await endpoint.close()
