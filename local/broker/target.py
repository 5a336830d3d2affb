"""Where messages are sent: a queue, or a topic with its subscriptions; duplicates are dropped."""

from typing import Protocol

from local.broker.entities import QueueEntity
from local.broker.errors import NOT_ALLOWED, RefusedError
from local.broker.message import Message
from local.broker.queue import Queue


class Duplicates:
    """The message ids seen within a window; 0 remembers none."""

    def __init__(self, window: float, case_blind: bool = False) -> None:
        self._window, self._case_blind = window, case_blind
        self._until: dict[str, float] = {}  # in order of time

    def first(self, message: Message, now: float) -> bool:
        """Whether the message is to be kept."""
        while self._until and (oldest := next(iter(self._until.items())))[1] <= now:
            del self._until[oldest[0]]
        if not self._window or message.message_id is None:
            return True
        message_id = message.message_id.lower() if self._case_blind else message.message_id
        if message_id in self._until:
            return False
        self._until[message_id] = now + self._window
        return True


class Target(Protocol):
    def put(self, messages: list[Message], now: float) -> list[int]:
        """Store all or, if one is refused, none. A number for each, by which a scheduled one can be cancelled."""

    def cancel(self, numbers: list[int]) -> None:
        """Remove scheduled messages: all, or none if one is not there."""

    def tick(self, now: float) -> None:
        """What the passing of time does."""


class QueueTarget:
    def __init__(self, queue: Queue, duplicates: Duplicates) -> None:
        self._queue, self._duplicates = queue, duplicates

    def put(self, messages: list[Message], now: float) -> list[int]:
        if self._queue.requires_session and any(not each.session_id for each in messages):
            raise RefusedError(NOT_ALLOWED, f"'{self._queue.path}' requires sessions: set the message's session id.")
        return [_put(each, self._queue, self._duplicates, now) for each in messages]

    def cancel(self, numbers: list[int]) -> None:
        self._queue.cancel(numbers)

    def tick(self, now: float) -> None:
        """A queue is ticked by itself."""


class TopicTarget:
    """What is scheduled waits in the topic; a subscription sees it when it is due. A topic refuses no message: its
    subscriptions dead-letter.
    """

    def __init__(self, name: str, subscriptions: list[Queue], duplicates: Duplicates) -> None:
        self._subscriptions, self._duplicates = subscriptions, duplicates
        self._waiting = Queue(name, QueueEntity(name))

    def put(self, messages: list[Message], now: float) -> list[int]:
        numbers = [_put(each, self._waiting, self._duplicates, now) for each in messages]
        self._pass_on(now)
        return numbers

    def cancel(self, numbers: list[int]) -> None:
        self._waiting.cancel(numbers)

    def tick(self, now: float) -> None:
        self._waiting.tick(now)
        self._pass_on(now)

    def _pass_on(self, now: float) -> None:
        while entry := self._waiting.take(now):
            for subscription in self._subscriptions:
                subscription.put(entry.message, now)
            assert entry.lock  # noqa: S101  narrows the type: what is taken is locked
            self._waiting.complete(entry.lock, now)


def _put(message: Message, queue: Queue, duplicates: Duplicates, now: float) -> int:
    """The number of a duplicate is that of no message."""
    return queue.put(message, now) if duplicates.first(message, now) else queue.next_sequence()
