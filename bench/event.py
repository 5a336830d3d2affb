"""Events per second and CPU per event: this project beside the minimum and beside the plain SDK.

One Azurite serves all; in each round every contestant handles a portion of the same size, on subjects of its own, in
random order, so that a noisy neighbour disturbs all alike; a ratio is the median of the rounds' ratios. What the
minimum does is in ``bench/_raw.py``; the plain SDK makes the same calls. "Handler" is what the host calls, bytes in,
committed and sent out, its log written to nowhere; "end to end" adds the development host's receive and delete. CPU is
this process's: Azurite has its own. Queues and fan-outs are emptied between portions, outside the clock.
"""

import argparse
import asyncio
import base64
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from azure.data.tables.aio import TableServiceClient
from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueServiceClient

from bench._end_to_end import HostedApp, drained, hosted_app
from bench._figures import file_of, keep
from bench._pairs import OURS, RAW, SDK, Comparison, show
from bench._plain_sdk import PlainSdk
from bench._programme import PARTNER, Events, Kind, copy, programme
from bench._raw import Raw, raw_session
from local.azurite import Azurite
from shared import wiring
from shared.messaging.sender import Message, Queue
from shared.messaging.storage_queue import StorageQueueSender
from shared.ports import Ports
from shared.settings import STORAGE, read_settings
from shared.storage.tables import TableStore
from shared.storage.work import Outbox
from shared.workflow.receive_event import receive_event

ROOT = Path(__file__).parents[1]
CONTESTANTS = (OURS, RAW, SDK)


@dataclass
class Arena:
    """What all contestants share, and each contestant's own subjects."""

    ports: Ports
    raw: Raw
    sdk: PlainSdk
    host: HostedApp
    events: Events
    size: int
    turns: dict[str, int] = field(default_factory=dict)

    def subjects(self, contestant: str, kind: Kind, count: int) -> Iterator[tuple[str, bytes]]:
        """Customers or partners with the message about each; each subject once."""
        turn = self.turns[f"{contestant} {kind}"] = self.turns.get(f"{contestant} {kind}", 0) + 1
        for number in range(count):
            name = _name(contestant, kind, number)
            yield name, self.events.of(kind, name, turn)

    async def handle(self, contestant: str, kind: Kind, name: str, body: bytes) -> None:
        if contestant == OURS:
            await receive_event(self.ports, body, 1)
        else:
            await (self.raw if contestant == RAW else self.sdk).handle(kind, name)

    async def close(self) -> None:
        for ports in (self.ports, wiring.ports()):  # the second are the hosted app's
            assert isinstance(ports.store, TableStore)
            assert isinstance(ports.sender, StorageQueueSender)
            await ports.store.close()
            await ports.sender.close()

    async def clean(self) -> None:
        for queue in Queue:
            await self.raw.clear(queue.value)
        async for fan_out in self.ports.fan_outs.all():
            await self.ports.fan_outs.close(fan_out)


def _name(contestant: str, kind: Kind, number: int) -> str:
    return f"{contestant.partition(' ')[0]}-{kind.name}-{number}"


async def handlers(arena: Arena, comparison: Comparison, contestant: str, kind: Kind, count: int) -> None:
    """A portion through the handler alone."""
    work = iter(list(arena.subjects(contestant, kind, count)))

    async def one() -> None:
        for name, body in work:
            await arena.handle(contestant, kind, name, body)

    async def run() -> None:
        await asyncio.gather(*(one() for _ in range(comparison.concurrency)))

    await comparison.portions[contestant].measure(count, run)


async def end_to_end(arena: Arena, comparison: Comparison, contestant: str, kind: Kind, count: int) -> None:
    """A portion from the queue to its deletion."""
    for name, body in arena.subjects(contestant, kind, count):
        await arena.ports.sender.send(Queue.EVENTS, Message(body if contestant == OURS else name.encode()))
    runs: dict[str, Callable[[], Awaitable[None]]] = {
        OURS: lambda: arena.host.drain(count),
        RAW: lambda: _raw_end_to_end(arena, kind, count),
        SDK: lambda: _sdk_end_to_end(arena, kind, count),
    }
    await comparison.portions[contestant].measure(count, runs[contestant])


async def _raw_end_to_end(arena: Arena, kind: Kind, count: int) -> None:
    async def one(message: tuple[str, str, bytes]) -> None:
        await arena.raw.handle(kind, message[2].decode())
        await arena.raw.delete(Queue.EVENTS, message)

    await drained(count, lambda: arena.raw.receive(Queue.EVENTS), one)


async def _sdk_end_to_end(arena: Arena, kind: Kind, count: int) -> None:
    async def one(message: QueueMessage) -> None:
        await arena.sdk.handle(kind, base64.b64decode(message.content or "").decode())
        await arena.sdk.delete(message)

    await drained(count, arena.sdk.receive, one)


async def compare(arena: Arena, rounds: int) -> list[Comparison]:
    plan = [
        (Comparison(f"{way.__name__.replace('_', ' ')}, {kind}", at_once), way, kind)
        for way, at_once in ((handlers, 16), (handlers, 1), (end_to_end, 16))
        for kind in Kind
    ]
    chance = Random(1)
    for number in range(rounds + 1):  # the first is to warm up
        for comparison, way, kind in plan:
            count = arena.size if comparison.concurrency > 1 else max(arena.size // 4, 1)
            for contestant in chance.sample(CONTESTANTS, len(CONTESTANTS)):
                await way(arena, comparison, contestant, kind, count)
                await arena.clean()
            if number == 0:
                comparison.portions.update(Comparison("", 1).portions)
        print(f"\rround {number} of {rounds}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return [comparison for comparison, _, _ in plan]


async def run(rounds: int, size: int, facts: int = 0, partner_facts: int = 0) -> list[Comparison]:
    _log_to_nowhere()
    events = Events()
    names = {kind: [_name(each, kind, n) for each in CONTESTANTS for n in range(size)] for kind in Kind}
    customers = names[Kind.UNCHANGED] + names[Kind.CHANGED]
    filled = dict.fromkeys(customers, PARTNER)
    store, shapes = await programme(events, filled, names[Kind.PARTNER], facts, partner_facts)
    with Azurite() as azurite:
        connection, (_, queue_port, table_port) = azurite.connection_string, azurite.ports
        ports = wiring.build(read_settings({STORAGE: connection}))
        assert isinstance(ports.store, TableStore)
        await copy(store, ports.store)
        await ports.work.open_outbox(Outbox("C-0", 1, ports.timestamp()))  # makes the table
        await ports.work.close_outbox(Outbox("C-0", 1))
        async with AsyncExitStack() as stack:
            tables = await stack.enter_async_context(TableServiceClient.from_connection_string(connection))
            queues = await stack.enter_async_context(QueueServiceClient.from_connection_string(connection))
            session = await stack.enter_async_context(raw_session())
            host = await stack.enter_async_context(hosted_app(ROOT, connection))
            for queue in Queue:
                await ports.sender.send(queue, Message(b"made"))
            raw, sdk = Raw(session, queue_port, table_port, shapes), PlainSdk(tables, queues, shapes)
            arena = Arena(ports, raw, sdk, host, events, size)
            await arena.clean()
            found = await compare(arena, rounds)
            await arena.close()
        return found


def _log_to_nowhere() -> None:
    logger = logging.getLogger("eligibility")
    logger.setLevel(logging.INFO)
    logger.addHandler(logging.FileHandler(os.devnull))
    logger.propagate = False
    logging.getLogger("azure").setLevel(logging.WARNING)


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev bench event", description=__doc__)
    parser.add_argument("--rounds", type=int, default=6, help="portions per contestant and kind (6)")
    parser.add_argument("--events", type=int, default=64, help="events of a portion, 16 at once; a quarter one by one")
    parser.add_argument("--facts", type=int, default=3, help="of each customer (3; at most 2,000)")
    parser.add_argument("--partner-facts", type=int, default=3, help="of the customers' partner (3; at most 25,000)")
    parser.add_argument("--json", type=Path, default=file_of("event"), help="where results go")
    chosen = parser.parse_args()
    found = asyncio.run(run(chosen.rounds, chosen.events, chosen.facts, chosen.partner_facts))
    rows = [each.result() for each in found]
    show(rows)
    size = {"facts": chosen.facts, "partnerFacts": chosen.partner_facts}
    keep(chosen.json, rows, rounds=chosen.rounds, eventsOfAPortion=chosen.events, **size)
    return 0


if __name__ == "__main__":
    sys.exit(main())
