"""The Sender over Azure Storage queues: bodies in base64, as the host reads them, kept until received.

Queues are made when a send first misses them. The SDK's client is not used: importing it alone takes 0.6 s of CPU.
"""

import base64

from shared.azure_rest.call import Call, CallFailedError
from shared.azure_rest.endpoint import Endpoint
from shared.messaging.sender import Message, Queue, SenderUnavailableError

_HEADERS = {"x-ms-version": "2020-12-06"}
_WITH_BODY = {**_HEADERS, "Content-Type": "application/xml"}
_NEVER_EXPIRES = {"messagettl": "-1"}


class StorageQueueSender:
    """Queues of one storage account; one instance per process and event loop."""

    def __init__(self, queues: Endpoint) -> None:
        self._queues = queues

    async def send(self, queue: Queue, message: Message) -> None:
        text = base64.b64encode(message.body)  # of its characters none has a meaning in XML
        body = b"<QueueMessage><MessageText>" + text + b"</MessageText></QueueMessage>"
        call = Call("POST", f"/{queue}/messages", _WITH_BODY, body, _NEVER_EXPIRES)
        try:
            if not await self._finds(call):
                await self._ask(Call("PUT", f"/{queue}", _HEADERS))
                await self._ask(call)
        except CallFailedError as fault:
            raise _unavailable(queue, fault) from fault

    async def check(self) -> None:
        """A queue that is missing is no fault: the first send makes it."""
        call = Call("GET", f"/{Queue.EVENTS}", _HEADERS, query={"comp": "metadata"})
        try:
            await self._finds(call)
        except CallFailedError as fault:
            raise _unavailable(Queue.EVENTS, fault) from fault

    async def _finds(self, call: Call) -> bool:
        """Make the call; false if its queue is missing."""
        try:
            await self._ask(call)
        except CallFailedError as fault:
            if fault.code != "QueueNotFound":
                raise
            return False
        return True

    async def _ask(self, call: Call) -> None:
        await self._queues.ask(call, lambda _: None)

    async def close(self) -> None:
        await self._queues.close()


def _unavailable(queue: Queue, fault: CallFailedError) -> SenderUnavailableError:
    return SenderUnavailableError(f"queue {queue}: {fault}")
