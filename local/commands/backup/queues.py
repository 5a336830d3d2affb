"""The queues of the account, and the sender of events over the transport that the settings choose."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from local.commands.account import Account
from local.commands.app import CommandError
from shared.errors import PassingError
from shared.messaging.sender import Queue, Sender
from shared.ports import utc_now
from shared.settings import SERVICE_BUS, Transport

if TYPE_CHECKING:
    from azure.servicebus.aio import ServiceBusClient

_PATIENCE: dict[str, Any] = {"retry_total": 3, "connection_timeout": 5, "read_timeout": 10}


async def waiting(account: Account, queue: Queue) -> int:
    """How many messages its Storage queue and the poison queue beside it hold, those being handled included."""
    from azure.core.exceptions import AzureError, ResourceNotFoundError
    from azure.storage.queue.aio import QueueServiceClient

    settings, found = account.settings, 0
    service = (
        QueueServiceClient.from_connection_string(settings.connection_string, **_PATIENCE)
        if settings.connection_string
        else QueueServiceClient(str(settings.queue_service), account.credential, **_PATIENCE)
    )
    async with service:
        for name in (queue.value, f"{queue.value}-poison"):
            try:
                properties = await service.get_queue_client(name).get_queue_properties()
            except ResourceNotFoundError:
                continue
            except AzureError as fault:
                status = getattr(fault, "status_code", None) or ""
                raise PassingError(f"queue {name}: {type(fault).__name__} {status}".rstrip()) from fault
            found += properties.approximate_message_count or 0
    return found


@asynccontextmanager
async def event_sender(account: Account) -> AsyncIterator[Sender]:
    """As ``EVENTS_TRANSPORT`` says: messages on a queue that no trigger reads would wait for ever."""
    if account.settings.events is Transport.STORAGE_QUEUE:
        yield account.ports.sender
        return
    from shared.messaging.service_bus import ServiceBusSender

    async with _service_bus(account) as client:
        yield ServiceBusSender(client, [Queue.EVENTS], utc_now)


def _service_bus(account: Account) -> "ServiceBusClient":
    from azure.servicebus.aio import ServiceBusClient

    service_bus = account.settings.service_bus
    assert service_bus is not None  # noqa: S101  it is there where a transport needs it
    if service_bus.connection_string:
        try:
            return ServiceBusClient.from_connection_string(service_bus.connection_string)
        except ValueError as fault:
            raise CommandError(f"{SERVICE_BUS} is not a connection string that the SDK takes") from fault
    if account.credential is None:
        right = f"set {SERVICE_BUS} to a connection string, or use the storage account by its services' addresses"
        raise CommandError(f"nobody is signed in for Service Bus: {right}")
    return ServiceBusClient(str(service_bus.namespace), account.credential)
