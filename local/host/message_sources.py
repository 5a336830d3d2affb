"""Makes queue and Service Bus triggers, with one client for all that share a connection, and counts what waits."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.queue.aio import QueueServiceClient

from local.host.activity import Activity
from local.host.queue_calls import QueueCalls
from local.host.queue_trigger import Polling, QueueTrigger
from local.host.settings import AppError, HostSettings, named_connection, storage_connection
from local.host.worker import Calls, Function

if TYPE_CHECKING:  # imported where it is needed: it takes a third of a second
    from azure.servicebus.aio import ServiceBusClient

    from local.host.service_bus_trigger import ServiceBusTrigger


class MessageSources:
    def __init__(self, activity: Activity, polling: Polling) -> None:
        self._activity, self._polling = activity, polling
        self._services: dict[str, QueueServiceClient] = {}
        self._calls: dict[str, QueueCalls] = {}
        self._buses: dict[str, ServiceBusClient] = {}
        self._count: dict[str, Callable[[], Awaitable[int]]] = {}  # by queue

    def triggers(
        self, functions: list[Function], worker: Calls, settings: HostSettings
    ) -> "list[QueueTrigger | ServiceBusTrigger]":
        """Those of the functions that have one of these two."""
        make: dict[str, Callable[[Function, Calls, HostSettings], QueueTrigger | ServiceBusTrigger]]
        make = {"queueTrigger": self._queue_trigger, "serviceBusTrigger": self._service_bus_trigger}
        return [make[kind](each, worker, settings) for each in functions if (kind := each.trigger["type"]) in make]

    def _queue_trigger(self, function: Function, worker: Calls, settings: HostSettings) -> QueueTrigger:
        setting = function.trigger.get("connection") or "AzureWebJobsStorage"
        connection = storage_connection(setting, function.name)
        if connection not in self._services:
            self._calls[connection] = _calls(connection, setting, function.name)
            # Failures are the poll's to repeat; the client's own retries would only hide them.
            self._services[connection] = QueueServiceClient.from_connection_string(
                connection, retry_total=0, connection_timeout=5, read_timeout=30, use_env_settings=False
            )
        service, calls = self._services[connection], self._calls[connection]
        trigger = QueueTrigger(function, service, calls, worker, self._activity, settings, self._polling)
        self._count[trigger.queue_name] = partial(_count, service, trigger.queue_name)
        return trigger

    def _service_bus_trigger(self, function: Function, worker: Calls, settings: HostSettings) -> "ServiceBusTrigger":
        from azure.servicebus.aio import ServiceBusClient

        from local.host.service_bus_trigger import WAIT, ServiceBusTrigger

        setting = function.trigger.get("connection") or "ServiceBus"
        connection = named_connection(setting, function.name)
        if connection not in self._buses:
            try:
                bus = ServiceBusClient.from_connection_string(connection, retry_total=0, socket_timeout=WAIT)
            except ValueError:
                right = "Endpoint=sb://...;SharedAccessKeyName=...;SharedAccessKey=..."
                problem = f"{setting!r} holds no connection string of a Service Bus namespace, such as {right}"
                raise AppError(f"function {function.name}: {problem}") from None  # the SDK's may quote it
            self._buses[connection] = bus
        trigger = ServiceBusTrigger(function, self._buses[connection], worker, self._activity, settings)
        self._count[trigger.path] = trigger.count
        return trigger

    async def counts(self) -> dict[str, int]:
        """Waiting or being handled, by queue."""
        counts = await asyncio.gather(*(count() for count in self._count.values()))
        return dict(zip(self._count, counts, strict=True))

    async def close(self) -> None:
        for service in self._services.values():
            await service.close()
        for calls in self._calls.values():
            await calls.close()
        await asyncio.gather(*(_close(bus) for bus in self._buses.values()))


def _calls(connection: str, setting: str, function: str) -> QueueCalls:
    try:
        return QueueCalls(connection)
    except ValueError as error:
        raise AppError(f"function {function}: {setting!r} holds no storage account's key: {error}") from None


async def _count(service: QueueServiceClient, name: str) -> int:
    try:
        properties = await service.get_queue_client(name).get_queue_properties()
    except ResourceNotFoundError:
        return 0
    return properties.approximate_message_count or 0


async def _close(bus: "ServiceBusClient") -> None:
    """What was received but not begun goes back at once; a bus that does not answer is not waited for."""
    with suppress(TimeoutError):
        async with asyncio.timeout(1):
            await bus.close()
