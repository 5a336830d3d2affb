"""The storage account that the settings name: its tables as a Store, its queues as a Sender.

SDKs are imported when they are needed: importing them is most of a cold start.
"""

from typing import TYPE_CHECKING, Any

from shared.azure_rest.endpoint import Endpoint
from shared.messaging.routed import on_service_bus
from shared.messaging.sender import Queue
from shared.messaging.storage_queue import StorageQueueSender
from shared.settings import STORAGE, SettingError, Settings
from shared.storage.table_queries import TableQueries
from shared.storage.tables import TableStore
from shared.storage_clock import StorageClock

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.data.tables.aio import TableServiceClient

type Made = tuple[TableStore, StorageQueueSender]

_PATIENCE: dict[str, Any] = {
    "retry_total": 3,
    "retry_backoff_factor": 0.2,
    "connection_timeout": 5,
    "read_timeout": 10,
}
"""The SDK's own retries of a query; beyond them the host's redelivery takes over (the SDK's default is days)."""


def storage_account(
    settings: Settings, credential: "AsyncTokenCredential | None" = None, clock: StorageClock | None = None
) -> Made:
    """Store and sender, to be used in one event loop; raises SettingError.

    Without a connection string the managed identity is who asks, or else the ``credential``, which the caller closes.
    The ``clock`` is told the date of each answer.
    """
    clock = clock or StorageClock()
    if settings.connection_string:
        return _by_key(settings, settings.connection_string, clock)
    return _by_identity(settings, credential, clock)


def _by_key(settings: Settings, connection: str, clock: StorageClock) -> Made:
    from shared.azure_rest.authorization import QueueKey, TableKey
    from shared.azure_rest.connection_string import parse_connection_string

    def client() -> "TableServiceClient":
        from azure.data.tables.aio import TableServiceClient

        return TableServiceClient.from_connection_string(connection, **_PATIENCE, **_dated(clock))

    try:
        account = parse_connection_string(connection)
        tables = Endpoint(account.table_address, TableKey(account.name, account.key), answered=clock.answered)
        queues = Endpoint(account.queue_address, QueueKey(account.name, account.key), answered=clock.answered)
    except ValueError as fault:
        raise SettingError(f"{STORAGE} is not a connection string of a storage account: {fault}") from fault
    return TableStore(tables, TableQueries(client)), _sender(settings, queues)


def _by_identity(settings: Settings, other: "AsyncTokenCredential | None", clock: StorageClock) -> Made:
    from azure.identity.aio import ManagedIdentityCredential

    from shared.azure_rest.bearer_token import BearerToken

    credential = other or ManagedIdentityCredential(client_id=settings.client_id)
    token = BearerToken(credential)

    def client() -> "TableServiceClient":
        from azure.data.tables.aio import TableServiceClient

        return TableServiceClient(str(settings.table_service), credential=credential, **_PATIENCE, **_dated(clock))

    addresses = settings.table_service, settings.queue_service
    tables, queues = (Endpoint(str(each), token, answered=clock.answered) for each in addresses)
    return TableStore(tables, TableQueries(client)), _sender(settings, queues)


def _dated(clock: StorageClock) -> dict[str, Any]:
    """The SDK's answers have a date too."""
    return {"raw_response_hook": lambda answer: clock.answered(answer.http_response.headers.get("Date"))}


def _sender(settings: Settings, queues: Endpoint) -> StorageQueueSender:
    elsewhere = on_service_bus(settings)
    return StorageQueueSender(queues, [queue for queue in Queue if queue not in elsewhere])
