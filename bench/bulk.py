"""An import of many rows over the running app: decisions of each customer, calls of the store, customers a second.

``./dev bench bulk [--customers N] [--rows N] [--rounds N]`` writes N customers with N rows each in random order, as
lines of JSON. In each round ``./dev import`` brings them in, which sorts them, and the same lines are sent as they are
by the same code; each into an Azurite and a host of its own, in which the partners are already. Calls are those of the
host to the tables. Memory, in MiB, is the most that the import's process had. With ``--model N`` the same events go
through N processes in memory instead, in virtual time, in the order in which each contestant sends them.
"""

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bench._bulk_model import modelled
from bench._counting_proxy import CountingProxy
from bench._figures import file_of, keep, told
from local.azurite import Azurite
from local.commands.account import Account
from local.commands.backup.journal import Journal, Position
from local.commands.backup.queues import waiting
from local.commands.bulk.event_import import import_events, send_events
from local.commands.bulk.given import json_lines
from local.commands.bulk.pace import Pace
from local.host.development_storage import connection_string
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.settings import STORAGE, read_settings
from shared.storage_account import storage_account
from tests import events
from tests.memory_sender import MemorySender
from tests.messaging.mail import Mail, storage_queue
from tests.running_app import running_app
from tests.world import World

SORTED, AS_IT_IS = "./dev import", "as it is"
_LONGEST = 24 * 60 * 60
_EVENT = re.compile(r'event handled: .*?(?:together (\d+).*?)?customer "')


@dataclass
class Figures:
    """Of one import; ``sending`` is the time until all was sent."""

    seconds: float
    sending: float
    customers_a_second: float
    decisions_each: float
    notified_each: float
    calls_an_event: float
    memory: float


def lines(customers: int, rows: int) -> Iterator[bytes]:
    """A project, a partner, and licences; all of them are eligible in the end."""
    for number in range(customers):
        customer = f"C-{number:06}"
        yield events.project(customer)
        yield events.attached(customer, f"P-{number % 20}")
        yield from (events.spend(customer, "60000", f"L-{licence}") for licence in range(rows - 2))


async def measure(contestant: str, file: Path, partners: Path, customers: int) -> Figures:
    log = Path(tempfile.mkdtemp()) / "log"
    with Azurite() as azurite:
        blob, queue, table = azurite.ports
        async with CountingProxy(table) as proxy:
            through = connection_string((blob, queue, proxy.port))
            with running_app(through, log) as host:
                await _import(azurite.connection_string, partners)
                await asyncio.to_thread(host.settle, _LONGEST)
                async with subscriber(azurite.connection_string):
                    before, began = proxy.requests, time.perf_counter()
                    send = _import if contestant == SORTED else _as_it_is
                    memory = await send(azurite.connection_string, file)
                    sent = time.perf_counter()
                    await asyncio.to_thread(host.settle, _LONGEST)
                    ended = time.perf_counter()
                    calls = proxy.requests - before
    number, decisions, notified = _logged(log)
    return Figures(
        seconds=ended - began,
        sending=sent - began,
        customers_a_second=customers / (ended - began),
        decisions_each=decisions / customers,
        notified_each=notified / customers,
        calls_an_event=calls / number,
        memory=memory,
    )


@asynccontextmanager
async def subscriber(connection: str) -> AsyncIterator[None]:
    """Takes notifications meanwhile: every call of Azurite's queues takes as long as all of them have messages."""

    async def take(mail: Mail) -> None:
        while True:
            await mail.received(Queue.NOTIFICATIONS)
            await asyncio.sleep(0.5)

    async with storage_queue(connection) as mail:
        taking = asyncio.create_task(take(mail))
        yield
        taking.cancel()
        with suppress(asyncio.CancelledError):
            await taking


async def _import(connection: str, file: Path) -> float:
    return await asyncio.to_thread(_imported, connection, file)


def _imported(connection: str, file: Path) -> float:
    """The most memory of the process."""
    command = [sys.executable, "-m", "local.commands.restore", str(file)]
    settings = {**os.environ, STORAGE: connection, "NOTIFICATIONS_SOURCE": "/bench"}
    with subprocess.Popen(command, env=settings, stdout=subprocess.DEVNULL) as running:
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 0
    return used.ru_maxrss / 1024


async def _as_it_is(connection: str, file: Path) -> float:
    settings = read_settings({STORAGE: connection})
    store, sender = storage_account(settings)
    account = Account(settings, None, Ports(store, sender))
    pace = Pace(lambda: waiting(account, Queue.EVENTS))
    await send_events(sender, file, Journal(file, "", ""), Position(), pace)
    await store.close()
    await sender.close()
    return 0


def _logged(log: Path) -> tuple[int, float, int]:
    """Events of customers, decisions about them (events that were decided together are one), notifications."""
    number, decisions, notified = 0, 0.0, 0
    with log.open(errors="replace") as file:
        for line in file:
            if found := _EVENT.search(line):
                number += 1
                decisions += 1 / int(found[1] or 1)
            notified += 'notificationId "' in line
    return number, decisions, notified


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev bench bulk", description=__doc__)
    parser.add_argument("--customers", type=int, default=200, help="customers (200)")
    parser.add_argument("--rows", type=int, default=10, help="rows of each (10)")
    parser.add_argument("--rounds", type=int, default=1, help="imports of each contestant (1)")
    parser.add_argument("--model", type=int, metavar="N", help="in memory, over so many processes")
    parser.add_argument("--only", choices=(SORTED, AS_IT_IS), help="this contestant alone")
    chosen = parser.parse_args()
    contestants = [chosen.only] if chosen.only else [SORTED, AS_IT_IS]
    found: dict[str, list[Figures]] = {each: [] for each in contestants}
    chance = Random(1)
    with tempfile.TemporaryDirectory() as folder:
        file, partners = Path(folder) / "rows.jsonl", Path(folder) / "partners.jsonl"
        rows = list(lines(chosen.customers, chosen.rows))
        chance.shuffle(rows)
        file.write_bytes(b"".join(row + b"\n" for row in rows))
        partners.write_bytes(b"".join(row + b"\n" for each in range(20) for row in events.qualified(f"P-{each}")))
        if chosen.model:
            model(file, rows, chosen.customers, chosen.model)
            return 0
        for _ in range(chosen.rounds):
            for each in chance.sample(contestants, len(contestants)):
                found[each].append(asyncio.run(measure(each, file, partners, chosen.customers)))
                print(each, json.dumps(vars(found[each][-1])), file=sys.stderr, flush=True)
    show(found)
    kept = {each: [vars(one) for one in figures] for each, figures in found.items()}
    keep(file_of("bulk"), kept, customers=chosen.customers, rows=chosen.rows)
    return 0


def model(file: Path, rows: list[bytes], customers: int, processes: int) -> None:
    sender = MemorySender()
    asyncio.run(import_events(World().ports, sender, json_lines(file), "memory"))
    in_order = [message.body for message in sender.queues[Queue.EVENTS]]
    for contestant, bodies in ((SORTED, in_order), (AS_IT_IS, rows)):
        print(contestant, json.dumps(vars(modelled(bodies, customers, processes))), flush=True)


def show(found: dict[str, list[Figures]]) -> None:
    for each, figures in found.items():
        print(each)
        for name in vars(figures[0]):
            print(f"  {name.replace('_', ' '):20} {told([vars(one)[name] for one in figures], 2)}")


if __name__ == "__main__":
    sys.exit(main())
