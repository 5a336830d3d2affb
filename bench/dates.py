"""What the sweep of a date costs: calls of the store, messages and seconds, for a date of 20,000 customers.

``./dev bench dates [--customers N] [--rounds N]`` prints a table and writes a JSON file. Contestants: due rows in
parts, and due rows in one partition, as they are beside version 0.2.0. Each has an Azurite of its own; a round measures
both, in random order, from the first call to the last message. Nobody handles the messages, so that each round finds
the same rows. A part waits until two seconds after it began its last page (``PAGE_TAKES``); that is in the seconds.
"""

import argparse
import asyncio
import itertools
import logging
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from bench._figures import file_of, keep, ratio, spread
from local.azurite import Azurite
from shared import wiring
from shared.at_once import at_once
from shared.messaging.sender import Message, Queue, Sender
from shared.messaging.storage_queue import StorageQueueSender
from shared.ports import Ports
from shared.settings import RELEASED, STORAGE, read_settings
from shared.storage import keys
from shared.storage.rows import all_rows
from shared.storage.store import TRANSACTION_ROWS, Row, Span, Table, Write
from shared.storage.tables import TableStore
from shared.workflow.sweep import sweep_due
from tests.watched_store import WatchedStore

PARTS, TOGETHER = "in parts", "in one partition"


class CountedSender:
    """Passes every message on and counts it."""

    def __init__(self, sender: Sender) -> None:
        self._sender, self.sent = sender, 0

    async def send(self, queue: Queue, message: Message) -> None:
        self.sent += 1
        await self._sender.send(queue, message)

    async def create_queues(self) -> None:
        await self._sender.create_queues()

    async def check(self) -> None:
        await self._sender.check()


@dataclass
class Contestant:
    """The sweep over an account that has due rows for today; figures of each round."""

    name: str
    ports: Ports
    store: WatchedStore
    sender: CountedSender
    seconds: list[float] = field(default_factory=list)
    calls: list[float] = field(default_factory=list)
    messages: list[float] = field(default_factory=list)

    async def timed(self) -> None:
        async for row in all_rows(self.ports.store, Table.WORK, Span(keys.ROUNDS)):
            await self.ports.store.delete(Table.WORK, row.partition, row.key)
        self.store.calls.clear()
        self.sender.sent, started = 0, time.perf_counter()
        await sweep_due(self.ports)
        self.seconds.append(time.perf_counter() - started)
        self.calls.append(len(self.store.calls))
        self.messages.append(self.sender.sent)


async def begun(stack: AsyncExitStack, name: str, customers: int) -> Contestant:
    azurite = stack.enter_context(Azurite())
    built = wiring.build(read_settings({STORAGE: azurite.connection_string}))
    assert isinstance(built.store, TableStore)
    assert isinstance(built.sender, StorageQueueSender)
    stack.push_async_callback(built.store.close)
    stack.push_async_callback(built.sender.close)
    store, sender = WatchedStore(built.store), CountedSender(built.sender)
    ports = Ports(store, sender, oldest_version=RELEASED[-1] if name == TOGETHER else None)
    await sender.create_queues()
    await fill(ports, customers)
    return Contestant(name, ports, store, sender)


async def fill(ports: Ports, customers: int) -> None:
    """Rows for today, a hundred of a partition at a time."""
    rows: dict[str, list[Write]] = {}
    for number in range(customers):
        customer_id = f"C-{number:07}"
        part = keys.due_part(customer_id) if ports.oldest_version is None else keys.DUE
        key = keys.due_customer(ports.today(), customer_id)
        row = Row(keys.due_on(part, ports.today()), key, {"customerId": customer_id})
        rows.setdefault(row.partition, []).append(Write(row))
    some = [each for of_one in rows.values() for each in itertools.batched(of_one, TRANSACTION_ROWS, strict=False)]
    await at_once(lambda writes: ports.store.commit(Table.WORK, writes), some, most=1)


async def run(customers: int, rounds: int) -> list[Contestant]:
    logging.getLogger("eligibility").setLevel(logging.CRITICAL)
    async with AsyncExitStack() as stack:
        found = [await begun(stack, name, customers) for name in (PARTS, TOGETHER)]
        chance = Random(1)
        for number in range(rounds):
            for contestant in chance.sample(found, len(found)):
                await contestant.timed()
            print(f"\rround {number + 1} of {rounds}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
    return found


def show(found: Sequence[Contestant]) -> None:
    print("due rows            calls   messages   seconds")
    for each in found:
        calls, messages = spread(each.calls)["median"], spread(each.messages)["median"]
        print(f"{each.name:17}{calls:>8.0f}{messages:>11.0f}{spread(each.seconds)['median']:>10.2f}")
    print(f"\nseconds, {PARTS} / {TOGETHER}: {ratio(found[0].seconds, found[1].seconds)['median']:.2f}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev bench dates", description=__doc__)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, default=file_of("dates"), help="where results go")
    chosen = parser.parse_args()
    found = asyncio.run(run(chosen.customers, chosen.rounds))
    show(found)
    figures: dict[str, Any] = {
        each.name: {"calls": each.calls, "messages": each.messages, "seconds": each.seconds} for each in found
    }
    keep(chosen.json, figures, customers=chosen.customers, rounds=chosen.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
