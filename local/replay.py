"""Post messages as a producer would, to the events queue of Azure Storage or of Service Bus.

A file has one message body a line, byte for byte, malformed ones included; empty lines and lines that start with # are
skipped.
"""

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path

from azure.storage.queue.aio import QueueClient

from local.host.queue_trigger import send_creating

EVENTS_QUEUE = "eligibility-events"


def bodies(file: Path) -> Iterator[bytes]:
    for line in file.read_bytes().splitlines():
        if line.strip() and not line.startswith(b"#"):
            yield line


async def replay(messages: Iterable[bytes], connection: str) -> int:
    """Post every message; answers how many there were."""
    count = 0
    async with QueueClient.from_connection_string(connection, EVENTS_QUEUE) as queue:
        for count, body in enumerate(messages, 1):  # noqa: B007  the last is the answer
            await send_creating(queue, base64.b64encode(body).decode())
    return count


async def replay_over_service_bus(messages: Iterable[bytes], connection: str) -> int:
    """The same over Service Bus."""
    from azure.servicebus import ServiceBusMessage
    from azure.servicebus.aio import ServiceBusClient

    count = 0
    async with (
        ServiceBusClient.from_connection_string(connection) as client,
        client.get_queue_sender(EVENTS_QUEUE) as sender,
    ):
        for count, body in enumerate(messages, 1):  # noqa: B007  as above
            await sender.send_messages(ServiceBusMessage(body))
    return count
