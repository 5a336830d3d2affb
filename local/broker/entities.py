"""What a namespace has: queues, topics and their subscriptions, with the properties that change what a client sees.

The defaults are those of Service Bus. Times are in seconds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

DAY: Final = 86_400.0
DEAD_LETTERS: Final = "$DeadLetterQueue"


@dataclass(frozen=True, slots=True)
class QueueEntity:
    """A queue, or a subscription of a topic. ``duplicate_window`` 0: no duplicate detection."""

    name: str
    lock: float = 60
    max_delivery_count: int = 10
    requires_session: bool = False
    duplicate_window: float = 0
    dead_letter_on_expiration: bool = False
    time_to_live: float | None = None


@dataclass(frozen=True, slots=True)
class TopicEntity:
    """What is sent to it goes to each of its subscriptions; a duplicate to none."""

    name: str
    subscriptions: tuple[QueueEntity, ...] = ()
    duplicate_window: float = 0


@dataclass(frozen=True, slots=True)
class Entities:
    """``case_blind_duplicates``: message ids that differ only in case are duplicates. Whether they are to Service Bus
    is not documented, so what is sent has to get through both ways.
    """

    queues: tuple[QueueEntity, ...] = ()
    topics: tuple[TopicEntity, ...] = ()
    case_blind_duplicates: bool = False

    def paths(self) -> Iterator[str]:
        """Every place messages are received from but dead letters, as clients name them."""
        yield from (queue.name for queue in self.queues)
        yield from (f"{topic.name}/Subscriptions/{each.name}" for topic in self.topics for each in topic.subscriptions)
