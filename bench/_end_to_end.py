"""Messages from the queue to their deletion: by the development host over the unmodified app, and by a bare loop."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from azure.storage.queue.aio import QueueServiceClient

from local.host.activity import Activity
from local.host.queue_calls import QueueCalls
from local.host.queue_trigger import Polling, QueueTrigger
from local.host.settings import HostSettings
from local.host.worker import Worker

BATCH, REFILL_AT = 16, 8
"""As in host.json: so many are received at once, when no more than so many are being handled."""


class _Finished(Activity):
    """Tells when a number of messages has been handled and deleted."""

    def __init__(self) -> None:
        super().__init__()
        self.left = 0
        self.none_left = asyncio.Event()

    @contextmanager
    def one(self) -> Iterator[None]:
        with super().one():
            yield
        self.left -= 1
        if self.left == 0:
            self.none_left.set()


class HostedApp:
    """The app under Microsoft's worker library and the development host's trigger, in this process."""

    def __init__(self, trigger: QueueTrigger, finished: _Finished) -> None:
        self._trigger, self._finished = trigger, finished

    async def drain(self, count: int) -> None:
        self._finished.left = count
        self._finished.none_left.clear()
        polling = asyncio.create_task(self._trigger.run())
        await self._finished.none_left.wait()
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)


@asynccontextmanager
async def hosted_app(app: Path, connection: str) -> AsyncIterator[HostedApp]:
    os.environ["EligibilityStorage"] = os.environ["AzureWebJobsStorage"] = connection
    logging.getLogger("azure_functions_runtime").setLevel(logging.WARNING)
    settings, finished = HostSettings.read(app, os.environ), _Finished()
    worker = Worker(settings.function_timeout)
    function = next(each for each in await worker.load(app) if each.name == "receive_event")
    client = QueueServiceClient.from_connection_string(connection, retry_total=0, use_env_settings=False)
    calls = QueueCalls(connection)
    try:
        async with client as service:  # as in local/host/message_sources.py
            trigger = QueueTrigger(function, service, calls, worker, finished, settings, Polling())
            yield HostedApp(trigger, finished)
    finally:
        await calls.close()


async def drained[M](
    count: int,
    receive: Callable[[], Awaitable[Sequence[M]]],
    handle: Callable[[M], Awaitable[None]],
) -> None:
    """The host's loop without the host: received as it does, handled at once, until ``count`` are done."""
    running: set[asyncio.Task[None]] = set()
    received = 0
    while received < count or running:
        if received < count and len(running) <= REFILL_AT:
            for message in await receive():
                received += 1
                running.add(asyncio.ensure_future(handle(message)))
        else:
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                each.result()
