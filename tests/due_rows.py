"""The due rows of a world, wherever they are; where older versions have them; in fewer parts."""

import pytest

from shared.ports import Ports
from shared.settings import RELEASED
from shared.storage import keys
from shared.storage.work import Due
from tests.world import World

MOST = 100_000


async def due_rows(ports: Ports) -> list[Due]:
    """By date and customer."""
    rows = await ports.work.due_in((keys.DUE, *keys.DUE_PARTS), None, MOST)
    return sorted(rows, key=lambda each: (each.day, each.customer_id))


def told_of_older(world: World) -> Ports:
    """A process that was told that the last released version may run: it has due rows where that version has them."""
    return world.worker(oldest_version=RELEASED[-1])


async def as_older(world: World) -> None:
    """Put all due rows where the last released version has them."""
    for each in await due_rows(world.ports):
        await told_of_older(world).work.move_due(each)


def in_two_parts(patch: pytest.MonkeyPatch) -> None:
    """Every call of a sweep is tried: two parts are all that many are."""
    patch.setattr(keys, "DUE_PARTS", keys.DUE_PARTS[:2])
