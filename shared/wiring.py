"""The composition root: real stores and queues behind the ports, built on first use inside the running loop, once.

SDKs are imported here when they are needed: importing them is most of a cold start.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from shared.messaging.routed import RoutedSender, on_service_bus
from shared.messaging.sender import Queue, Sender
from shared.ports import Ports, Span, unrecorded, utc_now
from shared.settings import SERVICE_BUS, ServiceBus, SettingError, Settings, read_settings
from shared.storage_clock import StorageClock

_built: Ports | None = None


def ports() -> Ports:
    """The process's ports; raises SettingError."""
    global _built
    if _built is None:
        _built = build(read_settings())
    return _built


def build(settings: Settings) -> Ports:
    """Ports over the storage account and the transports that the settings name."""
    from shared.storage_account import storage_account

    logging.getLogger("azure").setLevel(logging.WARNING)  # a line per call, which an exporter would export by a call
    storage_clock = StorageClock()
    store, storage = storage_account(settings, clock=storage_clock)

    def clock() -> datetime:
        return utc_now() + settings.clock_offset

    sender: Sender = storage
    checks = {"queues": storage.check}
    if settings.service_bus is not None:
        routed = on_service_bus(settings)
        service_bus = _service_bus_sender(settings, settings.service_bus, routed, storage_clock)
        sender = RoutedSender(storage, dict.fromkeys(routed, service_bus))
        checks["service-bus"] = service_bus.check
    return Ports(
        store,
        sender,
        clock,
        checks=checks,
        span=_span(settings),
        waiting=storage.waiting,
        source=settings.notifications_source,
        oldest_version=settings.oldest_version,
        retention=settings.retention,
        log_one_of=settings.log_one_of,
        pace=settings.pace,
        survey_every=settings.survey_every,
        approvals=settings.approvals,
        storage_clock=storage_clock,
    )


def _service_bus_sender(
    settings: Settings, service_bus: ServiceBus, queues: Sequence[Queue], clock: StorageClock
) -> Sender:
    from azure.servicebus.aio import ServiceBusClient

    from shared.messaging.service_bus import ServiceBusSender

    make: Callable[..., ServiceBusClient]
    if service_bus.connection_string:
        make = partial(ServiceBusClient.from_connection_string, service_bus.connection_string)
    else:
        from shared.storage_account import identity_credential

        credential = identity_credential(settings, service_bus.client_id)
        make = partial(ServiceBusClient, str(service_bus.namespace), credential)
    try:  # as for storage; an answer lost after 8 seconds is asked for again
        client = make(retry_total=3, retry_backoff_factor=0.2, retry_backoff_max=2, try_timeout=8)
        return ServiceBusSender(client, queues, clock.now)
    except ValueError as fault:
        raise SettingError(f"{SERVICE_BUS} is not a connection string that the SDK takes") from fault


def _span(settings: Settings) -> Span:
    if not settings.telemetry:
        return unrecorded
    from shared.telemetry import start

    return start()
