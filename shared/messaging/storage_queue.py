"""The Sender over Azure Storage queues: bodies in base64, as the host reads them, kept until received.

Queues are made when a send first misses them.
"""

import base64
import contextlib

from azure.core.exceptions import AzureError, ResourceExistsError, ResourceNotFoundError
from azure.storage.queue.aio import QueueClient, QueueServiceClient

from shared.messaging.sender import Message, Queue, SenderUnavailableError

_NEVER_EXPIRES = -1


class StorageQueueSender:
    """Queues of one storage account; one instance per process and event loop."""

    def __init__(self, service: QueueServiceClient) -> None:
        self._service = service
        self._clients: dict[Queue, QueueClient] = {}

    async def send(self, queue: Queue, message: Message) -> None:
        client = self._client(queue)
        text = base64.b64encode(message.body).decode("ascii")
        try:
            try:
                await client.send_message(text, time_to_live=_NEVER_EXPIRES)
            except ResourceNotFoundError:
                await _create(client)
                await client.send_message(text, time_to_live=_NEVER_EXPIRES)
        except AzureError as fault:
            raise _unavailable(queue, fault) from fault

    async def check(self) -> None:
        try:
            await self._client(Queue.EVENTS).get_queue_properties()
        except ResourceNotFoundError:
            return  # it answers; the first send makes the queue
        except AzureError as fault:
            raise _unavailable(Queue.EVENTS, fault) from fault

    def _client(self, queue: Queue) -> QueueClient:
        if queue not in self._clients:
            self._clients[queue] = self._service.get_queue_client(queue.value)
        return self._clients[queue]


def _unavailable(queue: Queue, fault: AzureError) -> SenderUnavailableError:
    return SenderUnavailableError(f"queue {queue}: {getattr(fault, 'error_code', None) or type(fault).__name__}")


async def _create(client: QueueClient) -> None:
    with contextlib.suppress(ResourceExistsError):
        await client.create_queue()
