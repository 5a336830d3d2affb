"""The Sender over Service Bus: bodies as they are, with the message's id, session, subject and properties beside them.

The SDK's sender cannot be used by two tasks at once. So one task sends for all: what comes while it waits for an answer
goes out as the next batch, in the order it came. A failed send leaves no link behind; the next one opens another.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Iterable
from contextvars import Context, copy_context
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from azure.servicebus import ServiceBusMessage, ServiceBusMessageBatch, aio
from azure.servicebus.exceptions import MessageSizeExceededError, MessagingEntityNotFoundError

from shared.messaging.sender import Message, Queue, QueueMissingError, SenderUnavailableError

CONTENT_TYPE = "application/cloudevents+json"

_PATIENCE = 20
"""Seconds for a batch with all its retries. A send also waits for the one before: 40, of a function's 300."""

_CLOSING = 2
"""Seconds for a broken link to close; then it is left to itself."""

_FRESH = 30
"""Seconds for which an answer stands for the next; opening a link only to see whether it opens takes one or two."""


type Now = Callable[[], datetime | None]


class ServiceBusSender:
    """Queues and topics of one namespace; one instance per process and event loop."""

    def __init__(self, client: aio.ServiceBusClient, queues: Iterable[Queue], now: Now) -> None:
        """Raises ValueError if the client's connection string is for one entity and that is not it.

        ``now`` is what a delay is counted from: the service knows no delays, only times. While it is not known
        messages go without: by a clock that is ahead they would be hidden for as long.
        """
        self._links = {queue: _Link(client, queue, now) for queue in queues}

    async def send(self, queue: Queue, message: Message) -> None:
        await self._links[queue].send(message)

    async def check(self) -> None:
        await asyncio.gather(*(link.check() for link in self._links.values()))

    async def create_queues(self) -> None:
        """Entities are part of the namespace: an app that only sends and receives has no right to create them."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """``context`` is the caller's: with telemetry on, the SDK notes its trace beside the message."""

    message: Message
    sent: asyncio.Future[None]
    context: Context


class _Link:
    """The way to one queue or topic: to a sender the two are the same."""

    def __init__(self, client: aio.ServiceBusClient, queue: Queue, now: Now) -> None:
        self._client, self._queue, self._time = client, queue, now
        self._sender = client.get_queue_sender(queue.value)
        self._waiting: deque[_Waiting] = deque()
        self._task: asyncio.Task[None] | None = None
        self._checking = asyncio.Lock()
        self._answered = float("-inf")

    async def send(self, message: Message) -> None:
        loop = asyncio.get_running_loop()
        sent = loop.create_future()
        self._waiting.append(_Waiting(message, sent, copy_context()))
        if self._task is None or self._task.done():
            # Not in the caller, who may be cancelled: half a frame would break the link for everybody.
            self._task = loop.create_task(self._send_all(), context=Context())
        await sent

    async def check(self) -> None:
        """Open another link and close it, unless the entity answered lately."""
        async with self._checking:
            if self._now() - self._answered < _FRESH:
                return
            try:
                async with asyncio.timeout(_PATIENCE), self._client.get_queue_sender(self._queue.value):
                    self._answered = self._now()
            except MessagingEntityNotFoundError as fault:
                raise QueueMissingError(self._queue) from fault
            except Exception as fault:
                raise self._unavailable(fault) from fault

    async def _send_all(self) -> None:
        while self._waiting:
            taken: list[_Waiting] = []
            try:
                async with asyncio.timeout(_PATIENCE):
                    batch = await self._sender.create_message_batch()
                    self._take(batch, taken)
                    await self._sender.send_messages(batch)
            except Exception as fault:
                self._fail(taken or self._all(), fault)
                await self._reopen()
            except asyncio.CancelledError as fault:
                self._fail([*taken, *self._all()], fault)
                raise
            else:
                self._answered = self._now()
                for each in taken:
                    _settle(each.sent)

    def _take(self, batch: ServiceBusMessageBatch, taken: list[_Waiting]) -> None:
        """Fill the batch from the front, noting what is ``taken``; a message that no batch can take fails alone."""
        while self._waiting:
            first = self._waiting[0]
            try:
                first.context.run(batch.add_message, _outgoing(first.message, self._time()))
            except MessageSizeExceededError as fault:
                if taken:
                    break
                self._fail([self._waiting.popleft()], fault)
            except (ValueError, TypeError) as fault:
                self._fail([self._waiting.popleft()], fault)
            else:
                taken.append(self._waiting.popleft())

    def _all(self) -> list[_Waiting]:
        every = list(self._waiting)
        self._waiting.clear()
        return every

    def _fail(self, several: Iterable[_Waiting], fault: BaseException) -> None:
        for each in several:
            _settle(each.sent, self._unavailable(fault))

    async def _reopen(self) -> None:
        self._answered = float("-inf")
        broken, self._sender = self._sender, self._client.get_queue_sender(self._queue.value)
        with contextlib.suppress(Exception):
            async with asyncio.timeout(_CLOSING):
                await broken.close()

    def _unavailable(self, fault: BaseException) -> SenderUnavailableError:
        unavailable = SenderUnavailableError(f"Service Bus {self._queue}: {type(fault).__name__}")
        unavailable.__cause__ = fault
        return unavailable

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _settle(sent: asyncio.Future[None], fault: Exception | None = None) -> None:
    if sent.done():  # its caller was cancelled
        return
    if fault:
        sent.set_exception(fault)
    else:
        sent.set_result(None)


def _outgoing(message: Message, now: datetime | None) -> ServiceBusMessage:
    properties: dict[str | bytes, int | float | bytes | bool | str | UUID] = dict(message.properties.items())
    return ServiceBusMessage(
        message.body,
        message_id=distinct(message.id),
        session_id=distinct(message.session),
        subject=message.subject,
        content_type=CONTENT_TYPE,
        application_properties=properties,
        scheduled_enqueue_time_utc=now + timedelta(seconds=message.delay) if now and message.delay else None,
    )


def distinct[Id: (str, str | None)](value: Id) -> Id:
    """The value, marked if it has a capital letter: Service Bus may compare ids without case, and ids that differ only
    in case would be one session, or one a duplicate of the other.
    """
    if value is None or value == value.lower():
        return value
    return f"{value}~{sha256(value.encode()).hexdigest()[:8]}"
