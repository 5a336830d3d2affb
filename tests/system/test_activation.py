"""An activation over many customers on Azurite, its host killed twice on the way; and the preview that foretold it."""

import asyncio
import base64
import json
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from azure.storage.queue import QueueClient

from local.azurite import Azurite
from shared.domain.customer_state import CustomerState
from shared.ports import Ports
from shared.rule_books import SHIPPED
from shared.storage.store import Row, Span, Store, Table, Write
from tests import events
from tests.azure_stores import table_store
from tests.host.hosts import RunningHost, ask, eventually
from tests.memory_sender import MemorySender
from tests.running_app import running_app
from tests.world import World

AT_ONCE = 32


async def programme(count: int) -> World:
    """Customers who spend from 300,000 on, a tenth too little, all with one qualified partner."""
    world = World()
    await world.post(*events.qualified())
    for number in range(count):
        customer = f"C-{number:05d}"
        amount = 250_000 if number % 10 == 0 else 300_000 + number % 1000 * 100
        await world.post(events.spend(customer, str(amount)), events.project(customer), events.attached(customer))
    return world


async def copied(world: World, store: Store) -> None:
    """Every row of the world into another store."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def copy(table: Table, rows: list[Row]) -> None:
        async with turn:
            for start in range(0, len(rows), 100):
                await store.commit(table, [Write(row) for row in rows[start : start + 100]])

    for table in Table:
        partitions: dict[str, list[Row]] = {}
        for row in await world.store.query(table, Span(), 10_000_000):
            partitions.setdefault(row.partition, []).append(row)
        first, *others = partitions.values() if partitions else [[]]
        if first:
            await copy(table, first)
        await asyncio.gather(*(copy(table, rows) for rows in others))


def on_tables[T](connection: str, work: Callable[[Store], Awaitable[T]]) -> T:
    async def run() -> T:
        async with table_store(connection) as store:
            return await work(store)

    return asyncio.run(run())


async def states(store: Store, ids: list[str]) -> dict[str, CustomerState]:
    ports, turn = Ports(store, MemorySender()), asyncio.Semaphore(AT_ONCE)

    async def one(customer_id: str) -> CustomerState:
        async with turn:
            return (await ports.customers.load(customer_id)).state

    return {each.customer_id: each for each in await asyncio.gather(*map(one, ids))}


def ids_of_notifications(connection: str) -> Iterator[str]:
    queue = QueueClient.from_connection_string(connection, "eligibility-notifications")
    while messages := list(queue.receive_messages(max_messages=32, visibility_timeout=600)):
        for message in messages:
            yield json.loads(base64.b64decode(message.content))["id"]
            queue.delete_message(message)


class Life:
    """One host after another over the same storage."""

    def __init__(self, connection: str, log: Path) -> None:
        self._connection, self._log = connection, log
        self._stack = ExitStack()
        self.host = self._start()

    def _start(self) -> RunningHost:
        options = ("--lease", "10", "--longest-pause", "0.05")
        return self._stack.enter_context(running_app(self._connection, self._log, *options))

    def kill(self) -> None:
        self.host.process.send_signal(signal.SIGKILL)
        self.host.process.wait(10)
        self.host = self._start()

    def stop(self) -> None:
        self._stack.close()

    def get(self, path: str) -> Any:
        answer = ask(f"{self.host.url}/api/{path}")
        assert answer.status == 200, answer
        return answer.json()

    def post(self, path: str, body: object = None) -> Any:
        answer = ask(f"{self.host.url}/api/{path}", "POST", b"" if body is None else json.dumps(body).encode())
        assert answer.status < 300, answer
        return answer.json()

    def every(self, path: str) -> Iterator[Any]:
        after = ""
        while True:
            page = self.get(f"{path}&limit=1000&after={after}" if after else f"{path}&limit=1000")
            yield from page["items"]
            if page["next"] is None:
                return
            after = page["next"]


def _has_done(life: Life, version: int, least: float) -> bool:
    return bool(life.get(f"rule-sets/{version}")["progress"]["done"] >= least)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("count", [300, pytest.param(5000, marks=pytest.mark.deep)])
def test_an_activation_killed_twice_decides_everybody_once_and_as_previewed(tmp_path: Path, count: int) -> None:
    world = asyncio.run(programme(count))
    ids = [f"C-{number:05d}" for number in range(count)]
    before = asyncio.run(states(world.store, ids))
    document = json.loads(SHIPPED.read_bytes())
    document["criteria"]["criteria"][0]["amount"] = "350000"
    with Azurite() as azurite:
        on_tables(azurite.connection_string, lambda store: copied(world, store))
        life = Life(azurite.connection_string, tmp_path / "log")
        version = life.post("rule-sets", {"document": document})["version"]
        place = f"rule-sets/{version}/previews/{life.post(f'rule-sets/{version}/preview')['id']}"
        eventually(lambda: life.get(place)["state"] == "finished", 300)
        foretold = {
            kind: [each["customerId"] for each in life.every(f"{place}/customers?change={kind}")]
            for kind in ("gained", "lost")
        }
        life.post(f"rule-sets/{version}/activate", {"author": "Ada"})
        for share in (0.2, 0.6):
            eventually(partial(_has_done, life, version, share * count), 300)
            life.kill()
        eventually(lambda: life.get(f"rule-sets/{version}")["progress"]["finishedAt"], 300)
        life.host.settle(60)
        progress = life.get(f"rule-sets/{version}")["progress"]
        life.stop()
        told = set(ids_of_notifications(azurite.connection_string))
        after = on_tables(azurite.connection_string, lambda store: states(store, ids))
    changed = {each for each in ids if before[each].outcome != after[each].outcome}
    assert {each.decision["ruleSetVersion"] for each in after.values() if each.decision} == {version}
    assert {each: after[each].sequence - before[each].sequence for each in ids} == {
        each: each in changed for each in ids
    }
    assert all(each.sent == each.sequence for each in after.values())
    assert sorted(foretold["lost"]) == sorted(each for each in changed if before[each].outcome.status == "eligible")
    assert foretold["gained"] == []
    assert (progress["done"], progress["of"], progress["changed"]) == (count, count, len(changed))
    assert 0 < len(changed) < count
    assert told == {f"{each}/{after[each].sequence}" for each in changed}
