"""A sender beside what has arrived at the other end, for each transport.

Arrives: the transport's name and where it is. Leaves: its sender, the queues it serves, and a way to read them empty.
"""

import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

from azure.core.exceptions import ResourceNotFoundError
from azure.servicebus import NEXT_AVAILABLE_SESSION, ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver
from azure.storage.queue.aio import QueueServiceClient

from local.broker import Broker
from shared.messaging.sender import Message, Queue, Sender
from shared.messaging.service_bus import ServiceBusSender
from shared.ports import utc_now
from shared.settings import STORAGE, read_settings
from shared.storage_account import storage_account
from tests.memory_sender import MemorySender

SUBSCRIPTION: Final = f"{Queue.NOTIFICATIONS}/Subscriptions/all"
QUIET: Final = 0.2
"""Seconds without a message after which a session is taken to be read; what comes later is another look's."""

RETRIES: Final[dict[str, Any]] = {"retry_total": 3, "retry_backoff_factor": 0.02, "try_timeout": 5}


@dataclass(frozen=True)
class Mail:
    """``received`` takes the bodies of all that is on a queue."""

    sender: Sender
    queues: tuple[Queue, ...]
    received: Callable[[Queue], Awaitable[list[bytes]]]


@asynccontextmanager
async def memory() -> AsyncIterator[Mail]:
    sender = MemorySender()

    async def received(queue: Queue) -> list[bytes]:
        waiting = sender.queues[queue]
        return [waiting.popleft().body for _ in range(len(waiting))]

    yield Mail(sender, tuple(Queue), received)


@asynccontextmanager
async def storage_queue(connection_string: str) -> AsyncIterator[Mail]:
    async with QueueServiceClient.from_connection_string(connection_string, retry_total=0) as service:
        _, sender = storage_account(read_settings({STORAGE: connection_string}))
        for queue in Queue:
            with suppress(ResourceNotFoundError):
                await service.get_queue_client(queue.value).clear_messages()

        async def received(queue: Queue) -> list[bytes]:
            client, bodies = service.get_queue_client(queue.value), list[bytes]()
            async for message in client.receive_messages(messages_per_page=32):
                bodies.append(base64.b64decode(message.content, validate=True))
                await client.delete_message(message)
            return bodies

        yield Mail(sender, tuple(Queue), received)
        await sender.close()


@asynccontextmanager
async def service_bus(broker: Broker) -> AsyncIterator[Mail]:
    queues = Queue.EVENTS, Queue.NOTIFICATIONS
    async with ServiceBusClient.from_connection_string(broker.connection_string, **RETRIES) as client:
        reader = Reader(broker, client)

        async def received(queue: Queue) -> list[bytes]:
            return [body_of(message) for message in await reader.read(queue)]

        yield Mail(ServiceBusSender(client, queues, utc_now), queues, received)


class Reader:
    """Reads the event queue, and the subscription to notifications session by session, until the broker has no more."""

    def __init__(self, broker: Broker, client: ServiceBusClient) -> None:
        self._broker, self._client = broker, client
        self._events: ServiceBusReceiver | None = None

    async def read(self, queue: Queue) -> list[ServiceBusReceivedMessage]:
        return await (self._read_events() if queue is Queue.EVENTS else self._read_notifications())

    async def _read_events(self) -> list[ServiceBusReceivedMessage]:
        self._events = self._events or self._client.get_queue_receiver(Queue.EVENTS.value)
        found: list[ServiceBusReceivedMessage] = []
        while self._broker.count(Queue.EVENTS.value):
            found += await _taken(self._events, 1)
        return found

    async def _read_notifications(self) -> list[ServiceBusReceivedMessage]:
        found: list[ServiceBusReceivedMessage] = []
        while self._broker.count(SUBSCRIPTION):
            name = Queue.NOTIFICATIONS.value
            session = self._client.get_subscription_receiver(name, "all", session_id=NEXT_AVAILABLE_SESSION)
            async with session:
                while some := await _taken(session, QUIET):
                    found += some
        return found


async def _taken(receiver: ServiceBusReceiver, wait: float) -> list[ServiceBusReceivedMessage]:
    some = await receiver.receive_messages(max_message_count=1000, max_wait_time=wait)
    for message in some:
        await receiver.complete_message(message)
    return some


def body_of(message: ServiceBusReceivedMessage) -> bytes:
    return b"".join(message.body)


def notification(customer: str, sequence: int, body: bytes = b"{}") -> Message:
    properties: dict[str, str | int] = {
        "customerId": customer,
        "status": "eligible",
        "previousStatus": "unassessed",
        "ruleSetVersion": 7,
    }
    name = "fasttrack.eligibility.changed.v1"
    return Message(body, f"{customer}/{sequence}", customer, name, properties)
