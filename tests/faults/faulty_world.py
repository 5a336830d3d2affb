"""A scenario on an account of Azurite: the product's own clients, one worker of them behind a proxy with a fault.

Arrives: the world in memory as it stood before, copied to the account, and what happens then. Leaves: the world as it
stands after everything was handled, a message whose handling failed once more by another worker.
"""

import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.queue.aio import QueueServiceClient

from local.host.development_storage import ACCOUNT, KEY, connection_string
from local.host.development_storage import Ports as AzuritePorts
from shared.errors import PassingError
from shared.messaging.sender import Message, Queue
from shared.ports import Ports, utc_now
from shared.settings import Settings
from shared.storage.store import Span, Table
from shared.wiring import build
from shared.workflow.erase import sweep_erasures
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.sweep import sweep_fan_outs, sweep_outboxes
from tests.azure_stores import closed
from tests.faults.filling import ACCOUNT_KEY, fill
from tests.faults.proxy import FaultProxy
from tests.world import World, at_once

type Act = Callable[[Ports], Awaitable[object]]

_HANDLERS = {Queue.EVENTS: receive_event, Queue.RECOMPUTE: recompute}


class FaultyWorld:
    """``worker`` handles until its handling fails; then, and to overtake it, ``other``."""

    def __init__(
        self, begun: World, proxy: FaultProxy, worker: Ports, other: Ports, queues: QueueServiceClient
    ) -> None:
        self._begun, self._proxy, self._worker, self._other, self._queues = begun, proxy, worker, other, queues

    async def handled(self, act: Act) -> None:
        """Do it; if it fails, as the host or the caller does: again, by another worker."""
        self._proxy.meanwhile = partial(act, self._other)
        try:
            await act(self._worker)
        except PassingError:
            self._worker = self._other
            await act(self._worker)

    async def settled(self) -> World:
        """Handle what is queued until nothing is; what then stands, with all notifications, copied to memory."""
        while found := await self._next_message():
            queue, body = found
            await self.handled(partial(_HANDLERS[queue], body=body, attempt=1))
        world = World(now=self._begun.now)
        for table in Table:
            for row in await self._other.store.query(table, Span(), 10_000):
                await world.store.write(table, row)
        told = world.sent.queues[Queue.NOTIFICATIONS]
        told += self._begun.sent.queues[Queue.NOTIFICATIONS]
        while body := await self._received(Queue.NOTIFICATIONS):
            told.append(Message(body))
        await _swept(world)
        return world

    async def _next_message(self) -> tuple[Queue, bytes] | None:
        for queue in _HANDLERS:
            if body := await self._received(queue):
                return queue, body
        return None

    async def _received(self, queue: Queue) -> bytes:
        client = self._queues.get_queue_client(queue.value)
        try:
            message = await client.receive_message()
        except ResourceNotFoundError:
            return b""
        if message is None:
            return b""
        await client.delete_message(message)
        return base64.b64decode(message.content)


async def _swept(world: World) -> None:
    """What the timers do later: rows of work that others did, and then of work that never came to be, go."""
    now = world.now
    for later in (timedelta(minutes=3), timedelta(days=2)):
        world.now = now + later
        await sweep_outboxes(world.ports)
        await sweep_fan_outs(world.ports)
        await sweep_erasures(world.ports)
        await world.settle()
    world.now = now


@asynccontextmanager
async def faulty_world(
    begun: World, azurite: AzuritePorts, account: str, proxy: FaultProxy
) -> AsyncIterator[FaultyWorld]:
    straight = _connection(azurite, account)
    async with proxy, QueueServiceClient.from_connection_string(straight) as queues:
        proxied = _connection((azurite[0], *proxy.ports), account)  # type: ignore[arg-type]
        worker, other = _built(begun, proxied), _built(begun, straight)
        try:
            await fill(begun.store, account, azurite[2])
            yield FaultyWorld(begun, proxy, worker, other, queues)
        finally:
            await closed(worker)
            await closed(other)


def _connection(ports: AzuritePorts, account: str) -> str:
    return connection_string(ports).replace(ACCOUNT, account).replace(KEY, ACCOUNT_KEY)


def _built(begun: World, connection: str) -> Ports:
    ports = build(Settings(connection, None, None, None, begun.now - utc_now()))
    ports.pause = at_once
    return ports
