"""The product in memory: messages go in, are handled until nothing is left, and what came out can be read."""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from local.commands.backup.memory_store import MemoryStore
from shared.domain.customer_state import CustomerState
from shared.domain.decision import DECISIONS
from shared.messaging.sender import Queue, Sender
from shared.ports import Ports, Span, unrecorded
from shared.settings import RELEASED
from shared.storage.listed import Listed
from shared.storage.store import Store
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from tests.clocks import dated_store, storage_clock
from tests.memory_sender import MemorySender

START = datetime(2026, 6, 1, 12, tzinfo=UTC)


def nth_revision(number: int, at: datetime = START) -> int:
    """Of a partner whose revisions were all given at this time."""
    return int(at.timestamp() * 1000) + number - 1


def nth_epoch(number: int, at: datetime = START) -> int:
    """Of the rules, the changes of which were all made at this time; the first is the shipped rule set's."""
    return 1 if number == 1 else nth_revision(number - 1, at)


class LeastChance(random.Random):
    """Whole numbers are the least, so that a number given where the time gives none is one more than the one before."""

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        return 0


async def at_once(_: float) -> None:
    """A pause that does not wait."""


class World:
    """One store, one sender and a clock a test can move; several workers may share them."""

    def __init__(
        self,
        store: Store | None = None,
        sender: Sender | None = None,
        now: datetime = START,
        oldest_version: str | None = None,
    ) -> None:
        self.store = store or MemoryStore()
        self.sent = MemorySender()
        self.now = now
        self.span: Span = unrecorded
        self.clocks_ahead = timedelta()
        self.decisions = DECISIONS
        self.oldest_version = oldest_version
        self.ports = self.worker(sender=sender)

    async def unwarned(self) -> Self:
        """With the rule set that an older version shipped, by which nobody is warned of a loss."""
        await self.worker(oldest_version=RELEASED[-1]).rule_books.book(None)
        return self

    async def heads(self) -> list[Listed]:
        """Customers that are decided, by id."""
        ids = await self.ports.customers.ids("", 10_000)
        return [each for each in [await self.ports.customers.listed(each) for each in ids] if each]

    def worker(
        self,
        store: Store | None = None,
        sender: Sender | None = None,
        oldest_version: str | None = None,
        log_one_of: int = 1,
    ) -> Ports:
        """Ports of another process over the same store and queues, perhaps watched."""
        chance = LeastChance(7)
        more: dict[str, Any] = {"span": self.span, "decisions": self.decisions, "log_one_of": log_one_of}
        more["oldest_version"] = oldest_version or self.oldest_version
        return Ports(store or self.store, sender or self.sent, lambda: self.now, at_once, chance, **more)

    def ahead(self, ahead: timedelta, *, said: bool = True) -> Ports:
        """Ports of a process whose clock is ahead; the storage's answers have a date unless it is not ``said``."""
        self.clocks_ahead = ahead
        clock = storage_clock(lambda: self.now, lambda: self.clocks_ahead)
        store = dated_store(self.store, clock, lambda: self.now) if said else self.store
        more: dict[str, Any] = {"span": self.span, "decisions": self.decisions, "storage_clock": clock}
        return Ports(store, self.sent, lambda: self.now + self.clocks_ahead, at_once, LeastChance(7), **more)

    async def post(self, *bodies: bytes, ports: Ports | None = None) -> None:
        """Handle messages one by one, each until nothing is left to do."""
        for body in bodies:
            await receive_event(ports or self.ports, body, 1)
            await self.settle(ports)

    async def settle(self, ports: Ports | None = None) -> None:
        queue = self.sent.queues[Queue.RECOMPUTE]
        while queue:
            await recompute(ports or self.ports, queue.popleft().body, 1)

    async def state(self, customer: str = "C-1") -> CustomerState:
        return (await self.ports.customers.load(customer)).state

    async def status(self, customer: str = "C-1") -> str:
        return (await self.state(customer)).outcome.status.value

    def notifications(self, customer: str = "C-1") -> list[dict[str, Any]]:
        """What was sent about a customer, repeats included, oldest first."""
        bodies = [json.loads(message.body) for message in self.sent.queues[Queue.NOTIFICATIONS]]
        return [body for body in bodies if body["data"]["customerId"] == customer]

    def told(self, customer: str = "C-1") -> list[tuple[int, str]]:
        """Sequence and status of each notification, repeats left out, by sequence."""
        return sorted({(each["data"]["sequence"], each["data"]["status"]) for each in self.notifications(customer)})

    async def quarantine(self) -> list[dict[str, Any]]:
        kept, _ = await self.ports.quarantine.page("", 100)
        return [
            {"queue": each.queue, "body": each.body, "reason": each.reason, "count": each.count, "state": each.state}
            for each in kept
        ]
