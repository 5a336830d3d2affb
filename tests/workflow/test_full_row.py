"""A customer whose facts fill its row: whatever its decision comes to, there is room for it."""

import random
import string
from dataclasses import replace

from shared.domain.customer_state import MAX_BYTES, CustomerState
from shared.domain.events import parse_event
from shared.domain.facts import Project
from shared.domain.registers import Register
from shared.storage.customers import Loaded
from tests import events
from tests.world import START, World

PROJECTS = 1_990
LETTERS = string.ascii_letters + string.digits


def text(draw: random.Random, length: int) -> str:
    return "".join(draw.choices(LETTERS, k=length))


def with_projects(state: CustomerState, length: int) -> CustomerState:
    """With the most projects there may be, each named by 64 random characters, its event's source as long as that."""
    draw, like = random.Random(5), parse_event(events.project(), START).register
    projects: dict[str, Register] = {}
    for _ in range(PROJECTS):
        name = text(draw, 64)
        projects[name] = replace(like, data={**like.data, "projectId": name}, source=text(draw, length))
    return replace(state, registers={**state.registers, Project.kind: projects})


async def stored(world: World, state: CustomerState) -> Loaded:
    loaded = await world.ports.customers.load("C-1")
    await world.ports.customers.commit(state, loaded.etag, limit=MAX_BYTES)
    return await world.ports.customers.load("C-1")


async def test_a_change_of_its_partner_is_decided_and_its_facts_can_still_be_corrected() -> None:
    """All its projects become eligible at once: of facts that were accepted, the largest decision there may be."""
    world = World()
    await world.post(*events.qualified(), events.certified(level="none", time="2026-03-02T00:00:00Z"))
    await world.post(events.spend(), events.attached())
    state = await world.state()
    some, more = [(await stored(world, with_projects(state, length))).state.size for length in (100, 200)]
    length = 100 + (MAX_BYTES - some) * 100 // (more - some) - 1
    full = await stored(world, with_projects(state, length))
    assert full.state.size > 0.99 * MAX_BYTES

    await world.post(events.certified(time="2026-03-03T00:00:00Z"))
    after = await world.ports.customers.load("C-1")
    assert not await world.quarantine()
    assert len(after.state.outcome.eligible_projects) == PROJECTS
    assert after.state.size > MAX_BYTES

    first = next(iter(after.state.registers[Project.kind]))
    await world.post(events.project(project_id=first, status="cancelled", time="2026-04-01T00:00:00Z"))
    assert len((await world.state()).outcome.eligible_projects) == PROJECTS - 1
