"""A simulated world: workers of several handlers that interleave at every call, queues that reorder and repeat, clocks
that jump and disagree, faults.

Everything random comes from one seed, and nothing waits for real time, so a seed replays to the same end.
"""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from local.commands.backup.memory_store import MemoryStore
from local.commands.repairing.reconcile_quarantine import quarantine_differences
from shared.api.quarantine import redrive
from shared.errors import PassingError
from shared.messaging.sender import Message, Queue, SenderUnavailableError
from shared.ports import Clock, Ports
from shared.rule_books import SHIPPED
from shared.rules.document import parse_document
from shared.storage import keys
from shared.storage.quarantined import KEPT
from shared.storage.store import Store, StoreUnavailableError
from shared.storage_clock import StorageClock
from shared.workflow.change_rules import ChangeNote, LastActiveError, UnreadableError, activate, retire, store_draft
from shared.workflow.keep import LAST_ATTEMPT, keep_poison
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.retention import remove_expired
from shared.workflow.sweep import sweep_due, sweep_fan_outs, sweep_outboxes
from tests.clocks import dated, storage_clock
from tests.invariant import violations
from tests.oracle.message import RefusedError, read
from tests.oracle.oracle import Oracle
from tests.oracle.random_events import events, shuffled_with_repeats
from tests.rules.given import allowing_exceptions
from tests.watched_store import Call, WatchedStore

START = datetime(2026, 6, 1, 12, tzinfo=UTC)
FAULTS = 0.10
MOST_HANDLERS = 5
"""Of one process at a time; those of one customer or partner are served together."""
AHEAD = [timedelta(seconds=seconds) for seconds in (0, 0, -2, -13 * 3600, 100, 9 * 3600)]
"""By so much a worker's clock may be ahead, or behind, without being found out: no answer that it gets has a date. By
hours it is often a day off, as it is by less near midnight."""
FAR_AHEAD = [timedelta(days=days) for days in (-3, 3, 60, 366)]
"""By so much one may be that is held against the answers' dates; it comes to be so and is set right at any time."""
ALLOWS_EXCEPTIONS = 4
"""The version of the rules that does; often it is in force from the start."""
HANDLERS = {Queue.EVENTS: receive_event, Queue.RECOMPUTE: recompute}


class Killed(BaseException):
    """The process is gone: nothing of the call's handler runs any more."""


@dataclass
class MachineClock:
    """Of one process; ``is_held`` against the dates of the storage's answers."""

    ahead: timedelta = timedelta()
    is_held: bool = False


@dataclass
class Waiting:
    """A message on a queue, with how often it was taken."""

    queue: Queue
    body: bytes
    taken: int = 0
    ready_at: datetime = START


class Simulation:
    """One seed's world; ``run`` gives every violation of the invariant at its end."""

    versions: Sequence[int] = (1, 2, 3, 4)
    """Of the rules, that may be put in force."""

    def __init__(self, seed: int, count: int = 18, customers: int = 3, partners: int = 2) -> None:
        self.chance = random.Random(seed)
        self.now = START
        self.store = MemoryStore()
        self.waiting: list[Waiting] = []
        self.poison: list[Waiting] = []
        self.notifications: list[bytes] = []
        self.kept_by_mistake: list[str] = []
        self.faults = FAULTS
        self.messages = [each for each in self._messages(seed, count, customers, partners) if is_timeless(each)]
        self.workers = self.chance.randint(1, 4)

    def _messages(self, seed: int, count: int, customers: int, partners: int) -> list[bytes]:
        sent = events(seed, count, customers=customers, partners=partners, today=START.date())
        return shuffled_with_repeats(sent, seed, 0.10)

    async def run(self) -> list[str]:
        oracle = Oracle(json.loads(SHIPPED.read_bytes()), START.date(), START)
        for message in self.messages:
            oracle.post(message)
            self.waiting.append(Waiting(Queue.EVENTS, message))
        await self._store_drafts()
        await asyncio.gather(*(self._worker() for _ in range(self.workers)))
        self.faults = 0
        await self._settle()
        return await self._wrong(oracle) + [f"a valid message was kept: {reason}" for reason in self.kept_by_mistake]

    async def _wrong(self, oracle: Oracle) -> list[str]:
        """What is not as it must be in the end."""
        ports = self._process()
        found = [each async for each in violations(ports, oracle, await self._in_force(ports), self.notifications)]
        kept, _ = await ports.quarantine.page("", 1000)
        left = sorted(each.body for each in kept if each.state == KEPT and self._stays(each.body))
        right = sorted(filter(self._stays, oracle.quarantined))
        if left != right:
            found.append(f"in quarantine are {len(left)} messages, not {len(right)}")
        for each in keys.QUARANTINES:
            found += await quarantine_differences(ports, each)
        return found

    def _stays(self, _: bytes) -> bool:
        """Whether a message that is kept is so in the end."""
        return True

    def _process(self, machine: MachineClock | None = None) -> Ports:
        """A process of its own: no memory of what others read, and a clock of its own."""
        machine = machine or MachineClock()
        clock = storage_clock(lambda: self.now, lambda: machine.ahead)
        after = dated(clock, lambda: self.now, self._after) if machine.is_held else self._after
        return self._ports(WatchedStore(self._rows(), self._before, after), lambda: self.now + machine.ahead, clock)

    def _rows(self) -> Store:
        return self.store

    def _ports(self, store: Store, clock: Clock, storage_clock: StorageClock) -> Ports:
        return Ports(store, self, clock, self._pause, self.chance, storage_clock=storage_clock)

    async def _before(self, _: Call) -> None:
        await self._yield()
        self._maybe_break()

    async def _after(self, _: Call) -> None:
        self._maybe_break()
        await self._yield()

    async def _yield(self) -> None:
        for _ in range(self.chance.randrange(3)):
            await asyncio.sleep(0)

    async def _pause(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        await self._yield()

    def _maybe_break(self) -> None:
        drawn = self.chance.random() * 2  # told before and after each call
        if drawn < self.faults * 0.2:
            raise Killed
        if drawn < self.faults:
            raise StoreUnavailableError("simulated")

    async def send(self, queue: Queue, message: Message) -> None:
        await self._yield()
        self._maybe_lose()
        if queue is Queue.NOTIFICATIONS:
            self.notifications.append(message.body)
        else:
            ready_at = self.now + timedelta(seconds=message.delay)
            self.waiting.append(Waiting(queue, message.body, ready_at=ready_at))
        self._maybe_lose()

    def _maybe_lose(self) -> None:
        if self.chance.random() < self.faults / 2:
            raise SenderUnavailableError("simulated")

    async def create_queues(self) -> None:
        """All are there."""

    async def check(self) -> None:
        return None

    async def _worker(self) -> None:
        """Processes one after the other, each with some handlers at a time that die together."""
        machine = self._machine()
        while self.waiting:
            with suppress(Killed):
                await self._run(self._process(machine), machine)

    def _machine(self) -> MachineClock:
        is_held = self.chance.random() < 0.3
        return MachineClock(timedelta() if is_held else self.chance.choice(AHEAD), is_held)

    async def _run(self, ports: Ports, machine: MachineClock) -> None:
        async with asyncio.TaskGroup() as handlers:
            for _ in range(self.chance.randint(1, MOST_HANDLERS)):
                handlers.create_task(self._handler(ports, machine))

    async def _handler(self, ports: Ports, machine: MachineClock) -> None:
        while self.waiting:
            self._set(machine)
            self.now += timedelta(seconds=self.chance.choice((0, 0, 1, 90)), days=self.chance.random() < 0.02)
            with suppress(PassingError):
                await self._act(ports)
            await asyncio.sleep(0)

    def _set(self, machine: MachineClock) -> None:
        drawn = self.chance.random()
        if machine.is_held and drawn < (0.3 if machine.ahead else 0.05):
            machine.ahead = timedelta() if machine.ahead else self.chance.choice(FAR_AHEAD)

    async def _act(self, ports: Ports) -> None:
        drawn = self.chance.random()
        if drawn < 0.04:
            await self.chance.choice((sweep_due, sweep_outboxes, sweep_fan_outs, remove_expired))(ports)
        elif drawn < 0.05:
            await self._change_rules(ports)
        elif drawn < 0.15 and self.poison:
            await self._give_up(ports, self.poison.pop())
        else:
            await self._handle(ports, self._next())

    def _next(self) -> Waiting:
        """A message that is ready; if none is, time passes until one would be."""
        if all(each.ready_at > self.now for each in self.waiting):
            self.now = min(each.ready_at for each in self.waiting)
        ready = [each for each in self.waiting if each.ready_at <= self.now]
        message = self.chance.choice(ready)
        self.waiting.remove(message)
        return message

    async def _handle(self, ports: Ports, message: Waiting) -> None:
        """As the host does: what fails comes back, and after the last try goes to the poison queue."""
        message.taken += 1
        if self.faults and self.chance.random() < 0.05:
            self.waiting.append(Waiting(message.queue, message.body))  # its lease ran out while it is handled
        try:
            await HANDLERS[message.queue](ports, message.body, min(message.taken, LAST_ATTEMPT))
        except BaseException:
            (self.poison if message.taken >= LAST_ATTEMPT else self.waiting).append(message)
            raise

    async def _give_up(self, ports: Ports, message: Waiting) -> None:
        try:
            await keep_poison(ports, message.queue, message.body)
        except BaseException:
            self.poison.append(message)
            raise

    async def _change_rules(self, ports: Ports) -> None:
        change: Callable[[Ports, int], Awaitable[None]] = self.chance.choice((activate, retire))
        try:
            await change(ports, self.chance.choice(self.versions))
        except (LastActiveError, UnreadableError):
            return

    async def _store_drafts(self) -> None:
        """One that asks for more spend, one for less from the next day, or a later one, with other warnings, and one
        that allows exceptions."""
        more, less = (
            json.loads(SHIPPED.read_bytes().replace(b'"300000"', each)) for each in (b'"350000"', b'"250000"')
        )
        days, steps = self.chance.choice(((1, [200, 2]), (2, []), (400, [366, 45])))
        less |= {"effectiveFrom": (START.date() + timedelta(days=days)).isoformat(), "warnDaysBefore": steps}
        faults, self.faults = self.faults, 0
        for document in (more, less, allowing_exceptions()):
            await store_draft(self._process(), parse_document(document), ChangeNote())
        if self.chance.random() < 0.4 and ALLOWS_EXCEPTIONS in self.versions:
            await activate(self._process(), ALLOWS_EXCEPTIONS)
        self.faults = faults

    async def _settle(self) -> None:
        """No more faults: timers run, what was kept by mistake is put back, until nothing is left to do."""
        ports = self._process()
        for _ in range(4):
            self.now += timedelta(minutes=5)
            for sweep in (sweep_due, sweep_outboxes, sweep_fan_outs, remove_expired):
                await sweep(ports)
            while self.poison:
                await self._give_up(ports, self.poison.pop())
            kept, _ = await ports.quarantine.page("", 1000)
            for each in kept:
                if each.state == KEPT and (each.queue == Queue.RECOMPUTE or _is_valid(each.body)):
                    if not each.reason.startswith("given up by the host"):
                        self.kept_by_mistake.append(each.reason)
                    await redrive(ports, each.id)
            await self._handle_all(ports)
        self.now += timedelta(days=1, minutes=1)
        await sweep_outboxes(ports)
        await sweep_due(ports)
        await self._handle_all(ports)
        await sweep_fan_outs(ports)
        await self._handle_all(ports)

    async def _handle_all(self, ports: Ports) -> None:
        while self.waiting:
            await self._handle(ports, self._next())

    async def _in_force(self, ports: Ports) -> dict[str, Any]:
        state = await ports.rule_sets.load()
        assert state
        _, version = max((day, version) for version, day in state.active if day <= ports.today())
        stored = await ports.rule_sets.version(version)
        assert stored
        return dict(json.loads(stored.document))


def _is_valid(message: bytes, now: datetime = START) -> bool:
    try:
        read(message, now)
    except RefusedError:
        return False
    return True


def is_timeless(message: bytes) -> bool:
    """Not one that is refused today for being of tomorrow: when it is read would matter."""
    return _is_valid(message) == _is_valid(message, START + timedelta(days=3650))
