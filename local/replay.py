"""Sample events, posted as a producer would.

Arrives: a file with one message body a line, malformed ones included; empty lines and those starting with # are passed
over. Leaves: the messages on the events queue, byte for byte.
"""

import base64
from collections.abc import Iterator
from pathlib import Path

from azure.storage.queue.aio import QueueClient

from local.queue_trigger import send_creating

EVENTS_QUEUE = "eligibility-events"


def bodies(file: Path) -> Iterator[bytes]:
    for line in file.read_bytes().splitlines():
        if line.strip() and not line.startswith(b"#"):
            yield line


async def replay(file: Path, connection: str) -> int:
    """Post every line; answers how many there were."""
    count = 0
    async with QueueClient.from_connection_string(connection, EVENTS_QUEUE) as queue:
        for body in bodies(file):
            await send_creating(queue, base64.b64encode(body).decode())
            count += 1
    return count
