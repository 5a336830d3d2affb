"""``GET health``."""

import asyncio

import pytest

from shared.messaging.memory import MemorySender
from shared.ports import Ports
from shared.queries.health import health
from shared.storage.memory import MemoryStore
from tests.queries.world import World


async def test_it_is_healthy_when_everything_answers_even_before_the_first_event(world: World) -> None:
    answer = await world.get("health")
    assert (answer.status, answer.type) == (200, "application/json")
    assert answer.value == {"status": "healthy", "dependencies": {"tables": "up", "queues": "up"}}


@pytest.mark.parametrize(
    ("tables", "queues"), [(True, False), (False, True), (True, True)], ids=["tables", "queues", "both"]
)
async def test_it_is_unhealthy_and_says_what_does_not_answer(world: World, tables: bool, queues: bool) -> None:
    world.store.down, world.sender.down = tables, queues
    answer = await world.get("health")
    states = {"tables": "down" if tables else "up", "queues": "down" if queues else "up"}
    assert (answer.status, answer.value) == (503, {"status": "unhealthy", "dependencies": states})


async def test_it_recovers(world: World) -> None:
    world.store.down = True
    await world.get("health")
    world.store.down = False
    assert (await world.get("health")).status == 200


async def test_asking_writes_nothing(world: World) -> None:
    await world.get("health")
    assert (world.store.writes, any(world.sender.queues.values())) == (0, False)


async def test_all_dependencies_are_asked_at_once() -> None:
    both_asked = asyncio.Barrier(2)

    async def answer() -> None:
        async with asyncio.timeout(5), both_asked:
            pass

    ports = Ports(MemoryStore(), MemorySender(), checks={"queues": answer, "service-bus": answer})
    assert (await health(ports))["status"] == "healthy"
