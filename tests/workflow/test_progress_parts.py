"""Progress counts a message once, however often it comes, and each message apart that has other customers."""

from shared.domain.recompute import Recompute, RulesChanged
from shared.errors import PassingError
from shared.messaging.sender import Queue
from shared.storage.chains import DIRECTORY
from shared.workflow.change_rules import activate
from shared.workflow.recompute import recompute
from tests.watched_store import WatchedStore
from tests.workflow.test_change_rules import draft, programme, progress
from tests.world import World


async def activated(customers: int) -> tuple[World, int, RulesChanged]:
    """A version put in force; nobody is handed on yet."""
    world = await programme(customers)
    version = await draft(world, amount="350000")
    await activate(world.ports, version)
    world.sent.queues[Queue.RECOMPUTE].clear()
    state = await world.ports.rule_sets.load()
    assert state
    return world, version, RulesChanged(state.epoch)


async def test_who_fails_in_a_page_that_has_others_than_when_its_step_came_first_is_retried() -> None:
    """The step died after its first message; when it came again the index had one of those customers."""
    world, version, reason = await activated(3)
    await recompute(world.ports, Recompute(("C-000", "C-001"), reason, DIRECTORY).to_bytes(), 1)

    class Broken(WatchedStore):
        async def get(self, table, partition, key, select=()):  # type: ignore[no-untyped-def]
            if partition == "C-002":
                raise PassingError("this one does not answer")
            return await super().get(table, partition, key, select)

    message = Recompute(("C-000", "C-002"), reason, DIRECTORY).to_bytes()
    await recompute(world.worker(Broken(world.store)), message, 1)
    await world.settle()
    assert (await world.state("C-002")).evidence.epoch == reason.epoch
    assert (await progress(world, version))["done"] == 4, "two and two"


async def test_a_message_that_comes_again_is_counted_once() -> None:
    world, version, reason = await activated(2)
    for attempt in (1, 2):
        await recompute(world.ports, Recompute(("C-000", "C-001"), reason).to_bytes(), attempt)
    assert (await progress(world, version))["done"] == 2
