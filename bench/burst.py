"""Bursts of one customer and of one partner: events per second and calls per event, served together and each alone.

``./dev bench burst [--rounds N] [--events N] [--row N]`` prints a table and writes a JSON file. A burst is N events
of one customer, or of one partner, over 16 handlers of one process; in "rows" each customer, or partner, has N events
one after the other in the queue, as a source writes them that sends a customer whole. One Azurite serves all; in each
round both contestants handle portions of the same size, on subjects of their own, in random order; a ratio is the
median of the rounds' ratios. A message whose try fails comes again at once. Calls are those of the store.
"""

import argparse
import asyncio
import logging
import statistics
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from random import Random

from bench._figures import file_of, keep, told
from local.azurite import Azurite
from shared.domain.events import Event
from shared.errors import PassingError
from shared.logs import Entry
from shared.ports import Ports
from shared.settings import STORAGE, read_settings
from shared.storage.tables import TableStore
from shared.storage_account import storage_account
from shared.together import Group, Together
from shared.workflow.receive_event import receive_event
from tests import events
from tests.memory_sender import MemorySender
from tests.watched_store import WatchedStore

HANDLERS = 16
TOGETHER, ALONE = "together", "alone"


class Alone(Together[tuple[bool, str], Event, Entry]):
    """Serves every call at once and by itself, as all were before."""

    async def served(
        self,
        owner: Hashable,  # noqa: ARG002  nobody waits for another
        item: Event,
        serve: Callable[[Group[Event, Entry]], Awaitable[Sequence[Entry | Exception]]],
    ) -> Entry:
        (end,) = await serve(Group(item, deque()))
        if isinstance(end, Exception):
            raise end
        return end


@dataclass
class Portions:
    """What one contestant's portions of one kind took."""

    rates: list[float] = field(default_factory=list)
    calls: list[float] = field(default_factory=list)
    failed: int = 0


def customer_burst(subject: str, count: int, _: int) -> list[bytes]:
    return [events.spend(f"C-{subject}", licence=f"L-{number}", amount=str(number)) for number in range(count)]


def partner_burst(subject: str, count: int, _: int) -> list[bytes]:
    days = (f"2026-02-{1 + number % 28:02}" for number in range(count))
    return [events.trained(f"P-{subject}", learnerId=f"A-{n}", completedOn=day) for n, day in enumerate(days)]


def rows(subject: str, count: int, row: int) -> list[bytes]:
    return [
        events.spend(f"C-{subject}-{number // row}", licence=f"L-{number % row}", amount=str(number))
        for number in range(count)
    ]


def partner_rows(subject: str, count: int, row: int) -> list[bytes]:
    return [body for first in range(0, count, row) for body in partner_burst(f"{subject}-{first}", row, row)]


KINDS = {
    "customer burst": customer_burst,
    "partner burst": partner_burst,
    "customers in rows": rows,
    "partners in rows": partner_rows,
}


async def measure(portions: Portions, store: TableStore, contestant: str, bodies: list[bytes]) -> None:
    watched = WatchedStore(store)
    ports = Ports(watched, MemorySender())
    if contestant == ALONE:
        ports.together = Alone()
    await ports.rule_books.book(None)
    watched.calls.clear()
    waiting = deque(bodies)

    async def handler() -> None:
        while waiting:
            body = waiting.popleft()
            try:
                await receive_event(ports, body, 1)
            except PassingError:
                portions.failed += 1
                waiting.append(body)

    began = time.perf_counter()
    await asyncio.gather(*(handler() for _ in range(HANDLERS)))
    portions.rates.append(len(bodies) / (time.perf_counter() - began))
    portions.calls.append(len(watched.calls) / len(bodies))


async def run(rounds: int, count: int, row: int) -> dict[str, dict[str, Portions]]:
    logging.getLogger("eligibility").setLevel(logging.ERROR)
    chance, found = Random(1), {kind: {TOGETHER: Portions(), ALONE: Portions()} for kind in KINDS}
    with Azurite() as azurite:
        store, sender = storage_account(read_settings({STORAGE: azurite.connection_string}))
        for number in range(rounds):
            for kind, bodies in KINDS.items():
                for contestant in chance.sample((TOGETHER, ALONE), 2):
                    subject = f"{contestant}-{number}"
                    await measure(found[kind][contestant], store, contestant, bodies(subject, count, row))
            print(f"\rround {number + 1} of {rounds}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        await store.close()
        await sender.close()
    return found


def show(found: dict[str, dict[str, Portions]]) -> None:
    print(f"{'':18} {'':9} {'events/s':>18} {'calls/event':>18} {'lost tries':>10} {'ratio':>6}")
    for kind, both in found.items():
        pairs = zip(both[TOGETHER].rates, both[ALONE].rates, strict=True)
        ratio = statistics.median(one / other for one, other in pairs)
        for contestant, portions in both.items():
            shown = f"{ratio:6.1f}" if contestant == TOGETHER else ""
            figures = f"{told(portions.rates):>18} {told(portions.calls, 2):>18} {portions.failed:10}"
            print(f"{kind:18} {contestant:9} {figures} {shown}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev bench burst", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="portions per contestant and kind (5)")
    parser.add_argument("--events", type=int, default=192, help="events of a portion (192)")
    parser.add_argument("--row", type=int, default=16, help="events of one customer in a row (16)")
    chosen = parser.parse_args()
    found = asyncio.run(run(chosen.rounds, chosen.events, chosen.row))
    show(found)
    figures = {kind: {name: vars(each) for name, each in both.items()} for kind, both in found.items()}
    keep(file_of("burst"), figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
