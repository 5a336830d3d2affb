"""A Sender that leaves each queue to the transport chosen for it."""

import asyncio
from collections.abc import Mapping

from shared.messaging.sender import Message, Queue, Sender


class RoutedSender:
    """``routes`` has the senders of single queues, ``other`` is that of all the rest."""

    def __init__(self, other: Sender, routes: Mapping[Queue, Sender]) -> None:
        self._other, self._routes = other, routes

    async def send(self, queue: Queue, message: Message) -> None:
        await self._routes.get(queue, self._other).send(queue, message)

    async def check(self) -> None:
        await asyncio.gather(*(sender.check() for sender in {self._other, *self._routes.values()}))
