"""A Service Bus trigger with the real host's semantics.

A message is completed when its function succeeded, else abandoned: it comes again at once, and after the entity's
maxDeliveryCount goes to the dead letters.

The client's receiver is slow when two tasks use it at a time: the loop here does all there is to do with it, by turns.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from azure.servicebus import ServiceBusReceivedMessage, ServiceBusSubQueue
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver
from azure.servicebus.exceptions import ServiceBusError

from local.host.activity import Activity
from local.host.protos import TypedData
from local.host.service_bus_metadata import body_of, delivery_count, service_bus_metadata
from local.host.settings import AppError, HostSettings, resolve
from local.host.trigger_metadata import overlay
from local.host.worker import Calls, Function

DEAD_LETTERS: Final = "/$deadletterqueue"
WAIT: Final = 0.02
"""Seconds between two polls of the socket; also the client's own."""
MOST_COUNTED: Final = 32
LONGEST_COUNT: Final = 30
"""Seconds for a count: a bus that was cut off may come back."""
log = logging.getLogger("host.service_bus")


@dataclass(slots=True)
class Running:
    """A message being handled."""

    message: ServiceBusReceivedMessage
    started: datetime
    renew_at: datetime


class ServiceBusTrigger:
    def __init__(
        self, function: Function, client: ServiceBusClient, worker: Calls, activity: Activity, settings: HostSettings
    ) -> None:
        trigger = function.trigger
        if str(trigger.get("cardinality", "one")).lower() == "many" or trigger.get("isSessionsEnabled"):
            raise AppError(f"function {function.name}: this host knows neither cardinality many nor sessions")
        self.path = entity_path(function)
        self._receiver = _receiver(client, self.path)
        self._binary = str(trigger.get("dataType", "")).lower() == "binary"
        self._function, self._worker, self._activity = function, worker, activity
        self._settings = settings
        self._running: dict[asyncio.Task[bool], Running] = {}
        self._asked: list[asyncio.Future[int]] = []
        self._stopping = False

    async def run(self) -> None:
        try:
            while self._has_work():
                try:
                    # Opened by itself, and again after a fault: a receive would give that no more time than its wait.
                    await self._receiver.__aenter__()
                    while self._has_work():
                        await self._turn()
                except ServiceBusError as error:
                    log.warning("%s: %s", self.path, error.message)
                    await asyncio.sleep(1)
        finally:
            for task in self._running:
                task.cancel()

    def _has_work(self) -> bool:
        return bool(self._running) or not self._stopping

    async def _turn(self) -> None:
        for task in [task for task in self._running if task.done()]:
            await self._settle(self._running.pop(task).message, task.result())
        await self._renew()
        if self._asked:
            self._answer(len(await self._receiver.peek_messages(MOST_COUNTED, sequence_number=1)))
        if not self._has_work():
            return
        if self._stopping or len(self._running) >= self._settings.max_concurrent_calls:
            await asyncio.wait(self._running, timeout=WAIT, return_when=asyncio.FIRST_COMPLETED)
            return
        for message in await self._receiver.receive_messages(1, max_wait_time=WAIT):
            self._start(message)

    def stop_taking(self) -> None:
        self._stopping = True

    def _start(self, message: ServiceBusReceivedMessage) -> None:
        now = datetime.now(UTC)
        task = asyncio.create_task(self._call(message))
        self._running[task] = Running(message, now, _half_way(now, message.locked_until_utc))

    async def _call(self, message: ServiceBusReceivedMessage) -> bool:
        """Whether it went well."""
        body, metadata = body_of(message), service_bus_metadata(message)
        argument = TypedData(bytes=body)
        if not self._binary:
            text = body.decode(errors="replace")
            argument = TypedData(string=text)
            overlay(metadata, text)
        with self._activity.one():
            result = await self._worker.call(self._function, argument, metadata)
        if not result.succeeded:
            tried = f"delivery {delivery_count(message)}"
            log.error("%s failed (%s): %s\n%s", self._function.name, tried, result.error, result.trace)
        return result.succeeded

    async def _settle(self, message: ServiceBusReceivedMessage, succeeded: bool) -> None:
        if not self._settings.auto_complete:
            return
        try:
            if succeeded:
                await self._receiver.complete_message(message)
            else:
                await self._receiver.abandon_message(message)
        except (ServiceBusError, ValueError) as error:  # the latter: of a receiver that has closed meanwhile
            log.warning("%s: %s comes again when its lock ends: %s", self.path, message.message_id, error)

    async def _renew(self) -> None:
        """Keep messages locked while their functions run, as long as host.json says."""
        now = datetime.now(UTC)
        for running in self._running.values():
            if running.renew_at > now or now - running.started > self._settings.max_lock_renewal:
                continue
            try:
                until = await self._receiver.renew_message_lock(running.message)
                running.renew_at = _half_way(now, until)
            except (ServiceBusError, ValueError) as error:
                running.renew_at = datetime.max.replace(tzinfo=UTC)
                log.warning("%s: the lock of %s cannot be renewed: %s", self.path, running.message.message_id, error)

    async def count(self) -> int:
        """How many messages there are, locked ones too, up to ``MOST_COUNTED``; raises TimeoutError."""
        asked: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._asked.append(asked)
        async with asyncio.timeout(LONGEST_COUNT):
            return await asked

    def _answer(self, found: int) -> None:
        for each in self._asked:
            if not each.done():  # the caller may have been cancelled
                each.set_result(found)
        self._asked.clear()


def entity_path(function: Function) -> str:
    """``queue`` or ``topic/Subscriptions/name``, perhaps with the suffix of its dead letters."""
    trigger = function.trigger
    if trigger.get("queueName"):
        return resolve(trigger["queueName"], function.name)
    topic, subscription = (resolve(trigger[name], function.name) for name in ("topicName", "subscriptionName"))
    return f"{topic}/Subscriptions/{subscription}"


def _receiver(client: ServiceBusClient, path: str) -> ServiceBusReceiver:
    sub_queue = None
    if path.lower().endswith(DEAD_LETTERS):
        path, sub_queue = path[: -len(DEAD_LETTERS)], ServiceBusSubQueue.DEAD_LETTER
    topic, _, subscription = path.partition("/Subscriptions/")
    if subscription:
        return client.get_subscription_receiver(topic, subscription, sub_queue=sub_queue)
    return client.get_queue_receiver(path, sub_queue=sub_queue)


def _half_way(now: datetime, until: datetime | None) -> datetime:
    return now + (until - now) / 2 if until else now + timedelta(seconds=15)
