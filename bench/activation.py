"""A change of rules over everybody: calls of the store and customers a second, by the directory alone and in chains.

``./dev bench activation [--customers N] [--rounds N]``. A rule set with other words is activated: all customers are
decided again, their outcome stays. Contestants: one reader goes through the directory (as beside an older version, and
before the population index), and chains over the index. Both in each round, in random order, on one Azurite, by one
process that handles 16 messages at a time. ``handed on`` is when the last customer was put on the queue.
"""

import argparse
import asyncio
import itertools
import json
import logging
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any, cast

from bench._figures import file_of, keep, ratio, spread
from bench._programme import Events, copy, programme
from bench._raw import Raw, raw_session
from bench.fanout import Counted
from local.azurite import Azurite
from shared import wiring
from shared.at_once import at_once
from shared.domain.recompute import FanOutStep, parse_recompute
from shared.errors import PassingError
from shared.messaging.sender import Queue
from shared.messaging.storage_queue import StorageQueueSender
from shared.ports import Ports
from shared.rule_books import SHIPPED
from shared.rules.document import parse_document
from shared.settings import NARROW, STORAGE, read_settings
from shared.storage.heads import Head
from shared.storage.store import Store
from shared.storage.tables import TableStore
from shared.workflow.change_rules import ChangeNote, activate, store_draft
from shared.workflow.recompute import recompute

_AT_ONCE = 16
WAYS = {"directory": NARROW[0], "chains": None}


@dataclass
class Measured:
    """One way: figures of each round."""

    customers: int
    calls: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    handed_on: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def result(self, way: str, first: "Measured") -> dict[str, Any]:
        return {
            "way": way,
            "customers": self.customers,
            "storageCallsPerCustomer": spread([each / self.customers for each in self.calls]),
            "customersPerSecond": spread([self.customers / each for each in self.seconds]),
            "cpuMillisecondsPerCustomer": spread([each / self.customers * 1000 for each in self.cpu]),
            "secondsUntilHandedOn": spread(self.handed_on),
            "secondsOverFirst": ratio(self.seconds, first.seconds),
        }


class Activations:
    """Everybody on an account; its recompute queue is drained by bare calls."""

    def __init__(self, ports: Ports, raw: Raw) -> None:
        self._ports, self._raw, self._drafts = ports, raw, itertools.count(1)

    async def timed(self, way: str, measured: Measured) -> None:
        counted = Counted(self._ports.store)
        ports = Ports(cast(Store, counted), self._ports.sender, oldest_version=WAYS[way])
        document = json.loads(SHIPPED.read_bytes())
        document["criteria"]["title"] = f"as before, {next(self._drafts)}"
        version = (await store_draft(ports, parse_document(document), ChangeNote())).version
        counted.calls, cpu, started = 0, time.process_time(), time.perf_counter()
        await activate(ports, version)
        handed_on = await self._drained(ports)
        measured.seconds.append(time.perf_counter() - started)
        measured.cpu.append(time.process_time() - cpu)
        measured.calls.append(counted.calls)
        measured.handed_on.append(handed_on - started)
        state = await ports.rule_sets.load()
        assert state
        progress = await ports.progress.read(state.epoch)
        assert (progress.done, progress.of) == (measured.customers, measured.customers), progress

    async def _drained(self, ports: Ports) -> float:
        """When the last step had been handled."""
        last = time.perf_counter()

        async def handle(message: tuple[str, str, bytes]) -> None:
            nonlocal last
            await _handled(ports, message[2])
            await self._raw.delete(Queue.RECOMPUTE, message)
            if isinstance(parse_recompute(message[2]), FanOutStep):
                last = time.perf_counter()

        while messages := await self._raw.receive(Queue.RECOMPUTE):
            await at_once(handle, messages)
        return last


async def _handled(ports: Ports, body: bytes) -> None:
    """Until it ends well, as a message comes again: a slow machine lets calls run out of time."""
    while True:
        with suppress(PassingError):
            await recompute(ports, body, 1)
            return


async def fill(ports: Ports, customers: int) -> Any:
    """One customer is made by the product and then copied; gives the shapes of what events leave."""
    assert isinstance(ports.store, TableStore)
    store, shapes = await programme(Events(), {"C-00000": "P-1"}, ["P-1"])
    await copy(store, ports.store)
    template = (await Ports(store, ports.sender).customers.load("C-00000")).state

    async def put(customer_id: str) -> None:
        decision = {**(template.decision or {}), "customerId": customer_id}
        state = replace(template, customer_id=customer_id, decision=decision)
        await ports.indexes.enter_in_directory(customer_id)
        await ports.heads.write(Head.of(state), None)
        await ports.customers.commit(state, None)

    others = len(await ports.indexes.directory("", 1000))
    await at_once(put, [f"C-{number:05d}" for number in range(1, customers + 1 - others)], 32)
    return shapes


async def run(customers: int, rounds: int) -> dict[str, Measured]:
    found = {way: Measured(customers) for way in WAYS}
    with Azurite() as azurite:
        _, queue_port, table_port = azurite.ports
        ports = wiring.build(read_settings({STORAGE: azurite.connection_string}))
        shapes = await fill(ports, customers)
        print(f"{customers} customers stored", file=sys.stderr)
        async with raw_session() as session:
            activations, chance = Activations(ports, Raw(session, queue_port, table_port, shapes)), Random(1)
            for number in range(rounds):
                for way in chance.sample(list(found), len(found)):
                    await activations.timed(way, found[way])
                print(f"\rround {number + 1} of {rounds}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        assert isinstance(ports.store, TableStore)
        assert isinstance(ports.sender, StorageQueueSender)
        await ports.store.close()
        await ports.sender.close()
    return found


def show(rows: Sequence[dict[str, Any]]) -> None:
    print(
        "            calls each   per second   CPU ms each   handed on after s   time, x by the directory (quartiles)"
    )
    for row in rows:
        times = row["secondsOverFirst"]
        quartiles = f"{times['median']:.2f} ({times['lowerQuartile']:.2f}-{times['upperQuartile']:.2f})"
        figures = [row[name]["median"] for name in ("storageCallsPerCustomer", "customersPerSecond")]
        figures += [row[name]["median"] for name in ("cpuMillisecondsPerCustomer", "secondsUntilHandedOn")]
        print(
            f"{row['way']:<10}{figures[0]:>12.3f}{figures[1]:>13.0f}{figures[2]:>14.2f}{figures[3]:>20.1f}"
            f"{quartiles:>39}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev bench activation", description=__doc__)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3, help="how often each way is measured (3)")
    parser.add_argument("--json", type=Path, default=file_of("activation"), help="where results go")
    chosen = parser.parse_args()
    logging.disable(logging.INFO)
    found = asyncio.run(run(chosen.customers, chosen.rounds))
    rows = [each.result(way, found["directory"]) for way, each in found.items()]
    show(rows)
    keep(chosen.json, rows, rounds=chosen.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
