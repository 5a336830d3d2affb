"""What carries events in and notifications out, seen from outside: Storage queues, or a Service Bus.

Arrives: bodies of events. Leaves: bodies of notifications, by customer and sequence.
"""

import asyncio
import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.servicebus import NEXT_AVAILABLE_SESSION, ServiceBusClient, ServiceBusMessage, ServiceBusSender
from azure.servicebus import aio as bus
from azure.servicebus.exceptions import OperationTimeoutError
from azure.storage.queue import QueueClient

from local.broker import Broker, Entities
from local.entities import PRODUCT

EVENTS, NOTIFICATIONS, SUBSCRIPTION = "eligibility-events", "eligibility-notifications", "all"
READERS = 8
type Told = dict[str, dict[int, list[bytes]]]


class Transport(Protocol):
    settings: dict[str, str]

    def send(self, body: bytes) -> None:
        """Straight onto the event queue."""

    def notifications(self) -> Told:
        """Bodies by customer and sequence, taken away."""


def note(told: Told, body: bytes) -> None:
    data = json.loads(body)["data"]
    told.setdefault(data["customerId"], {}).setdefault(data["sequence"], []).append(body)


class StorageQueues:
    def __init__(self, connection: str) -> None:
        self.settings: dict[str, str] = {}
        self._events = QueueClient.from_connection_string(connection, EVENTS)
        self._notifications = QueueClient.from_connection_string(connection, NOTIFICATIONS)

    def create_event_queue(self) -> None:
        with suppress(ResourceExistsError):
            self._events.create_queue()

    def send(self, body: bytes) -> None:
        text = base64.b64encode(body).decode()
        try:
            self._events.send_message(text)
        except ResourceNotFoundError:
            self.create_event_queue()
            self._events.send_message(text)

    def notifications(self) -> Told:
        told: Told = {}
        while messages := list(self._notifications.receive_messages(max_messages=32, visibility_timeout=600)):
            for message in messages:
                note(told, base64.b64decode(message.content))
                self._notifications.delete_message(message)
        return told


@dataclass
class ServiceBus:
    """Reads the subscription as a subscriber would: session after session, each in its order."""

    broker: Broker
    events: ServiceBusSender
    settings: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.settings = {
            "EVENTS_TRANSPORT": "service-bus",
            "NOTIFICATIONS_TRANSPORT": "service-bus",
            "ServiceBusConnection": self.broker.connection_string,
        }

    def send(self, body: bytes) -> None:
        self.events.send_messages(ServiceBusMessage(body))

    def notifications(self, subscription: str = SUBSCRIPTION) -> Told:
        return asyncio.run(self._read(subscription))

    async def _read(self, subscription: str) -> Told:
        told: Told = {}
        async with bus.ServiceBusClient.from_connection_string(self.broker.connection_string, retry_total=0) as client:
            await asyncio.gather(*(_read_sessions(client, subscription, told) for _ in range(READERS)))
        return told


async def _read_sessions(client: bus.ServiceBusClient, subscription: str, told: Told) -> None:
    with suppress(OperationTimeoutError):  # there is none left
        while True:
            async with client.get_subscription_receiver(
                NOTIFICATIONS, subscription, session_id=NEXT_AVAILABLE_SESSION, max_wait_time=1
            ) as receiver:
                while messages := await receiver.receive_messages(100, max_wait_time=0.3):
                    for message in messages:
                        note(told, b"".join(message.body))
                        await receiver.complete_message(message)


@contextmanager
def service_bus(entities: Entities = PRODUCT) -> Iterator[ServiceBus]:
    """The product's entities, or those and more, on a broker of their own."""
    with (
        Broker(entities) as broker,
        ServiceBusClient.from_connection_string(broker.connection_string) as client,
        client.get_queue_sender(EVENTS) as events,
    ):
        yield ServiceBus(broker, events)
