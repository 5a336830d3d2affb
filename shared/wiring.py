"""The composition root: real stores and queues behind the ports, built on first use inside the running loop, once.

SDKs are imported here when they are needed: importing them is most of a cold start.
"""

import logging
from datetime import datetime
from typing import Any

from shared.ports import Ports, Span, unrecorded, utc_now
from shared.settings import STORAGE, SettingError, Settings, read_settings

_built: Ports | None = None

_PATIENCE: dict[str, Any] = {
    "retry_total": 3,
    "retry_backoff_factor": 0.2,
    "connection_timeout": 5,
    "read_timeout": 10,
}
"""The SDK's own retries; beyond them the host's redelivery takes over (the SDK's default time-out is days)."""

_QUEUE_PATIENCE: dict[str, Any] = {
    "retry_total": 3,
    "initial_backoff": 0.2,
    "increment_base": 1,
    "random_jitter_range": 0.2,
    "connection_timeout": 5,
    "read_timeout": 10,
}
"""The same for queues, whose client has other names for it and waits 15 seconds and more by default."""


def ports() -> Ports:
    """The process's ports; raises SettingError."""
    global _built
    if _built is None:
        _built = build(read_settings())
    return _built


def build(settings: Settings) -> Ports:
    """Ports over the storage account that the settings name."""
    from azure.data.tables.aio import TableServiceClient
    from azure.storage.queue.aio import QueueServiceClient

    from shared.messaging.storage_queue import StorageQueueSender
    from shared.storage.tables import TableStore

    logging.getLogger("azure").setLevel(logging.WARNING)  # a line per call, which an exporter would export by a call
    if settings.connection_string:
        try:
            tables = TableServiceClient.from_connection_string(settings.connection_string, **_PATIENCE)
            queues = QueueServiceClient.from_connection_string(settings.connection_string, **_QUEUE_PATIENCE)
        except ValueError as fault:
            raise SettingError(f"{STORAGE} is not a connection string of a storage account") from fault
    else:
        from azure.identity.aio import ManagedIdentityCredential

        credential = ManagedIdentityCredential(client_id=settings.client_id)
        tables = TableServiceClient(str(settings.table_service), credential=credential, **_PATIENCE)
        queues = QueueServiceClient(str(settings.queue_service), credential=credential, **_QUEUE_PATIENCE)

    def clock() -> datetime:
        return utc_now() + settings.clock_offset

    return Ports(TableStore(tables), StorageQueueSender(queues), clock, span=_span(settings))


def _span(settings: Settings) -> Span:
    if not settings.telemetry:
        return unrecorded
    from shared.telemetry import start

    return start()
