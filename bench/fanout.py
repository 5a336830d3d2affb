"""A partner's change and its customers: seconds, storage calls and memory, for 100, 1,000 and 10,000 of them.

The partner records one deployment more; its customers are decided again and their outcome stays. It is measured from
the event's bytes to the last customer, with one recompute message handled at a time and, where a number is below 1,000,
so many times that 1,000 are decided. One Azurite holds the customers of all numbers, so that what its tables' size
costs is the same for each; a round measures every number, in random order. Memory is what Python holds at most beyond
what it held before (``tracemalloc``), in a run of its own.
"""

import argparse
import asyncio
import gc
import sys
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, cast

from bench._figures import file_of, keep, ratio, spread
from bench._many_customers import fill, partner_of
from bench._programme import Events
from bench._raw import Raw, raw_session
from local.azurite import Azurite
from shared import wiring
from shared.messaging.sender import Queue
from shared.messaging.storage_queue import StorageQueueSender
from shared.ports import Ports
from shared.settings import STORAGE, read_settings
from shared.storage.store import Store
from shared.storage.tables import TableStore
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute

ROOT = Path(__file__).parents[1]
_LEAST = 1000


class Counted:
    """Passes every call of a store on and counts it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.calls = 0

    def __getattr__(self, operation: str) -> Callable[..., Awaitable[Any]]:
        self.calls += 1
        return cast(Callable[..., Awaitable[Any]], getattr(self._store, operation))


@dataclass
class Measured:
    """One number of customers: figures of each round."""

    customers: int
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    calls: list[float] = field(default_factory=list)
    peak: int = 0

    @property
    def per_customer(self) -> list[float]:
        return [each / self.customers * 1000 for each in self.seconds]

    def result(self, first: "Measured") -> dict[str, Any]:
        return {
            "customers": self.customers,
            "seconds": spread(self.seconds),
            "customersPerSecond": spread([self.customers / each for each in self.seconds]),
            "cpuMillisecondsPerCustomer": spread([each / self.customers * 1000 for each in self.cpu]),
            "storageCallsPerCustomer": spread([each / self.customers for each in self.calls]),
            "timePerCustomerOverFirst": ratio(self.per_customer, first.per_customer),
            "peakMebibytes": round(self.peak / 2**20, 2),
        }


class FanOuts:
    """The product over an account, its recompute queue drained by bare calls."""

    def __init__(self, ports: Ports, raw: Raw, events: Events) -> None:
        self._counted = Counted(ports.store)
        self._ports = Ports(cast(Store, self._counted), ports.sender)
        self._raw, self._events = raw, events

    async def once(self, number: int) -> None:
        await receive_event(self._ports, self._events.deployment(partner_of(number)), 1)
        while messages := await self._raw.receive(Queue.RECOMPUTE):
            for message in messages:
                await recompute(self._ports, message[2], 1)
                await self._raw.delete(Queue.RECOMPUTE, message)

    async def timed(self, measured: Measured) -> None:
        times = max(1, _LEAST // measured.customers)
        self._counted.calls, cpu, started = 0, time.process_time(), time.perf_counter()
        for _ in range(times):
            await self.once(measured.customers)
        measured.seconds.append((time.perf_counter() - started) / times)
        measured.cpu.append((time.process_time() - cpu) / times)
        measured.calls.append(self._counted.calls / times)

    async def weighed(self, measured: Measured) -> None:
        gc.collect()
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        await self.once(measured.customers)
        measured.peak = tracemalloc.get_traced_memory()[1] - before
        tracemalloc.stop()


async def run(numbers: Sequence[int], rounds: int) -> list[Measured]:
    events, found = Events(), [Measured(number) for number in numbers]
    with Azurite() as azurite:
        _, queue_port, table_port = azurite.ports
        ports = wiring.build(read_settings({STORAGE: azurite.connection_string}))
        started = time.perf_counter()
        shapes = await fill(ports, events, numbers)
        print(f"{sum(numbers)} customers stored in {time.perf_counter() - started:.0f} s", file=sys.stderr)
        async with raw_session() as session:
            fan_outs = FanOuts(ports, Raw(session, queue_port, table_port, shapes), events)
            await fan_outs.once(min(numbers))  # to warm up
            chance = Random(1)
            for number in range(rounds):
                for measured in chance.sample(found, len(found)):
                    await fan_outs.timed(measured)
                print(f"\rround {number + 1} of {rounds}", end="", file=sys.stderr, flush=True)
            print(file=sys.stderr)
            for measured in found:
                await fan_outs.weighed(measured)
        await _close(ports)
    return found


async def _close(ports: Ports) -> None:
    assert isinstance(ports.store, TableStore)
    assert isinstance(ports.sender, StorageQueueSender)
    await ports.store.close()
    await ports.sender.close()


def show(rows: Sequence[dict[str, Any]]) -> None:
    print(
        "customers    seconds   per second   CPU ms each   calls each   time each, x the first (quartiles)   peak MiB"
    )
    for row in rows:
        times = row["timePerCustomerOverFirst"]
        quartiles = f"{times['median']:.2f} ({times['lowerQuartile']:.2f}-{times['upperQuartile']:.2f})"
        figures = [row[name]["median"] for name in ("seconds", "customersPerSecond", "cpuMillisecondsPerCustomer")]
        print(
            f"{row['customers']:>9}{figures[0]:>11.2f}{figures[1]:>13.0f}{figures[2]:>14.2f}"
            f"{row['storageCallsPerCustomer']['median']:>13.3f}{quartiles:>39}{row['peakMebibytes']:>11.1f}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev bench fanout", description=__doc__)
    parser.add_argument("--customers", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--rounds", type=int, default=5, help="how often each number is measured (5)")
    parser.add_argument("--json", type=Path, default=file_of("fanout"), help="where results go")
    chosen = parser.parse_args()
    found = asyncio.run(run(sorted(chosen.customers), chosen.rounds))
    rows = [each.result(found[0]) for each in found]
    show(rows)
    keep(chosen.json, rows, rounds=chosen.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
