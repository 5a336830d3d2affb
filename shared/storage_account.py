"""The storage account that the settings name: its tables as a Store, its queues as a Sender.

SDKs are imported when they are needed: importing them is most of a cold start.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from shared.azure_rest import endpoint
from shared.messaging.routed import on_service_bus
from shared.messaging.sender import Queue
from shared.messaging.storage_queue import StorageQueueSender
from shared.settings import STORAGE, Identity, SettingError, Settings
from shared.storage.tables import TableStore
from shared.storage_clock import StorageClock

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.data.tables.aio import TableServiceClient

    from shared.azure_rest.authorization import Authorization
    from shared.azure_rest.bearer_token import Token
    from shared.azure_rest.managed_identity import ManagedIdentity

type Service = "tuple[str, Authorization]"
"""A service's address and what authorises the calls to it."""


def storage_account(
    settings: Settings, credential: "AsyncTokenCredential | None" = None, clock: StorageClock | None = None
) -> tuple[TableStore, StorageQueueSender]:
    """Store and sender, to be used in one event loop; raises SettingError.

    Without a connection string the managed identity is who asks, or else the ``credential``, which the caller closes.
    The ``clock`` is told the date of each answer.
    """
    clock, connection = clock or StorageClock(), settings.connection_string
    services = _by_key(connection) if connection else _by_token(settings, credential)
    tables, queues = (endpoint.Endpoint(*each, answered=clock.answered) for each in services)
    elsewhere = on_service_bus(settings)
    carried = [queue for queue in Queue if queue not in elsewhere]
    return TableStore(tables, partial(_client, settings, credential, clock)), StorageQueueSender(queues, carried)


def _by_key(connection: str) -> tuple[Service, Service]:
    from shared.azure_rest.authorization import QueueKey, TableKey
    from shared.azure_rest.connection_string import parse_connection_string

    try:
        account = parse_connection_string(connection)
        tables, queues = TableKey(account.name, account.key), QueueKey(account.name, account.key)
    except ValueError as fault:
        raise SettingError(f"{STORAGE} is not a connection string of a storage account: {fault}") from fault
    return (account.table_address, tables), (account.queue_address, queues)


def _by_token(settings: Settings, credential: "AsyncTokenCredential | None") -> tuple[Service, Service]:
    from shared.azure_rest.bearer_token import BearerToken

    token = BearerToken(_asking(settings, credential))
    return (str(settings.table_service), token), (str(settings.queue_service), token)


def _asking(settings: Settings, credential: "AsyncTokenCredential | None") -> "Callable[[], Awaitable[Token]]":
    if credential is None and settings.identity is not None:
        from shared.azure_rest.bearer_token import RESOURCE

        return partial(_managed_identity(settings.identity, settings.client_id).token, RESOURCE)
    from shared.azure_rest.sdk_tokens import asking

    return asking(credential or identity_credential(settings, settings.client_id))


def identity_credential(settings: Settings, client_id: str | None) -> "AsyncTokenCredential":
    """The app's managed identity for the SDK's clients; the SDK finds out itself who gives tokens if nobody says so."""
    if settings.identity is not None:
        from shared.azure_rest.sdk_tokens import IdentityCredential

        return IdentityCredential(_managed_identity(settings.identity, client_id))
    from azure.identity.aio import ManagedIdentityCredential

    return ManagedIdentityCredential(client_id=client_id)


def _managed_identity(identity: Identity, client_id: str | None) -> "ManagedIdentity":
    from shared.azure_rest.managed_identity import ManagedIdentity

    return ManagedIdentity(identity.address, identity.secret, client_id)


def _client(settings: Settings, credential: "AsyncTokenCredential | None", clock: StorageClock) -> "TableServiceClient":
    """The SDK's client, with the retries of the bare calls (its own default is days), its answers dated too."""
    from azure.data.tables.aio import TableServiceClient

    patience = endpoint.Patience()
    make: Callable[..., TableServiceClient] = (
        partial(TableServiceClient.from_connection_string, settings.connection_string)
        if settings.connection_string
        else partial(
            TableServiceClient,
            str(settings.table_service),
            credential=credential or identity_credential(settings, settings.client_id),
        )
    )
    return make(
        retry_total=patience.tries - 1,
        retry_backoff_factor=patience.first_pause,
        connection_timeout=patience.connecting,
        read_timeout=patience.one_try,
        raw_response_hook=lambda answer: clock.answered(answer.http_response.headers.get("Date")),
    )
