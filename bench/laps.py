"""What a partner's changes cost: calls a customer where customers share many partners, and reads for many changes.

``./dev bench laps [--customers N] [--partners N] [--each N] [--rounds N]`` prints two tables and writes a JSON file.
Only calls of the store are counted, in memory, so that the figures do not depend on the machine; the clock is given.

- A partner of N customers changes; each customer has so many partners, the others by chance. Contestants: messages that
  share the partners read in the last half minute, and messages that read their own. 738 customers a second are decided,
  as on two shared cores: 22,000 in half a minute.
- A partner of 200 customers changes 50 times, with so many recompute messages handled after each change; then all that
  is left. Reads are those of the recompute messages. A bench of a version before has the same order of messages.
"""

import argparse
import asyncio
import logging
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bench._figures import file_of, keep, ratio, spread
from bench._programme import Events
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from tests.watched_store import Call, WatchedStore
from tests.world import World

A_CUSTOMER_TAKES = timedelta(seconds=1) / 738
ALL = "P-of-all"
CHANGES, CUSTOMERS = 50, 200


class Programme:
    """Customers of one partner that changes, in a world whose clock goes on with each of them that is written."""

    def __init__(self) -> None:
        self.world, self.events = World(now=datetime.now(UTC)), Events()
        self.store = WatchedStore(self.world.store, after=self._after)
        self.ports = self.world.worker(self.store)

    async def _after(self, call: Call) -> None:
        if call.table == "customers" and call.writes:
            self.world.now += A_CUSTOMER_TAKES

    async def fill(self, customers: int, others: Sequence[str], each: int) -> None:
        chance = Random(1)
        for partner in (ALL, *others):
            await self.world.post(*self.events.partner(partner))
        for number in range(customers):
            partners = [ALL, *chance.sample(others, each - 1)]
            attached = [self.events.customer(f"C-{number:05}", partner)[-1] for partner in partners]
            await asyncio.gather(*(receive_event(self.world.ports, body, 1) for body in attached))
        await self.world.settle()

    async def change(self) -> None:
        await receive_event(self.world.ports, self.events.deployment(ALL), 1)

    async def handle(self, most: int, *, alone: bool = False) -> int:
        """So many messages at the most; gives how many there were."""
        queue = self.world.sent.queues[Queue.RECOMPUTE]
        for number in range(most):
            if not queue:
                return number
            ports: Ports = self.ports
            if alone:
                ports.kept_partners = ports.gathering()
            await recompute(ports, queue.popleft().body, 1)
        return most


async def shared_and_alone(customers: int, partners: int, each: int, rounds: int) -> dict[str, list[float]]:
    programme = Programme()
    await programme.fill(customers, [f"P-{number}" for number in range(partners - 1)], each)
    found: dict[str, list[float]] = {"shared": [], "alone": []}
    chance = Random(2)
    for number in range(rounds):
        for contestant in chance.sample(list(found), 2):
            programme.world.now += timedelta(minutes=1)
            await programme.change()
            programme.store.calls.clear()
            await programme.handle(sys.maxsize, alone=contestant == "alone")
            found[contestant].append(len(programme.store.calls) / customers)
        print(f"\rround {number + 1} of {rounds}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return found


async def reads(after_each: int) -> dict[str, int]:
    programme = Programme()
    await programme.fill(CUSTOMERS, (), 1)
    programme.store.calls.clear()
    messages = 0
    for _ in range(CHANGES):
        await programme.change()
        messages += await programme.handle(after_each)
    messages += await programme.handle(sys.maxsize)
    made = [call for call in programme.store.calls if not call.writes]
    of_customers = sum(call.table == "customers" for call in made)
    return {"handledAfterEach": after_each, "messages": messages, "reads": len(made), "ofCustomers": of_customers}


def show(calls: dict[str, list[float]], changes: Sequence[dict[str, int]]) -> None:
    for contestant, figures in calls.items():
        print(f"partners {contestant:8} {spread(figures)['median']:6.2f} calls a customer")
    print(f"shared / alone: {ratio(calls['shared'], calls['alone'])['median']:.2f}\n")
    print(f"{CHANGES} changes over {CUSTOMERS} customers")
    print("messages handled after each   messages   reads   of customers")
    for row in changes:
        print(f"{row['handledAfterEach']:>27}{row['messages']:>11}{row['reads']:>8}{row['ofCustomers']:>15}")


async def run(chosen: argparse.Namespace) -> tuple[dict[str, list[float]], list[dict[str, int]]]:
    logging.getLogger("eligibility").setLevel(logging.CRITICAL)
    changes = [await reads(after_each) for after_each in (0, 1, 2)]
    calls = await shared_and_alone(chosen.customers, chosen.partners, chosen.each, chosen.rounds)
    return calls, changes


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev bench laps", description=__doc__)
    parser.add_argument("--customers", type=int, default=22_000)
    parser.add_argument("--partners", type=int, default=2_000)
    parser.add_argument("--each", type=int, default=3, help="partners of a customer (3)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, default=file_of("laps"), help="where results go")
    chosen = parser.parse_args()
    calls, changes = asyncio.run(run(chosen))
    show(calls, changes)
    figures: dict[str, Any] = {"callsPerCustomer": calls, "changes": changes}
    keep(chosen.json, figures, customers=chosen.customers, partners=chosen.partners, each=chosen.each)
    return 0


if __name__ == "__main__":
    sys.exit(main())
