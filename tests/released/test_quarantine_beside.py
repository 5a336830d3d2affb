"""Messages that are done, beside the last released version, which knows two states: it loses none and sends none."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from shared.messaging.sender import Queue
from shared.settings import RELEASED
from shared.storage.quarantined import CLOSED, KEPT, REDRIVEN, RESUBMITTED, Ending
from shared.workflow.receive_event import receive_event
from shared.workflow.retention import remove_expired
from tests.released.running import run_by
from tests.released.test_released_rows import loaded, released, written
from tests.world import World

STATES = (KEPT, REDRIVEN, RESUBMITTED, CLOSED)
_ASK = """
import asyncio, json, runpy, sys
run = runpy.run_path(sys.argv[1])
async def ask():
    app = run["App"]()
    for line in open(sys.argv[2]):
        await app.load(line)
    found, _ = await app.ports.quarantine.page("", 100)
    listed = {each.body.decode(): each.state for each in found}
    print(json.dumps([await app.ports.quarantine.count_kept(), listed]))
asyncio.run(ask())
"""


async def one_of_each() -> World:
    """As this version writes them while that one may run."""
    world = World(oldest_version=RELEASED[-1])
    for state in STATES:
        await receive_event(world.ports, state.encode(), 1)
    found, _ = await world.ports.quarantine.page("", 100)
    for each in found:
        if (state := each.body.decode()) != KEPT:
            await world.ports.quarantine.end(each, Ending(state, world.ports.timestamp(), "Ada", reason="done"))
    return world


def asked(folder: Path, lines: Iterable[str]) -> list[Any]:
    """How many are kept, and the states of all, as the released version has them."""
    (answer,) = run_by(RELEASED[-1], folder, lines, _ASK)
    return list(json.loads(answer))


async def test_the_released_version_lists_each_state_and_counts_those_that_are_kept(tmp_path: Path) -> None:
    assert asked(tmp_path, await written(await one_of_each())) == [1, {state: state for state in STATES}]


async def test_what_is_done_stays_done_with_its_trail_while_the_released_version_goes_on(tmp_path: Path) -> None:
    after = await loaded(released(RELEASED[-1], tmp_path, await written(await one_of_each())))
    found, _ = await after.ports.quarantine.page("", 100)
    assert {each.body.decode(): each.state for each in found} == {state: state for state in STATES}
    assert all(each.trail[-1].reason == "done" for each in found if each.state != KEPT)
    assert not after.sent.queues[Queue.EVENTS]


async def test_a_closed_message_that_the_released_version_keeps_again_waits_here_too(tmp_path: Path) -> None:
    again = json.dumps([Queue.EVENTS.value, CLOSED])
    after = await loaded(released(RELEASED[-1], tmp_path, [*await written(await one_of_each()), again]))
    await remove_expired(after.ports)
    found, _ = await after.ports.quarantine.page("", 100)
    assert {each.body.decode(): (each.state, each.count) for each in found}[CLOSED] == (KEPT, 2)
    counted = await after.ports.quarantine.count_kept()
    assert (counted.kept, sum(count for _, count in counted.faults)) == (2, 2)
