"""A change of rules is for everybody whom the directory or the population index has: either may have been restored."""

from collections.abc import Sequence

import pytest

from shared.messaging.sender import Queue
from shared.storage import keys
from shared.storage.heads import Place
from shared.storage.store import Table
from shared.workflow import steps
from shared.workflow.change_rules import activate
from shared.workflow.recompute import recompute
from tests import events
from tests.workflow.test_chains import CUSTOMERS, ENDED, ended, steps_waiting
from tests.workflow.test_interleavings import store_stricter_draft
from tests.world import World

FEW, MANY = CUSTOMERS[:1], CUSTOMERS[1:]


async def activated(*, directory: Sequence[str], index: Sequence[str]) -> World:
    """A stricter rule set is put in force; only these are in each, and the first step is done."""
    world = World()
    await world.post(*(events.spend(each) for each in CUSTOMERS))
    await store_stricter_draft(world)
    for each in CUSTOMERS:
        if each not in directory:
            await world.store.delete(Table.DIRECTORY, each, each)
        if each not in index:
            await world.ports.heads.delete(Place(keys.head_partition(each), each))
    await activate(world.ports, 2)
    await recompute(world.ports, world.sent.queues[Queue.RECOMPUTE].popleft().body, 1)
    return world


@pytest.mark.parametrize(("directory", "index"), [(FEW, MANY), (MANY, FEW), (FEW, CUSTOMERS), (CUSTOMERS, [])])
async def test_it_is_split_if_either_has_more_than_a_page(
    directory: Sequence[str], index: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, size in {"MESSAGE": 1, "PAGE": 3, "PAGES_PER_CALL": 2, "DIRECTORY_PAGES": 2, "SHARES": 3}.items():
        monkeypatch.setattr(steps, name, size)
    world = await activated(directory=directory, index=index)
    assert len(steps_waiting(world)) == 3 + 1
    await world.settle()
    assert await ended(world) == ENDED


@pytest.mark.parametrize(("directory", "index"), [(FEW, MANY), (MANY, FEW), (FEW, CUSTOMERS), (CUSTOMERS, [])])
async def test_of_fewer_each_is_decided_once_whichever_has_whom(directory: Sequence[str], index: Sequence[str]) -> None:
    world = await activated(directory=directory, index=index)
    assert steps_waiting(world) == []
    await world.settle()
    assert await ended(world) == ENDED
