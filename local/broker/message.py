"""A message as the broker keeps it, and what became of it in one queue."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Message:
    """``encoded`` is an AMQP message; times are in seconds, ``scheduled_at`` since 1970."""

    encoded: bytes
    message_id: str | None = None
    session_id: str | None = None
    time_to_live: float | None = None
    scheduled_at: float | None = None


class State(IntEnum):
    """Numbered as in Service Bus. Whether an active message is locked is a matter of its lock."""

    ACTIVE = 0
    DEFERRED = 1
    SCHEDULED = 2


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Why a message is in a dead-letter queue, and which queue it comes from."""

    reason: str
    description: str
    source: str


@dataclass(slots=True)
class Entry:
    """One message in one queue. ``delivery_count`` counts the deliveries that failed; ``properties`` are those that
    readers changed."""

    message: Message
    sequence: int
    enqueued_at: float
    expires_at: float | None = None
    enqueued_sequence: int = 0
    delivery_count: int = 0
    state: State = State.ACTIVE
    lock: UUID | None = None
    locked_until: float = 0
    dead_letter: DeadLetter | None = None
    properties: dict[str, Any] = field(default_factory=dict)
