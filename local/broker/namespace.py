"""All entities of one broker, by the paths clients use.

Arrives: a path in any case, ``queue``, ``topic`` or ``topic/Subscriptions/name``, with ``/$DeadLetterQueue`` perhaps.
Leaves: the queue to receive from, or the messages sent stored wherever they belong, duplicates dropped.
"""

from collections.abc import Iterator

from local.broker.entities import Entities, TopicEntity
from local.broker.errors import NOT_ALLOWED, NOT_FOUND, RefusedError
from local.broker.message import Message
from local.broker.queue import Queue


class Duplicates:
    """The message ids seen within a window; 0 remembers none."""

    def __init__(self, window: float) -> None:
        self._window = window
        self._until: dict[str, float] = {}  # in order of time

    def first(self, message: Message, now: float) -> bool:
        """Whether the message is to be kept."""
        while self._until and (oldest := next(iter(self._until.items())))[1] <= now:
            del self._until[oldest[0]]
        if not self._window or message.message_id is None:
            return True
        if message.message_id in self._until:
            return False
        self._until[message.message_id] = now + self._window
        return True


class Target:
    """Where messages are sent: a queue, or a topic with its subscriptions."""

    def __init__(self, queues: list[Queue], duplicate_window: float, is_topic: bool) -> None:
        self._queues, self._is_topic = queues, is_topic
        self._duplicates = Duplicates(duplicate_window)

    def put(self, messages: list[Message], now: float) -> None:
        """Store all or, if one is refused, none. A topic refuses none: its subscriptions dead-letter."""
        if not self._is_topic and self._queues[0].requires_session and any(not each.session_id for each in messages):
            raise RefusedError(
                NOT_ALLOWED, f"'{self._queues[0].path}' requires sessions: set the message's session id."
            )
        for message in messages:
            if self._duplicates.first(message, now):
                for queue in self._queues:
                    queue.put(message, now)


class Namespace:
    def __init__(self, entities: Entities) -> None:
        self._queues: dict[str, Queue] = {}
        self._targets: dict[str, Target] = {}
        for entity in entities.queues:
            queue = self._add(entity.name, Queue(entity.name, entity))
            self._targets[entity.name.lower()] = Target([queue], entity.duplicate_window, is_topic=False)
        for topic in entities.topics:
            self._targets[topic.name.lower()] = Target(
                self._subscriptions(topic), topic.duplicate_window, is_topic=True
            )

    def _subscriptions(self, topic: TopicEntity) -> list[Queue]:
        paths = {f"{topic.name}/Subscriptions/{each.name}": each for each in topic.subscriptions}
        return [self._add(path, Queue(path, entity)) for path, entity in paths.items()]

    def _add(self, path: str, queue: Queue) -> Queue:
        self._queues[path.lower()] = queue
        if queue.dead_letters:
            self._queues[queue.dead_letters.path.lower()] = queue.dead_letters
        return queue

    def queue(self, path: str) -> Queue:
        """Where to receive."""
        return self._found(self._queues, path)

    def target(self, path: str) -> Target:
        """Where to send."""
        return self._found(self._targets, path)

    def _found[T](self, among: dict[str, T], path: str) -> T:
        if path.lower() not in among:
            raise RefusedError(NOT_FOUND, f"The messaging entity '{path}' could not be found.")
        return among[path.lower()]

    def tick(self, now: float) -> None:
        for queue in self._main_queues():
            queue.tick(now)

    def _main_queues(self) -> Iterator[Queue]:
        return (queue for queue in self._queues.values() if queue.dead_letters)
