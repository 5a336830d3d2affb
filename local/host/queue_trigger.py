"""A queue trigger with the real host's semantics.

A message is deleted when its function succeeded; otherwise it is visible again after the visibility time-out or, after
the last try, moved to the poison queue.
"""

import asyncio
import base64
import binascii
import logging
from dataclasses import dataclass
from typing import Final

from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError
from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueClient, QueueServiceClient

from local.host.activity import Activity
from local.host.pauses import pause_unless
from local.host.protos import TypedData
from local.host.queue_calls import QueueCalls
from local.host.settings import HostSettings, resolve
from local.host.trigger_metadata import overlay, trigger_metadata
from local.host.worker import Calls, Function

POISON: Final = "-poison"
SHORTEST_PAUSE: Final = 0.05
PAUSES_WHERE_MISSING: Final = 5
"""Times the longest pause: to be told that there is no queue takes Azurite more than to be told that one is empty, and
most poison queues are never made."""
QUEUE_MISSING: Final = "QueueNotFound"
LEASE_LOST: Final = ("MessageNotFound", "PopReceiptMismatch", QUEUE_MISSING)
log = logging.getLogger("host.queue")


@dataclass(frozen=True, slots=True)
class Polling:
    """How long a message in flight stays hidden, and the longest pause between two polls of an empty queue."""

    lease: float = 600
    longest_pause: float = 0.2


class QueueTrigger:
    """Polls one queue and calls one function, up to batchSize + newBatchThreshold messages at a time."""

    def __init__(
        self,
        function: Function,
        service: QueueServiceClient,
        calls: QueueCalls,
        worker: Calls,
        activity: Activity,
        settings: HostSettings,
        polling: Polling,
    ) -> None:
        self.queue_name = resolve(function.trigger["queueName"], function.name)
        self._queue, self._calls = service.get_queue_client(self.queue_name), calls
        # The poison queue of a poison queue is none: what fails there stays, hidden until its lease ends.
        is_poison = self.queue_name.endswith(POISON)
        self._poison = None if is_poison else service.get_queue_client(self.queue_name + POISON)
        self._binary = str(function.trigger.get("dataType", "")).lower() == "binary"
        self._function, self._worker, self._activity = function, worker, activity
        self._settings = settings
        self._lease = max(1, round(polling.lease))  # the service counts in whole seconds
        self._longest_pause = min(polling.longest_pause, settings.max_polling_interval)
        self._shortest_pause = min(SHORTEST_PAUSE, self._longest_pause)
        self._is_missing = False
        self._running: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        pause = self._shortest_pause
        try:
            while not self._stopping.is_set():
                if len(self._running) > self._settings.new_batch_threshold:
                    await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
                elif await self._take_batch():
                    pause = self._shortest_pause
                else:
                    await pause_unless(self._stopping, pause)
                    pause = min(pause * 2, self._longest_pause * (PAUSES_WHERE_MISSING if self._is_missing else 1))
            log.info("%s: takes nothing more; %d running", self.queue_name, len(self._running))
            while self._running:
                await asyncio.wait(self._running)
        finally:
            for task in self._running:
                task.cancel()

    def stop_taking(self) -> None:
        self._stopping.set()

    async def _take_batch(self) -> bool:
        """Start handling what is there; a queue that is missing is as good as empty."""
        try:
            messages = await self._calls.receive(self.queue_name, self._settings.batch_size, self._lease)
            self._is_missing = False
        except AzureError as error:
            self._is_missing = _code(error) == QUEUE_MISSING
            if not self._is_missing:
                log.warning("%s: cannot receive: %s", self.queue_name, error.message)
            return False
        for message in messages:
            task = asyncio.create_task(self._handle(message))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return bool(messages)

    async def _handle(self, message: QueueMessage) -> None:
        with self._activity.one():
            try:
                await self._process(message)
            except AzureError as error:
                if _code(error) in LEASE_LOST:
                    log.warning("%s: the lease of %s was lost", self.queue_name, message.id)
                else:
                    log.warning("%s: %s stays hidden until its lease ends: %s", self.queue_name, message.id, error)

    async def _process(self, message: QueueMessage) -> None:
        count = message.dequeue_count or 0
        if count > self._settings.max_dequeue_count:  # the last try never ended: its process must have died
            await self._to_poison(message, f"was taken {count} times")
            return
        try:
            text = message.content or ""
            body = _decode(text) if self._settings.base64 else text.encode()
        except ValueError:
            await self._to_poison(message, "is not base64")
            return
        if await self._call(message, body):
            await self._calls.delete(self.queue_name, message)
        elif count >= self._settings.max_dequeue_count:
            await self._to_poison(message, f"failed {count} times")
        elif self._poison:
            await self._queue.update_message(message, visibility_timeout=round(self._settings.visibility_timeout))

    async def _call(self, message: QueueMessage, body: bytes) -> bool:
        metadata = trigger_metadata(message, body)
        argument = TypedData(bytes=body)
        if not self._binary:
            text = body.decode(errors="replace")
            argument = TypedData(string=text)
            overlay(metadata, text)
        renewal = asyncio.create_task(self._renew(message))
        try:
            result = await self._worker.call(self._function, argument, metadata)
        finally:
            renewal.cancel()
            await asyncio.gather(renewal, return_exceptions=True)  # a renewal under way changes the pop receipt
        if not result.succeeded:
            tries = f"try {message.dequeue_count} of {self._settings.max_dequeue_count}"
            log.error("%s failed (%s): %s\n%s", self._function.name, tries, result.error, result.trace)
        return result.succeeded

    async def _renew(self, message: QueueMessage) -> None:
        """Keep a message hidden while its function runs."""
        while True:
            await asyncio.sleep(self._lease / 2)
            try:
                kept = await self._queue.update_message(message, visibility_timeout=self._lease)
                message.pop_receipt = kept.pop_receipt
            except AzureError as error:
                log.warning("%s: the lease of %s cannot be renewed: %s", self.queue_name, message.id, error.message)
                return

    async def _to_poison(self, message: QueueMessage, reason: str) -> None:
        """Copy the text as it is, then delete. Of a message's metadata nothing remains, as in Azure."""
        if self._poison is None:
            log.error("%s: %s %s and has nowhere to go", self.queue_name, message.id, reason)
            return
        log.error("%s: %s %s, moved to %s", self.queue_name, message.id, reason, self._poison.queue_name)
        await send_creating(self._poison, message.content or "")
        await self._calls.delete(self.queue_name, message)


async def send_creating(queue: QueueClient, text: str) -> None:
    """Send, making the queue first if it is missing."""
    try:
        await queue.send_message(text)
    except ResourceNotFoundError:
        try:
            await queue.create_queue()
        except HttpResponseError as error:
            if error.status_code != 409:  # another made it meanwhile
                raise
        await queue.send_message(text)


def _code(error: AzureError) -> str:
    """The service's, on the SDK's errors and on those of the bare calls."""
    return str(getattr(error, "error_code", ""))


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)  # the real decoder passes over white space
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64") from error
