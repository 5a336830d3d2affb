"""What only our own broker can be asked for: faults, short locks, other entities, its own failures."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from azure.servicebus import NEXT_AVAILABLE_SESSION, ServiceBusMessage, ServiceBusReceiveMode
from azure.servicebus.aio import ServiceBusClient
from azure.servicebus.exceptions import (
    MessageLockLostError,
    MessageSizeExceededError,
    MessagingEntityNotFoundError,
    OperationTimeoutError,
    ServiceBusError,
    ServiceBusServerBusyError,
    SessionLockLostError,
)

from local.broker import Broker, BrokerError, Entities, Fault, QueueEntity, TopicEntity
from tests.broker.bus import body, nothing_left, one, receive

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.own_broker]

ENTITIES = Entities(
    queues=(
        QueueEntity("plain"),
        QueueEntity("once", duplicate_window=60),
        QueueEntity("short", lock=0.4, max_delivery_count=2),
        QueueEntity("by-session", lock=0.4, requires_session=True),
        QueueEntity("brief", time_to_live=0.2, dead_letter_on_expiration=True),
        QueueEntity("forgetful", time_to_live=0.2),
    ),
    topics=(TopicEntity("copies", (QueueEntity("a"), QueueEntity("b", requires_session=True))),),
)


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with Broker(ENTITIES) as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(broker: Broker) -> AsyncIterator[ServiceBusClient]:
    async with ServiceBusClient.from_connection_string(broker.connection_string, retry_backoff_factor=0.01) as opened:
        yield opened


async def until(broker: Broker, path: str, count: int, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while broker.count(path) != count:
        assert time.monotonic() < deadline, (path, broker.count(path))
        await asyncio.sleep(0.02)


def _in(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


async def taken(client: ServiceBusClient, queue: str) -> list[bytes]:
    """What is in a queue, taken out of it."""
    mode = ServiceBusReceiveMode.RECEIVE_AND_DELETE
    async with client.get_queue_receiver(queue, receive_mode=mode) as receiver:
        return [body(each) for each in await receive(receiver, 100, 0.5)]


@pytest.mark.parametrize(("queue", "copies"), [("plain", 2), ("once", 1)])
async def test_a_connection_cut_after_the_store_leaves_two_copies_unless_duplicates_are_detected(
    broker: Broker, client: ServiceBusClient, queue: str, copies: int
) -> None:
    async with client.get_queue_sender(queue) as sender:
        broker.faults.at(Fault.CONNECTION_CUT, 1)
        await sender.send_messages(ServiceBusMessage("cut", message_id="m-1"))
    assert broker.faults.left == 0
    assert await taken(client, queue) == [b"cut"] * copies


async def test_a_detached_link_stored_nothing_and_the_client_sends_again(
    broker: Broker, client: ServiceBusClient
) -> None:
    async with client.get_queue_sender("plain") as sender:
        broker.faults.at(Fault.LINK_DETACH, 1)
        await sender.send_messages(ServiceBusMessage("again"))
    assert broker.faults.left == 0
    assert await taken(client, "plain") == [b"again"]


async def test_a_busy_server_stores_nothing_and_says_so(broker: Broker) -> None:
    async with (
        ServiceBusClient.from_connection_string(broker.connection_string, retry_total=0) as client,
        client.get_queue_sender("plain") as sender,
    ):
        broker.faults.at(Fault.SERVER_BUSY, 2)
        await sender.send_messages(ServiceBusMessage("first"))
        with pytest.raises(ServiceBusServerBusyError):
            await sender.send_messages(ServiceBusMessage("second"))
        await sender.send_messages(ServiceBusMessage("third"))
        assert await taken(client, "plain") == [b"first", b"third"]


async def test_a_message_whose_lock_ended_comes_again_and_then_is_dead_lettered(
    broker: Broker, client: ServiceBusClient
) -> None:
    async with client.get_queue_sender("short") as sender, client.get_queue_receiver("short") as receiver:
        await sender.send_messages(ServiceBusMessage("slow"))
        first = await one(receiver)
        again = await one(receiver)
        assert (first.delivery_count, again.delivery_count) == (0, 1)
        first._expiry = _in(60)  # so that the client asks instead of knowing by its own clock
        with pytest.raises(MessageLockLostError, match="it expired or the message is gone"):
            await receiver.complete_message(first)
        await until(broker, "short/$DeadLetterQueue", 1)
        assert broker.count("short") == 0


async def test_a_message_whose_lock_is_renewed_stays(broker: Broker, client: ServiceBusClient) -> None:
    async with client.get_queue_sender("short") as sender, client.get_queue_receiver("short") as receiver:
        await sender.send_messages(ServiceBusMessage("kept"))
        message = await one(receiver)
        twice_the_lock = time.monotonic() + 0.8
        while time.monotonic() < twice_the_lock:
            await receiver.renew_message_lock(message)
            await asyncio.sleep(0.1)
        await receiver.complete_message(message)
        assert broker.count("short") == 0


async def test_a_session_whose_lock_ended_is_lost_to_its_reader_and_free_for_another(
    broker: Broker, client: ServiceBusClient
) -> None:
    async with client.get_queue_sender("by-session") as sender:
        await sender.send_messages(ServiceBusMessage("1", session_id="C-1"))
    async with client.get_queue_receiver("by-session", session_id="C-1") as slow:
        message = await one(slow)
        await asyncio.sleep(0.6)
        with pytest.raises(SessionLockLostError):
            await slow.complete_message(message)
    async with client.get_queue_receiver("by-session", session_id="C-1") as receiver:
        again = await one(receiver)
        assert again.delivery_count == 1
        await receiver.complete_message(again)
    assert broker.count("by-session") == 0


async def test_a_receiver_that_waits_is_told_when_its_session_is_lost(broker: Broker) -> None:
    async with ServiceBusClient.from_connection_string(broker.connection_string, retry_total=0) as client:
        waiting = client.get_queue_receiver("by-session", session_id="C-2", prefetch_count=5)
        with pytest.raises(SessionLockLostError):
            await waiting.receive_messages(1, max_wait_time=10)


async def test_who_waits_for_any_session_is_told_when_none_came_in_time(broker: Broker) -> None:
    async with ServiceBusClient.from_connection_string(broker.connection_string, retry_total=0) as client:
        waiting = client.get_queue_receiver("by-session", session_id=NEXT_AVAILABLE_SESSION, max_wait_time=0.5)
        with pytest.raises(OperationTimeoutError, match="No session had a message in time"):
            await waiting.__aenter__()


async def test_a_queue_with_sessions_takes_neither_message_nor_receiver_without_one(broker: Broker) -> None:
    async with ServiceBusClient.from_connection_string(broker.connection_string, retry_total=0) as client:
        async with client.get_queue_sender("by-session") as sender:
            with pytest.raises(ServiceBusError, match="requires sessions"):
                await sender.send_messages(ServiceBusMessage("whose?"))
        with pytest.raises(ServiceBusError, match="requires sessions"):
            await client.get_queue_receiver("by-session").receive_messages(1, max_wait_time=5)


async def test_a_topic_gives_each_subscription_its_copy_and_dead_letters_where_a_session_is_missing(
    broker: Broker, client: ServiceBusClient
) -> None:
    async with client.get_topic_sender("copies") as sender:
        await sender.send_messages([ServiceBusMessage("1", session_id="C-1"), ServiceBusMessage("2")])
    assert broker.count("copies/Subscriptions/a") == 2
    assert broker.count("copies/Subscriptions/b") == 1
    assert broker.count("copies/Subscriptions/b/$DeadLetterQueue") == 1


async def test_an_expired_message_is_dead_lettered_or_dropped_as_the_queue_says(
    broker: Broker, client: ServiceBusClient
) -> None:
    for queue in ("brief", "forgetful"):
        async with client.get_queue_sender(queue) as sender:
            await sender.send_messages(ServiceBusMessage("old"))
        await until(broker, queue, 0)
    assert broker.count("brief/$DeadLetterQueue") == 1
    assert broker.count("forgetful/$DeadLetterQueue") == 0


async def test_a_scheduled_message_is_not_there_before_its_time(client: ServiceBusClient) -> None:
    async with client.get_queue_sender("plain") as sender, client.get_queue_receiver("plain") as receiver:
        message = ServiceBusMessage("later")
        message.scheduled_enqueue_time_utc = _in(1.0)
        await sender.send_messages(message)
        received = await one(receiver)
        assert received.enqueued_time_utc
        whole = message.scheduled_enqueue_time_utc.replace(microsecond=0)  # both go as milliseconds
        sent = whole + timedelta(milliseconds=message.scheduled_enqueue_time_utc.microsecond // 1000)
        assert received.enqueued_time_utc >= sent
        await receiver.complete_message(received)


async def test_a_batch_holds_256_kib_and_what_is_larger_is_not_sent(broker: Broker, client: ServiceBusClient) -> None:
    async with client.get_queue_sender("plain") as sender:
        assert (await sender.create_message_batch()).max_size_in_bytes == 256 * 1024
        with pytest.raises(MessageSizeExceededError):
            await sender.send_messages(ServiceBusMessage(b"x" * 300_000))
    assert broker.count("plain") == 0


async def test_an_entity_that_does_not_exist_is_told(broker: Broker) -> None:
    async with ServiceBusClient.from_connection_string(broker.connection_string, retry_total=0) as client:
        with pytest.raises(MessagingEntityNotFoundError, match="nowhere"):
            await client.get_queue_receiver("nowhere").receive_messages(1, max_wait_time=5)


async def test_a_receiver_goes_on_after_all_connections_were_cut(broker: Broker, client: ServiceBusClient) -> None:
    async with client.get_queue_sender("plain") as sender, client.get_queue_receiver("plain") as receiver:
        await sender.send_messages(ServiceBusMessage("before"))
        await receiver.complete_message(await one(receiver))
        broker.cut_connections()
        await sender.send_messages(ServiceBusMessage("after"))
        message = await one(receiver)
        assert body(message) == b"after"
        await receiver.complete_message(message)
        assert await nothing_left(receiver)


async def test_a_failure_inside_the_broker_is_raised_where_it_was_started() -> None:
    faulty = QueueEntity("plain", max_delivery_count="five")  # type: ignore[arg-type]  # the fault
    broker = Broker(Entities((faulty,))).start()
    async with (
        ServiceBusClient.from_connection_string(broker.connection_string, retry_total=0) as client,
        client.get_queue_sender("plain") as sender,
        client.get_queue_receiver("plain") as receiver,
    ):
        await sender.send_messages(ServiceBusMessage("x"))
        with pytest.raises(ServiceBusError):
            await receiver.abandon_message(await one(receiver))
    with pytest.raises(BrokerError, match="not supported"):
        broker.stop()


async def test_a_port_in_use_is_raised_at_the_start(broker: Broker) -> None:
    with pytest.raises(BrokerError, match="in use"):
        Broker(ENTITIES, broker.port).start()
