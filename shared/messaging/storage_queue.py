"""The Sender over Azure Storage queues: bodies in base64, as the host reads them, kept until received.

Queues are created at the app's start, and by a send that finds its queue missing. The SDK's client is not used:
importing it alone takes 0.6 s of CPU.
"""

import asyncio
import base64
from collections.abc import Iterable

from shared.azure_rest.call import Call, CallFailedError
from shared.azure_rest.endpoint import Endpoint
from shared.messaging.sender import Message, Queue, QueueMissingError, SenderUnavailableError

_HEADERS = {"x-ms-version": "2020-12-06"}
_WITH_BODY = {**_HEADERS, "Content-Type": "application/xml"}
_NEVER_EXPIRES = {"messagettl": "-1"}


class StorageQueueSender:
    """Queues of one storage account, of which ``carried`` have to be there; one per process and event loop."""

    def __init__(self, queues: Endpoint, carried: Iterable[Queue] = Queue) -> None:
        self._queues = queues
        self._carried = tuple(carried)

    async def send(self, queue: Queue, message: Message) -> None:
        text = base64.b64encode(message.body)  # of its characters none has a meaning in XML
        body = b"<QueueMessage><MessageText>" + text + b"</MessageText></QueueMessage>"
        delay = {"visibilitytimeout": f"{message.delay:.0f}"} if message.delay else {}
        call = Call("POST", f"/{queue}/messages", _WITH_BODY, body, {**_NEVER_EXPIRES, **delay})
        if not await self._finds(queue, call):
            await self._create(queue)
            await self._ask(queue, call)

    async def check(self) -> None:
        there = await asyncio.gather(*map(self._is_there, self._carried))
        if missing := [queue for queue, found in zip(self._carried, there, strict=True) if not found]:
            raise QueueMissingError(*missing)

    async def create_queues(self) -> None:
        """Create the carried queues that are missing; raises SenderUnavailableError."""
        await asyncio.gather(*map(self._create, self._carried))

    async def _create(self, queue: Queue) -> None:
        """The service answers 204 where the queue is there already."""
        await self._ask(queue, Call("PUT", f"/{queue}", _HEADERS))

    async def _is_there(self, queue: Queue) -> bool:
        return await self._finds(queue, Call("GET", f"/{queue}", _HEADERS, query={"comp": "metadata"}))

    async def _finds(self, queue: Queue, call: Call) -> bool:
        """Make the call; false if its queue is missing."""
        try:
            await self._queues.ask(call, lambda _: None)
        except CallFailedError as fault:
            if fault.code != "QueueNotFound":
                raise _unavailable(queue, fault) from fault
            return False
        return True

    async def _ask(self, queue: Queue, call: Call) -> None:
        if not await self._finds(queue, call):
            raise QueueMissingError(queue)

    async def close(self) -> None:
        await self._queues.close()


def _unavailable(queue: Queue, fault: CallFailedError) -> SenderUnavailableError:
    return SenderUnavailableError(f"queue {queue}: {fault}")
