"""The soak: a shuffled stream of events through workers that are killed, over a storage that fails, held to the oracle.

Arrives: a plan. Leaves: figures, and every way in which the end is not as it must be.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Final

from local.azurite import Azurite
from local.commands.backup.memory_store import MemoryStore
from local.host.development_storage import connection_string
from shared.domain.events import utc_text
from shared.messaging.sender import Queue
from shared.storage.store import Span, Table
from tests import events
from tests.azure_stores import table_store
from tests.oracle.oracle import Oracle
from tests.rules.given import allowing_exceptions
from tests.soak.account import Queues
from tests.soak.harmful_proxy import HarmfulProxy
from tests.soak.judged import judge, names_any
from tests.soak.people import People
from tests.soak.plan import Figures, Plan
from tests.soak.settling import Settling
from tests.soak.workers import Workers
from tests.system.running_system import NOW
from tests.world import World

BACKLOG: Final = 150
"""Messages waiting at most: Azurite looks at every one of the account at each call of a queue."""

AT_ONCE: Final = 32
QUEUES: Final = {"visibilityTimeout": "00:00:01", "batchSize": "4", "newBatchThreshold": "4"}
"""What failed comes back soon; and no worker holds more than it can handle within a lease on a slow machine."""

POISON: Final = tuple(f"{queue}-poison" for queue in (Queue.EVENTS, Queue.RECOMPUTE))

type Tell = Callable[[float, str], None]
"""Is told which share is done, and how it stands."""


async def soak(plan: Plan, tell: Tell, log: Path) -> Figures:
    chance = random.Random(f"{plan.seed} faults")
    with Azurite() as azurite:
        proxy = HarmfulProxy(azurite.ports[1:], plan.faults, plan.late, chance)
        async with proxy, Queues(azurite) as queues:
            await queues.create([*Queue, *POISON])
            run = Soak(plan, azurite, proxy, queues, log)
            try:
                return await run.ended(tell)
            finally:
                run.workers.stop()


class Soak:
    """One run over one storage account."""

    def __init__(self, plan: Plan, azurite: Azurite, proxy: HarmfulProxy, queues: Queues, log: Path) -> None:
        self._plan, self._azurite, self._proxy, self._queues = plan, azurite, proxy, queues
        self._chance = random.Random(plan.seed)
        self._messages = plan.messages()
        self._oracle = Oracle(allowing_exceptions(), NOW.date(), NOW)
        for message in self._messages:
            self._oracle.hear(message)
        self._began = datetime.now(UTC)
        self._handled = 0
        self._over = False
        self._told: list[bytes] = []
        self.workers = Workers(plan.workers, self._settings(), plan.lease, log)
        self._people = People(self.workers, self._chance, self._oracle.customers())

    def _settings(self, later: timedelta = timedelta()) -> dict[str, str]:
        """Of workers that believe that it was ``NOW`` when the soak began, or later: no midnight falls into it."""
        connection = connection_string((self._azurite.ports[0], *self._proxy.ports))  # type: ignore[arg-type]
        return {
            "EligibilityStorage": connection,
            "AzureWebJobsStorage": connection,
            **{f"AzureFunctionsJobHost__extensions__queues__{name}": value for name, value in QUEUES.items()},
            "CLOCK_OFFSET_SECONDS": str(round((NOW + later - self._began).total_seconds())),
        }

    async def ended(self, tell: Tell) -> Figures:
        """Run to the end."""
        figures = Figures(len(self._messages), len(self._messages) - len(set(self._messages)))
        await self.workers.ready()
        async with asyncio.TaskGroup() as together:
            together.create_task(self._subscribe())
            await self._storm(figures, tell)
            tell(1, "settling")
            settling = await self._settled(figures)
            self._over = True
        tell(1, "checking")
        await self._judge(figures, settling)
        return figures

    async def _storm(self, figures: Figures, tell: Tell) -> None:
        begun = monotonic()
        async with asyncio.TaskGroup() as together:
            together.create_task(self._feed(self._messages, partial(self._note, tell)))
            together.create_task(self._kill())
            together.create_task(self._administer())
        figures.seconds = monotonic() - begun
        figures.kills, figures.calls, figures.harms = self.workers.kills, self._proxy.calls, self._proxy.harms

    async def _feed(self, messages: Sequence[bytes], noted: Callable[[int], None]) -> None:
        """Put messages in step with what is handled, until all are; notes how many that are."""
        put, waiting = 0, 0
        while put < len(messages) or waiting:
            waiting = await self._queues.waiting(Queue.EVENTS, Queue.RECOMPUTE)
            noted(put - waiting)
            batch = messages[put : put + min(AT_ONCE, max(0, BACKLOG - waiting))]
            await asyncio.gather(*(self._queues.put(Queue.EVENTS, message) for message in batch))
            put += len(batch)
            await asyncio.sleep(0 if batch else 0.1)

    def _note(self, tell: Tell, handled: int) -> None:
        self._handled = max(self._handled, handled)
        state = f"{self._handled} messages, {self.workers.kills} kills, {self._proxy.harms.total()} faults"
        tell(self._handled / len(self._messages), state)

    async def _kill(self) -> None:
        """Kill in step with what is handled, each time a worker of chance at a moment of chance."""
        while self.workers.kills < self._plan.kills:
            due = self._plan.kills * self._handled // len(self._messages)
            if self.workers.kills < max(1, due):
                await asyncio.sleep(self._chance.uniform(0, 0.2))
                await self.workers.kill(self._chance.randrange(self._plan.workers))
            await asyncio.sleep(0.02)

    async def _administer(self) -> None:
        """In step with what is handled, too: other rules, then one erasure after the other."""
        done, acts = 0, self._plan.erasures + 1
        while done < acts:
            if done < acts * self._handled // len(self._messages):
                await (self._people.erase_somebody() if done else self._people.allow_exceptions())
                done += 1
            await asyncio.sleep(0.02)

    async def _subscribe(self) -> None:
        """Take notifications until there will be no more."""
        while True:
            over = self._over
            if not (taken := await self._queues.take(Queue.NOTIFICATIONS)) and over:
                return
            self._told += taken
            await asyncio.sleep(0 if taken else 0.2)

    async def _settled(self, figures: Figures) -> Settling:
        """No more faults, and everything is handled, what comes late too."""
        begun, self._proxy.share = monotonic(), 0
        await asyncio.sleep(self._plan.late)  # until the last call that waits is through
        refused = frozenset(self._oracle.quarantined)
        late = partial(self._come_late, figures)
        settling = Settling(self.workers, self._settings, refused, late, self._plan.stops)
        await settling.run()
        figures.settling, figures.redriven = monotonic() - begun, settling.redriven
        return settling

    async def _come_late(self, figures: Figures, later: timedelta) -> None:
        """Of those who are erased: all of their valid messages once more, then for half of them a new one."""
        erased = sorted(self._people.erased)
        now = NOW + later + (datetime.now(UTC) - self._began)
        late = [each for each in set(self._messages) - {*self._oracle.quarantined} if names_any(each, erased)]
        new = [events.spend(each, time=utc_text(now)) for each in erased[::2]]
        self._oracle.now = now
        for body in new:
            self._oracle.hear(body)
        await self._feed(late + new, lambda _: None)
        figures.erased, figures.late, figures.begun_again = len(erased), len(late), len(new)

    async def _judge(self, figures: Figures, settling: Settling) -> None:
        ports = World(await self._copied(), now=NOW + settling.later).ports
        figures.violations += self.workers.ended
        days = [(NOW + later).date() for later in (timedelta(), *settling.stopped)]
        await judge(figures, ports, self._oracle, self._told, sorted(self._people.erased), days)

    async def _copied(self) -> MemoryStore:
        """All that is stored, where reading it takes no time."""
        copy = MemoryStore()
        async with table_store(self._azurite.connection_string) as store:
            for table in Table:
                for row in await store.query(table, Span(), 10_000_000):
                    await copy.write(table, row)
        return copy
