"""The Sender over Azure Storage queues: bodies in base64, as the host reads them, kept until received.

Queues are created at the app's start, and by a send that finds its queue missing. The SDK's client is not used:
importing it alone takes 0.6 s of CPU.
"""

import asyncio
import base64
import re
from collections.abc import Iterable
from datetime import datetime
from email.utils import parsedate_to_datetime

from shared.azure_rest.call import Answer, Call, CallFailedError
from shared.azure_rest.endpoint import Endpoint
from shared.messaging.sender import Message, Queue, QueueMissingError, SenderUnavailableError, Waiting

_HEADERS = {"x-ms-version": "2020-12-06"}
_WITH_BODY = {**_HEADERS, "Content-Type": "application/xml"}
_COUNT = "x-ms-approximate-messages-count"
_INSERTED = re.compile(rb"<InsertionTime>([^<]+)</InsertionTime>")
_POISON = {queue: (f"{queue}-poison",) for queue in (Queue.EVENTS, Queue.RECOMPUTE)}
"""Of the queues that the app reads."""
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

    async def waiting(self) -> list[Waiting]:
        """Of the carried queues and of those that the host moves poison to; the service measures the account alone."""
        names = [name for queue in self._carried for name in (queue, *_POISON.get(queue, ()))]
        return list(await asyncio.gather(*map(self._waiting, names)))

    async def _waiting(self, name: str) -> Waiting:
        """A poison queue is made by the first poison."""
        try:
            messages = await self._queues.ask(_metadata(name), lambda answer: int(answer.headers[_COUNT]))
            since = await self._queues.ask(_next(name), _inserted) if messages else None
        except CallFailedError as fault:
            if fault.code == "QueueNotFound":
                return Waiting(name, 0)
            raise _unavailable(name, fault) from fault
        return Waiting(name, messages, since)

    async def create_queues(self) -> None:
        """Create the carried queues that are missing; raises SenderUnavailableError."""
        await asyncio.gather(*map(self._create, self._carried))

    async def _create(self, queue: Queue) -> None:
        """The service answers 204 where the queue is there already."""
        await self._ask(queue, Call("PUT", f"/{queue}", _HEADERS))

    async def _is_there(self, queue: Queue) -> bool:
        return await self._finds(queue, _metadata(queue))

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


def _metadata(name: str) -> Call:
    return Call("GET", f"/{name}", _HEADERS, query={"comp": "metadata"})


def _next(name: str) -> Call:
    """A look at the next message, which stays where it is."""
    return Call("GET", f"/{name}/messages", _HEADERS, query={"numofmessages": "1", "peekonly": "true"})


def _inserted(answer: Answer) -> datetime | None:
    """When the message came; None where all that are there are in hand."""
    found = _INSERTED.search(answer.body)
    return parsedate_to_datetime(found[1].decode()) if found else None


def _unavailable(queue: str, fault: CallFailedError) -> SenderUnavailableError:
    return SenderUnavailableError(f"queue {queue}: {fault}")
