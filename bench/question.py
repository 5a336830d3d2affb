"""A question about everybody: customers a second and the growth of memory, of each kind of question.

``./dev bench question [--customers N] [--azurite] [--rounds N]``. The customers are copies of 200 that random events
made in memory, of 30 partners; the store is that in memory, or an Azurite. One process handles 16 messages at a time.
Kinds: a draft (everybody under a higher threshold), a day (everybody a year later), a partner (its customers without
its competency), the survey. Memory is the peak of resident memory over what the process had before the question.
"""

import argparse
import asyncio
import json
import logging
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

from bench._figures import file_of, keep, spread
from bench._programme import copy
from bench.fanout import Counted
from bench.largest import resident
from local.azurite import Azurite
from local.commands.backup.memory_store import MemoryStore
from shared import wiring
from shared.at_once import at_once
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.rule_books import SHIPPED
from shared.rules.document import parse_document
from shared.settings import STORAGE, read_settings
from shared.storage.heads import Head
from shared.storage.questions import Question
from shared.storage.store import Store
from shared.storage.tables import TableStore
from shared.workflow.population.asking import Asked, ask, survey
from shared.workflow.population.results import result_of
from shared.workflow.recompute import recompute
from tests.memory_sender import MemorySender
from tests.oracle.random_events import events as random_events
from tests.world import World

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TEMPLATES, PARTNERS, MESSAGES = 200, 30, 2_500
_AT_ONCE = 16
SURVEY = "survey"


@dataclass
class Measured:
    """One kind of question: figures of each round."""

    customers: int = 0
    calls: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    grown: list[float] = field(default_factory=list)

    def result(self, kind: str) -> dict[str, Any]:
        return {
            "question": kind,
            "customers": self.customers,
            "storageCallsPerCustomer": spread([each / self.customers for each in self.calls]),
            "customersPerSecond": spread([self.customers / each for each in self.seconds]),
            "cpuMillisecondsPerCustomer": spread([each / self.customers * 1000 for each in self.cpu]),
            "grownMiB": spread(self.grown),
        }


def questions(partner_id: str) -> Mapping[str, Asked | None]:
    """None is the survey."""
    document = json.loads(SHIPPED.read_bytes())
    document["criteria"]["criteria"][0]["amount"] = "400000"
    period = {"competency": "cloud-business-applications", "area": "finance-and-operations", "level": "none"}
    ending = {"partnerId": partner_id, "competencies": [{**period, "validFrom": NOW.date().isoformat()}]}
    return {
        "a draft": Asked(document=parse_document(document)),
        "a day": Asked(on=NOW.date() + timedelta(days=365)),
        "a partner": Asked(partners=[ending]),
        SURVEY: None,
    }


async def fill(store: Store, customers: int) -> None:
    """Every customer is a copy of one of the templates, and was in the index long before the question."""
    world = World(now=NOW)
    for body in random_events(1, MESSAGES, TEMPLATES, PARTNERS, today=NOW.date()):
        await world.post(body)
    if isinstance(store, TableStore):
        await copy(cast(Any, world.store), store)
    else:
        cast(Any, store).__dict__.update(world.store.__dict__)
    templates = [(await world.ports.customers.load(each.customer_id)).state for each in await world.heads()]
    ports = Ports(store, MemorySender())

    async def put(number: int) -> None:
        template = templates[number % len(templates)]
        name = f"K-{number:07d}"
        state = replace(template, customer_id=name, decision={**(template.decision or {}), "customerId": name})
        await ports.indexes.enter_in_directory(name)
        await ports.indexes.enter_attachments(name, state.customer.partner_ids)
        await ports.heads.write(Head.of(state), None)
        await ports.customers.commit(state, None)

    await at_once(put, range(customers - len(templates)), 32)


async def timed(ports: Ports, sender: MemorySender, counted: Counted, asked: Asked | None, to: Measured) -> None:
    before = _resident_before()
    counted.calls, cpu, started = 0, time.process_time(), time.perf_counter()
    question = await ask(ports, asked) if asked else await _surveyed(ports)
    queue = sender.queues[Queue.RECOMPUTE]
    running: set[asyncio.Task[None]] = set()
    while queue or running:
        while queue and len(running) < _AT_ONCE:
            running.add(asyncio.create_task(recompute(ports, queue.popleft().body, 1)))
        done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for each in done:
            each.result()
    to.seconds.append(time.perf_counter() - started)
    to.cpu.append(time.process_time() - cpu)
    to.calls.append(counted.calls)
    to.grown.append((resident("VmHWM") - before) / 2**20)
    to.customers = await _found(ports, question)


def _resident_before() -> int:
    """The peak is counted from now on."""
    Path("/proc/self/clear_refs").write_text("5")
    return resident("VmRSS")


async def _surveyed(ports: Ports) -> Question:
    await survey(ports)
    question = await ports.questions.load((await ports.questions.running()).survey)
    assert question
    return question


async def _found(ports: Ports, question: Question) -> int:
    ended = await ports.questions.load(question.id)
    assert ended is not None
    assert (ended.is_finished, ended.out_of_date) == (True, False)
    if result := await result_of(ports, question.id):
        return result.done
    (day,) = await ports.statistics.days(question.on, question.on, 1)
    return sum(day.found["counts"].values())


@asynccontextmanager
async def stored(azurite: bool) -> AsyncIterator[Store]:
    if not azurite:
        yield MemoryStore()
        return
    with Azurite() as process:
        ports = wiring.build(read_settings({STORAGE: process.connection_string}))
        assert isinstance(ports.store, TableStore)
        yield ports.store
        await ports.store.close()


def _same(now: datetime) -> datetime:
    return now


async def run(customers: int, rounds: int, *, azurite: bool) -> dict[str, Measured]:
    async with stored(azurite) as store:
        await fill(store, customers)
        print(f"{customers} customers stored, {resident('VmRSS') / 2**20:.0f} MiB", file=sys.stderr)
        found: dict[str, Measured] = {}
        for number in range(rounds):
            now = NOW + timedelta(days=number, hours=1)
            for kind, asked in questions("P-0001").items():
                counted, sender = Counted(cast(Any, store)), MemorySender()
                ports = Ports(cast(Store, counted), sender, partial(_same, now), pace=9_999)
                await timed(ports, sender, counted, asked, found.setdefault(kind, Measured()))
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
    return found


def show(rows: list[dict[str, Any]]) -> None:
    print("question     customers   per second   calls each   CPU ms each   MiB more")
    names = ("customersPerSecond", "storageCallsPerCustomer", "cpuMillisecondsPerCustomer", "grownMiB")
    for row in rows:
        second, calls, cpu, grown = [row[name]["median"] for name in names]
        print(f"{row['question']:<10}{row['customers']:>12}{second:>13.0f}{calls:>13.3f}{cpu:>14.3f}{grown:>11.0f}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev bench question", description=__doc__)
    parser.add_argument("--customers", type=int, help="how many (100,000; of an Azurite 5,000)")
    parser.add_argument("--azurite", action="store_true", help="stored in an Azurite, not in memory")
    parser.add_argument("--rounds", type=int, default=3, help="how often each question is asked (3)")
    chosen = parser.parse_args()
    logging.disable(logging.INFO)
    customers = chosen.customers or (5_000 if chosen.azurite else 100_000)
    found = asyncio.run(run(customers, chosen.rounds, azurite=chosen.azurite))
    rows = [each.result(kind) for kind, each in found.items()]
    show(rows)
    keep(file_of("question-azurite" if chosen.azurite else "question"), rows, rounds=chosen.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
