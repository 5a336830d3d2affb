"""The Sender: message bodies onto a named queue, at least once.

A sent message may arrive twice (a lost answer is sent again) and in another order; receivers are built for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from shared.errors import PassingError


class Queue(StrEnum):
    """The queues, by name."""

    EVENTS = "eligibility-events"
    RECOMPUTE = "eligibility-recompute"
    NOTIFICATIONS = "eligibility-notifications"


@dataclass(frozen=True, slots=True)
class Message:
    """A message's body (at most 48 KiB) and what a transport that can carry it says beside it.

    For ``delay`` seconds after the send nobody receives it.
    """

    body: bytes
    id: str | None = None
    session: str | None = None
    subject: str | None = None
    properties: Mapping[str, str | int] = field(default_factory=dict)
    delay: float = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is on a queue: about how many messages, and since when the next has waited that nobody has in hand."""

    queue: str
    messages: int
    since: datetime | None = None


class SenderUnavailableError(PassingError):
    """The queue did not answer, or answered that it cannot now."""


class QueueMissingError(SenderUnavailableError):
    """The transport answers, but has no queue of these names."""

    def __init__(self, *queues: Queue) -> None:
        super().__init__(f"missing: {', '.join(queues)}")


class Sender(Protocol):
    async def send(self, queue: Queue, message: Message) -> None:
        """Put the message on the queue; raises SenderUnavailableError."""

    async def check(self) -> None:
        """Raise SenderUnavailableError if the transport does not answer, QueueMissingError if it lacks a queue."""

    async def create_queues(self) -> None:
        """Create the queues that are missing, if the transport lets a sender do so; raises SenderUnavailableError."""
