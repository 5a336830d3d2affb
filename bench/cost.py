"""What it costs to run: operations counted, execution time computed, both times the list prices of prices.json.

Prints per kind of event the calls it makes and USD per million, and what an app at rest costs per month. Calls are
counted in the handlers themselves, over the in-memory twins; receiving and deleting each message is the host's and
counted too. Seconds are computed: the calls that follow one another times a latency, plus CPU, shared by the messages
an instance handles at a time; measured CPU is what ``./dev bench event`` shows. Stored data and traffic are left out: a
customer is a row of a few KB.
"""

import argparse
import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from bench._figures import file_of, keep
from shared.logs import Line
from shared.messaging.sender import Queue
from shared.workflow import sweep
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.retention import remove_expired
from tests import events
from tests.watched_store import WatchedStore
from tests.world import World

PRICES = json.loads((Path(__file__).parent / "prices.json").read_text(), parse_float=Decimal)
MEMORY_GB = Decimal(2048) / 1024
SAMPLED = ("event handled", "decision recorded")
MILLION = 1_000_000
CUSTOMERS = 100
MONTH_MINUTES = 30 * 24 * 60
DEPLOYED = (Path(__file__).parents[1] / "infra" / "snapshots" / "default.snapshot.json").read_text()
LOG_ALERTS, METRIC_ALERTS = (
    Decimal(DEPLOYED.count(f'"type": "Microsoft.Insights/{kind}"')) for kind in ("scheduledQueryRules", "metricAlerts")
)
"""Those of infra/."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What handling one message took: calls of the store, sends by queue, bytes of log, messages received."""

    table_calls: Decimal
    events: Decimal
    recomputes: Decimal
    notifications: Decimal
    log_bytes: Decimal
    sampled_bytes: Decimal
    """Of these, those of records of which ``LOG_ONE_OF`` leaves most out."""

    @property
    def executions(self) -> Decimal:
        return self.events + self.recomputes


class LogBytes(logging.Handler):
    """How long the app's log lines are, each with what a log store keeps beside it."""

    BESIDE = 400
    """Timestamp, operation and invocation id, category and the like: an estimate."""

    def __init__(self) -> None:
        super().__init__()
        self.bytes = self.sampled = 0

    def emit(self, record: logging.LogRecord) -> None:
        length = len(record.getMessage()) + self.BESIDE
        self.bytes += length
        line = record.args[0] if isinstance(record.args, tuple) and record.args else None
        if isinstance(line, Line) and line.fields["what"] in SAMPLED and line.fields.get("result") != "kept":
            self.sampled += length


class Watched(World):
    """The product in memory with its calls counted."""

    def __init__(self) -> None:
        super().__init__()
        self.watched = WatchedStore(self.store)
        self.ports = self.worker(self.watched)
        self.log = LogBytes()
        logger = logging.getLogger("eligibility")
        logger.setLevel(logging.INFO)
        logger.propagate = False
        logger.handlers = [self.log]

    async def counted(self, act: Callable[[], Awaitable[Any]], events_received: int = 1) -> Counted:
        """What ``act`` and all that follows from it take."""
        self.watched.calls.clear()
        told, self.log.bytes, self.log.sampled = len(self.sent.queues[Queue.NOTIFICATIONS]), 0, 0
        await act()
        recomputes = await self._settled()
        sent = len(self.sent.queues[Queue.NOTIFICATIONS]) - told
        counts = (len(self.watched.calls), events_received, recomputes, sent, self.log.bytes, self.log.sampled)
        return Counted(*map(Decimal, counts))

    async def _settled(self) -> int:
        count, queue = 0, self.sent.queues[Queue.RECOMPUTE]
        while queue:
            await recompute(self.ports, queue.popleft().body, 1)
            count += 1
        return count


async def kinds() -> dict[str, Counted]:
    """Each kind of message, once, in a programme of one qualified partner with ``CUSTOMERS`` customers."""
    world = Watched()
    await world.post(*events.qualified())
    for number in range(CUSTOMERS):
        await world.post(*events.eligible(f"C-{number}"))
    later, repeated = "2026-03-02T00:00:00Z", events.spend("C-0", "400000", time="2026-03-02T00:00:00Z")
    bodies = {
        "customer event, outcome unchanged": repeated,
        "customer event, repeated": repeated,
        "customer event, outcome changed and notified": events.spend("C-1", "1", time=later),
        "customer event, first of a new customer": events.spend("C-new"),
        "event that cannot be read, kept in quarantine": b"{}",
        "partner event, summary unchanged": events.trained(learnerId="A-2"),
        f"partner event, {CUSTOMERS} customers stay": events.certified(level="silver", time=later),
        f"partner event, {CUSTOMERS} customers change": events.certified(level="none", time="2026-03-03T00:00:00Z"),
    }
    return {kind: await world.counted(partial(receive_event, world.ports, body, 1)) for kind, body in bodies.items()}


async def timers() -> dict[str, Counted]:
    """One run of each timer with nothing to do."""
    world = Watched()
    await world.post(*events.qualified(), *events.eligible())

    async def outboxes() -> None:
        await sweep.sweep_outboxes(world.ports)
        await sweep.count_quarantine(world.ports)

    runs: dict[str, Callable[[], Awaitable[None]]] = {
        "create_queues": world.ports.sender.create_queues,
        "sweep_due": lambda: sweep.sweep_due(world.ports),
        "sweep_outboxes": outboxes,
        "sweep_fan_outs": lambda: sweep.sweep_fan_outs(world.ports),
        "remove_expired": lambda: remove_expired(world.ports),
    }
    return {name: await world.counted(run, events_received=0) for name, run in runs.items()}


def per_million(counted: Counted, chosen: argparse.Namespace, service_bus: bool, one_of: int = 1) -> dict[str, Decimal]:
    """USD per million such messages, by what is paid for, where one of so many records is logged."""
    log_bytes = counted.log_bytes - counted.sampled_bytes + counted.sampled_bytes / one_of
    storage_messages = counted.recomputes + (0 if service_bus else counted.events)
    storage_calls = storage_messages * 2 + counted.recomputes + (0 if service_bus else counted.notifications)
    bus_operations = counted.events * 2 + counted.notifications if service_bus else Decimal()
    milliseconds = counted.table_calls * chosen.latency + (counted.executions) * chosen.cpu
    gb_seconds = milliseconds / 1000 * MEMORY_GB / chosen.at_once
    return {
        "tables": counted.table_calls * MILLION / 10_000 * PRICES_OF["tableCallsPer10000"],
        "queues": storage_calls * MILLION / 10_000 * PRICES_OF["storageQueueCallsPer10000"],
        "service bus": bus_operations * PRICES_OF["serviceBusOperationsPerMillion"],
        "executions": counted.executions * PRICES_OF["executionsPerMillion"],
        "seconds": gb_seconds * MILLION * PRICES_OF["gbSecond"],
        "logs": log_bytes * MILLION / 10**9 * PRICES_OF["logsPerGb"],
    }


PRICES_OF = {name: Decimal(str(price)) for name, price in PRICES.items() if name != "note"}


def at_rest(runs: dict[str, Counted], service_bus: bool) -> dict[str, Decimal]:
    """USD per month with no event at all: timers, alerts, the messaging namespace."""
    times = {
        "create_queues": MONTH_MINUTES // 5,
        "sweep_due": MONTH_MINUTES // 5,
        "sweep_outboxes": MONTH_MINUTES // 2,
        "sweep_fan_outs": MONTH_MINUTES // 2,
        "remove_expired": MONTH_MINUTES // 60,
    }
    executions = Decimal(sum(times.values()))
    calls = sum((run.table_calls * times[name] for name, run in runs.items()), Decimal())
    logged = sum((run.log_bytes * times[name] for name, run in runs.items()), Decimal())
    active = executions * PRICES_OF["leastActiveMilliseconds"] / 1000 * MEMORY_GB
    return {
        "Service Bus Standard": PRICES_OF["serviceBusStandardPerMonth"] if service_bus else Decimal(),
        "timers: executions": executions / MILLION * PRICES_OF["executionsPerMillion"],
        "timers: seconds": active * PRICES_OF["gbSecond"],
        "timers: tables": calls / 10_000 * PRICES_OF["tableCallsPer10000"],
        "timers: logs": logged / 10**9 * PRICES_OF["logsPerGb"],
        "alerts": LOG_ALERTS * PRICES_OF["logAlertPerMonth"] + METRIC_ALERTS * PRICES_OF["metricAlertPerMonth"],
    }


def show_kinds(counted: dict[str, Counted], chosen: argparse.Namespace) -> list[dict[str, Any]]:
    print(
        f"{'':48}{'of one: calls':>14}{'messages':>9}{'sent':>6}{'log B':>8}{'USD per million':>20}{'of it logs':>12}"
        f"{f'LOG_ONE_OF {chosen.one_of}':>18}"
    )
    rows = []
    for kind, each in counted.items():
        by_queue, by_bus = (per_million(each, chosen, service_bus) for service_bus in (False, True))
        totals = [sum(found.values(), Decimal()) for found in (by_queue, by_bus)]
        counts = f"{each.table_calls:>14}{each.executions:>9}{each.notifications:>6}{each.log_bytes:>8}"
        fewer = [sum(per_million(each, chosen, by, chosen.one_of).values(), Decimal()) for by in (False, True)]
        shown = f"{totals[0]:>9.2f} / {totals[1]:>8.2f}{by_queue['logs']:>12.2f}{fewer[0]:>9.2f} / {fewer[1]:>6.2f}"
        print(f"{kind:48}{counts}{shown}")
        rows.append({"kind": kind, "storageQueues": _floats(by_queue), "serviceBus": _floats(by_bus)})
    return rows


def _floats(costs: dict[str, Decimal]) -> dict[str, float]:
    return {name: float(round(each, 4)) for name, each in costs.items()}


def show_rest(runs: dict[str, Counted]) -> list[dict[str, Any]]:
    print(f"\n{'at rest, USD per month':48}{'storage queues':>16}{'Service Bus':>13}")
    by_queue, by_bus = (at_rest(runs, service_bus) for service_bus in (False, True))
    for name in by_queue:
        print(f"{name:48}{by_queue[name]:>16.2f}{by_bus[name]:>13.2f}")
    print(f"{'in all':48}{sum(by_queue.values()):>16.2f}{sum(by_bus.values()):>13.2f}")
    return [{"kind": "at rest", "storageQueues": _floats(by_queue), "serviceBus": _floats(by_bus)}]


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev bench cost", description=__doc__)
    parser.add_argument("--latency", type=Decimal, default=Decimal(8), help="ms of one storage call in Azure (8)")
    parser.add_argument("--cpu", type=Decimal, default=Decimal(4), help="ms of CPU per message (4)")
    parser.add_argument(
        "--at-once", type=Decimal, default=Decimal(16), help="messages an instance handles at once (16)"
    )
    parser.add_argument("--one-of", type=int, default=4, help="the setting LOG_ONE_OF of the last column (4)")
    chosen = parser.parse_args()
    rows = show_kinds(asyncio.run(kinds()), chosen) + show_rest(asyncio.run(timers()))
    print("\nLeft over Storage queues, right over Service Bus.", PRICES["note"])
    print(f"A call is taken to last {chosen.latency} ms, a message {chosen.cpu} ms of CPU,", end=" ")
    print(f"{chosen.at_once} at once on {MEMORY_GB} GB.")
    keep(file_of("cost"), rows)


if __name__ == "__main__":
    main()
