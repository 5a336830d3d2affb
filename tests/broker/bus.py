"""What the tests of the bus share: its entities, and waiting for a number of messages."""

import os

from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusReceiver

from local.broker import Entities, QueueEntity, TopicEntity

EVENTS = os.environ.get("SERVICEBUS_QUEUE", "events")
NOTIFICATIONS = os.environ.get("SERVICEBUS_TOPIC", "notifications")
ALL = "all"
ENTITIES = Entities(
    queues=(QueueEntity(EVENTS, max_delivery_count=5, dead_letter_on_expiration=True),),
    topics=(
        TopicEntity(
            NOTIFICATIONS,
            subscriptions=(QueueEntity(ALL, requires_session=True, dead_letter_on_expiration=True),),
            duplicate_window=3600,
        ),
    ),
)
"""Where SERVICEBUS_CONNECTION names another bus, it has to have a queue and a topic like these."""


def body(message: ServiceBusReceivedMessage) -> bytes:
    return b"".join(bytes(part) for part in message.body)


async def receive(receiver: ServiceBusReceiver, count: int, seconds: float = 20) -> list[ServiceBusReceivedMessage]:
    """So many, or fewer if a whole wait brings none."""
    found: list[ServiceBusReceivedMessage] = []
    while len(found) < count:
        more = await receiver.receive_messages(count - len(found), max_wait_time=seconds)
        if not more:
            break
        found += more
    return found


async def one(receiver: ServiceBusReceiver) -> ServiceBusReceivedMessage:
    (message,) = await receive(receiver, 1)
    return message


async def nothing_left(receiver: ServiceBusReceiver, seconds: float = 0.5) -> bool:
    return not await receiver.receive_messages(1, max_wait_time=seconds)


async def complete_all(receiver: ServiceBusReceiver, messages: list[ServiceBusReceivedMessage]) -> None:
    for message in messages:
        await receiver.complete_message(message)
