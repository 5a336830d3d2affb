"""A Sender that keeps what was sent in memory."""

from collections import deque

from shared.messaging.sender import Message, Queue


class MemorySender:
    """Messages by queue, oldest first."""

    def __init__(self) -> None:
        self.queues: dict[Queue, deque[Message]] = {queue: deque() for queue in Queue}

    async def send(self, queue: Queue, message: Message) -> None:
        self.queues[queue].append(message)

    async def check(self) -> None:
        """Memory always answers."""

    async def create_queues(self) -> None:
        """Memory has all of them."""
