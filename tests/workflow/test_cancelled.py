"""A handler cancelled at any turn, as the host does when it stops, leaves no call that was made and never run."""

import asyncio
import gc
import warnings

from shared.workflow.receive_event import receive_event
from tests import events
from tests.virtual_time import run
from tests.workflow.test_crashes import ELIGIBLE
from tests.world import World

LOSES_LATER = events.spend(amount="300001", endsOn="2026-07-31", time="2026-04-01T00:00:00Z")
"""It moves a row of a list by day, and that of the next change: several calls at a time."""


async def cancelled_at(turn: int) -> bool:
    """Cancel all that runs at that turn; whether there was one."""
    world = World()
    await world.post(*ELIGIBLE)
    handler = asyncio.create_task(receive_event(world.ports, LOSES_LATER, 1))
    for _ in range(turn):
        await asyncio.sleep(0)
    if handler.done():
        return False
    running = asyncio.all_tasks() - {asyncio.current_task()}
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    return True


def test_a_handler_cancelled_at_any_turn_leaves_no_call_that_was_never_run() -> None:
    turn = 1
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", RuntimeWarning)
        while run(cancelled_at(turn)):
            turn += 1
        gc.collect()
    assert turn > 10
    assert [str(each.message) for each in warned] == []
