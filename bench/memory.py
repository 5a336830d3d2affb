"""What a worker takes at most: the largest legal inputs at once, as many as an instance is given at a time.

24 events and 24 recompute messages (the host's batch of 16 and the 8 more it receives when half are done), each about
another of the largest customers and partners; ``--requests`` HTTP requests, the largest of each kind in turn; and as
many of one kind, for the kinds that take most alone. All run in a process forked from one that holds the data; rows go
through the JSON of the table service in both directions, as over the wire. Prints the growth of resident memory in MiB
and what is left of an instance beside the host and a worker that is warm.
"""

import argparse
import asyncio
import gc
import logging
import multiprocessing
import statistics
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import cycle, islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bench._figures import file_of, keep
from bench._largest_cases import Case, cases
from bench.largest import resident
from shared import aside, wiring
from shared.azure_rest.call import Answer
from shared.azure_rest.entities import read_entity, to_json
from shared.domain.recompute import PartnerChanged, Recompute
from shared.storage import keys
from shared.storage.checked import CheckedStore
from shared.storage.store import Row, Store, Table, Write
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from tests import events

INSTANCES, HOST, WARM = (512, 2048), 209, 68
"""MiB. The last two were measured under the real host, at 100 events a second."""
CUSTOMERS, PARTNERS, LATER = 28, 8, "2026-03-02T00:00:00Z"
LARGEST = 3

type Run = Callable[[], Awaitable[object]]


class OverTheWire:
    """Another store whose rows are written and read as the table service's JSON."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def get(self, *args: Any) -> Row | None:
        row = await self._store.get(*args)
        await asyncio.sleep(0)
        return _received(row) if row else None

    async def query(self, *args: Any) -> list[Row]:
        return [_received(row) for row in await self._store.query(*args)]

    async def write(self, table: Table, row: Row, etag: str | None = None) -> str:
        await _sent([row])
        return await self._store.write(table, row, etag)

    async def merge(self, table: Table, row: Row, etag: str) -> str:
        await _sent([row])
        return await self._store.merge(table, row, etag)

    async def delete(self, *args: Any) -> None:
        await self._store.delete(*args)

    async def commit(self, table: Table, writes: Sequence[Write]) -> list[str]:
        await _sent([each.row for each in writes])
        return await self._store.commit(table, writes)


def _received(row: Row) -> Row:
    body = to_json(row.partition, row.key, row.properties)
    entity = read_entity(Answer(200, {"ETag": row.etag}, body))
    return replace(row, properties=entity.properties)


async def _sent(rows: Sequence[Row]) -> None:
    """The bodies are there for as long as the call takes."""
    bodies = [to_json(row.partition, row.key, row.properties) for row in rows]
    await asyncio.sleep(0.005)
    del bodies


async def _copied(store: Store, table: Table, key_of: Callable[[str], str], name: str, count: int) -> list[str]:
    """As many more of one customer's or partner's row, under names of their own."""
    row = await store.get(table, name, key_of(name))
    assert row is not None
    names = [f"{name}-{number}" for number in range(count)]
    for each in names:
        await store.write(table, Row(each, key_of(each), row.properties), "*")
    return names


async def messages() -> list[Run]:
    """24 events and 24 recompute messages."""
    ports = wiring.ports()
    customers = await _copied(ports.store, Table.CUSTOMERS, keys.customer_state, "C-large", CUSTOMERS)
    partners = await _copied(ports.store, Table.PARTNERS, keys.partner_summary, "P-full", PARTNERS)
    of_all, of_one = [(await ports.partners.load(each)).partner.revision for each in ("P-full", "P-001")]
    pages = [tuple(f"D-{number:04}" for number in range(start, start + 100)) for start in range(0, 1_000, 84)]
    bodies = [events.spend(each, "3", time=LATER) for each in customers[:16]]
    bodies += [events.certified(each, time=LATER) for each in partners]
    steps = [Recompute((each,), PartnerChanged("P-001", of_one)) for each in customers[16:]]
    steps += [Recompute(page, PartnerChanged("P-full", of_all)) for page in pages]
    return [
        *(partial(receive_event, ports, body, 1) for body in bodies),
        *(partial(recompute, ports, step.to_bytes(), 1) for step in steps),
    ]


async def all_at_once(runs: Sequence[Run]) -> int:
    """How many failed."""
    ends = await asyncio.gather(*(run() for run in runs), return_exceptions=True)
    faults = [end for end in ends if isinstance(end, Exception)]
    for fault in faults[:3]:
        print(f"failed: {type(fault).__name__} {fault!s:.200}", file=sys.stderr)
    return len(faults)


def _child(runs: Sequence[Run], to: Connection) -> None:
    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from now on
    aside._thread.cache_clear()  # a fork leaves threads behind
    ports = wiring.ports()
    assert isinstance(ports.rows, CheckedStore)
    ports.rows._store = OverTheWire(ports.store)
    before = resident("VmRSS")
    failed = asyncio.run(all_at_once(runs))
    to.send((resident("VmHWM") - before, failed))


def grown(runs: Sequence[Run]) -> tuple[float, int]:
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()
    child = fork.Process(target=_child, args=(runs, theirs))
    child.start()
    theirs.close()
    found, failed = ours.recv()
    child.join()
    return found / 2**20, failed


def largest_requests(found: Sequence[Case]) -> list[Case]:
    """The largest kinds first, by what each takes alone."""
    routes = [each for each in found if each.name.startswith(("GET", "POST")) and "redrive" not in each.name]
    return sorted(routes, key=lambda each: grown([each.run])[0], reverse=True)


async def prepared() -> tuple[list[Case], list[Run]]:
    return await cases(), await messages()


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev bench memory", description=__doc__)
    parser.add_argument("--requests", type=int, default=16, help="HTTP requests at once (16)")
    parser.add_argument("--rounds", type=int, default=3, help="processes (3)")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    found, of_queues = asyncio.run(prepared())
    gc.freeze()
    kinds = largest_requests(found)
    mixed: list[Run] = [each.run for each in islice(cycle(kinds), chosen.requests)]
    same: dict[str, list[Run]] = {
        f"{each.name}, {each.given}": [each.run] * chosen.requests for each in kinds[:LARGEST]
    }
    runs_of: dict[str, list[Run]] = {"messages": of_queues, "requests, each kind": mixed}
    runs_of |= {"both": [*of_queues, *mixed], **same}
    print("| what | at once | MiB, median | at most |", *(f"left of {size} MB |" for size in INSTANCES))
    print("|---|---:|---:|---:|---:|---:|")
    rows, failed = [], 0
    for name, runs in runs_of.items():
        ends = [grown(runs) for _ in range(chosen.rounds)]
        failed += sum(faults for _, faults in ends)
        taken = [memory for memory, _ in ends]
        left = " | ".join(f"{size - HOST - WARM - max(taken):.0f}" for size in INSTANCES)
        print(f"| {name} | {len(runs)} | {statistics.median(taken):.0f} | {max(taken):.0f} | {left} |", flush=True)
        rows.append({"what": name, "atOnce": len(runs), "MiB": taken})
    keep(file_of("memory"), rows)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
