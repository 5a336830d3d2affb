"""All entities of one broker, by the paths clients use, in any case: ``queue``, ``topic`` or
``topic/Subscriptions/name``, with ``/$DeadLetterQueue`` perhaps.
"""

from collections.abc import Iterator

from local.broker.entities import Entities, TopicEntity
from local.broker.errors import NOT_FOUND, RefusedError
from local.broker.queue import Queue
from local.broker.target import Duplicates, QueueTarget, Target, TopicTarget


class Namespace:
    def __init__(self, entities: Entities) -> None:
        self._queues: dict[str, Queue] = {}
        self._targets: dict[str, Target] = {}
        blind = entities.case_blind_duplicates
        for entity in entities.queues:
            queue = self._add(entity.name, Queue(entity.name, entity))
            self._targets[entity.name.lower()] = QueueTarget(queue, Duplicates(entity.duplicate_window, blind))
        for topic in entities.topics:
            duplicates = Duplicates(topic.duplicate_window, blind)
            self._targets[topic.name.lower()] = TopicTarget(topic.name, self._subscriptions(topic), duplicates)

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
        return _found(self.find_queue(path), path)

    def target(self, path: str) -> Target:
        """Where to send."""
        return _found(self.find_target(path), path)

    def find_queue(self, path: str) -> Queue | None:
        return self._queues.get(path.lower())

    def find_target(self, path: str) -> Target | None:
        return self._targets.get(path.lower())

    def tick(self, now: float) -> None:
        for target in self._targets.values():
            target.tick(now)
        for queue in self._main_queues():
            queue.tick(now)

    def _main_queues(self) -> Iterator[Queue]:
        return (queue for queue in self._queues.values() if queue.dead_letters)


def _found[T](entity: T | None, path: str) -> T:
    if entity is None:
        raise RefusedError(NOT_FOUND, f"The messaging entity '{path}' could not be found.")
    return entity
