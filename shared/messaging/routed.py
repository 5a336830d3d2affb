"""A Sender that leaves each queue to the transport chosen for it."""

import asyncio
from collections.abc import Mapping

from shared.messaging.sender import Message, Queue, Sender
from shared.settings import Settings, Transport


def on_service_bus(settings: Settings) -> list[Queue]:
    """The queues that Service Bus carries; Storage queues carry the others."""
    transports = {Queue.EVENTS: settings.events, Queue.NOTIFICATIONS: settings.notifications}
    return [queue for queue, transport in transports.items() if transport is Transport.SERVICE_BUS]


class RoutedSender:
    """``routes`` has the senders of single queues, ``other`` is that of all the rest."""

    def __init__(self, other: Sender, routes: Mapping[Queue, Sender]) -> None:
        self._other, self._routes = other, routes

    async def send(self, queue: Queue, message: Message) -> None:
        await self._routes.get(queue, self._other).send(queue, message)

    async def check(self) -> None:
        await asyncio.gather(*(sender.check() for sender in self._senders))

    async def create_queues(self) -> None:
        await asyncio.gather(*(sender.create_queues() for sender in self._senders))

    @property
    def _senders(self) -> set[Sender]:
        return {self._other, *self._routes.values()}
