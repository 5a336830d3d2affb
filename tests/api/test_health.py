"""``GET health``."""

import asyncio
import socket
from datetime import timedelta

import pytest

from local.commands.backup.memory_store import MemoryStore
from shared.api.health import dependencies
from shared.messaging.sender import Queue, QueueMissingError
from shared.ports import Ports
from shared.settings import STORAGE, read_settings
from shared.wiring import build
from tests.api.world import World
from tests.memory_sender import MemorySender
from tests.world import World as InMemory


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


async def test_a_missing_queue_is_named(world: World) -> None:
    async def check() -> None:
        raise QueueMissingError(Queue.EVENTS, Queue.NOTIFICATIONS)

    world.ports.checks = {"queues": check}
    answer = await world.get("health")
    assert answer.status == 503
    assert answer.value["dependencies"]["queues"] == "missing: eligibility-events, eligibility-notifications"


async def test_a_dependency_that_hangs_is_down_and_the_others_are_told_as_they_are() -> None:
    async def hang() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(60)  # as a link that has to be closed and gets no answer either

    ports = Ports(MemoryStore(), MemorySender(), checks={"queues": MemorySender().check, "service-bus": hang})
    async with asyncio.timeout(5):
        answer = await dependencies(ports, longest=0.05)
    states = {"tables": "up", "queues": "up", "service-bus": "down"}
    assert answer == {"status": "unhealthy", "dependencies": states}


async def test_storage_that_takes_calls_and_never_answers_is_told_within_five_seconds() -> None:
    """As a stopped process does: its connections are accepted by the kernel."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/a"
        services = f"TableEndpoint={address};QueueEndpoint={address};BlobEndpoint={address}"
        ports = build(read_settings({STORAGE: f"AccountName=a;AccountKey=aw==;{services}"}))
        async with asyncio.timeout(5):
            answer = await dependencies(ports)
    assert answer == {"status": "unhealthy", "dependencies": {"tables": "down", "queues": "down"}}


async def test_all_dependencies_are_asked_at_once() -> None:
    both_asked = asyncio.Barrier(2)

    async def answer() -> None:
        async with asyncio.timeout(5), both_asked:
            pass

    ports = Ports(MemoryStore(), MemorySender(), checks={"queues": answer, "service-bus": answer})
    assert (await dependencies(ports))["status"] == "healthy"


async def test_a_clock_that_is_off_is_unhealthy_by_how_much_and_healthy_once_it_is_right() -> None:
    world = InMemory()
    process = world.ahead(timedelta(days=366))
    answer = await dependencies(process)
    states = {"tables": "up", "queues": "up", "clock": "366 days, 0:00:00 ahead of the storage's"}
    assert answer == {"status": "unhealthy", "dependencies": states}
    world.clocks_ahead = timedelta()
    assert (await dependencies(process))["status"] == "healthy"
