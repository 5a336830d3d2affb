"""What would help can be done: each proposal, carried out by events near every limit, makes its customer eligible."""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from local.commands.backup.memory_store import MemoryStore
from shared.api.customers import get_eligibility
from shared.domain import customer_state, partner
from shared.domain.customer_state import MAX_BYTES, MAX_BYTES_AFTER_NEW_FACT, CustomerState
from shared.domain.events import parse_event
from shared.domain.facts import Attachment, Licence, Project
from shared.rules.changes.base import CHANGES
from shared.workflow.receive_event import receive_event
from tests import events
from tests.workflow.test_full_row import stored, text
from tests.world import START, World

LATER = "2026-05-01T00:00:00Z"
TODAY = START.date().isoformat()


def carried_out(change: dict[str, Any], state: CustomerState) -> Iterable[bytes]:  # noqa: C901  a case each
    """The events that bring a proposed change about."""
    match change["action"]:
        case "spend-more":
            yield events.spend(amount=change["amount"], licence="L-more", application=change["application"], time=LATER)
        case "start-project":
            begun = {"applications": [change["application"]], "initiatedOn": change["initiatedOn"]}
            yield events.project(project_id=change["projectId"], status="planned", time=LATER, **begun)
        case "reopen-project" | "add-application":
            stands = dict(state.registers[Project.kind][change["projectId"]].data)
            more = [change["application"]] if "application" in change else []
            status = "planned" if change["action"] == "reopen-project" else stands["status"]
            fact = {"applications": [*stands["applications"], *more], "initiatedOn": stands["initiatedOn"]}
            yield events.project(project_id=change["projectId"], status=status, time=LATER, **fact)
        case "attach-partner":
            yield events.attached(partner=change["partnerId"], projectId=change["projectId"], time=LATER)
        case "attach-qualified-partner":
            for each in change["qualifications"]:
                dated = {"partnerId": "P-new", "validFrom": TODAY, "liveOn": TODAY}
                yield from carried_out({**dated, **each, "action": _action(each)}, state)
            yield events.attached(partner="P-new", projectId=change["projectId"], time=LATER)
        case "gain-competency":
            level = {"level": change["levels"][0], "validFrom": change["validFrom"], "area": change["area"]}
            yield events.certified(change["partnerId"], time=LATER, **level)
        case "gain-designation":
            named = {"partnerId": change["partnerId"], "designation": change["designation"], "active": True}
            yield events.event("partner.designated", {**named, "validFrom": change["validFrom"]}, LATER)
        case "complete-deployments":
            for number in range(change["count"]):
                named = {
                    "partnerId": change["partnerId"],
                    "deploymentId": f"{change['area']}-{number}",
                    "area": change["area"],
                }
                yield events.event(
                    "deployment.recorded", {**named, "liveOn": change["liveOn"], "eligible": True}, LATER
                )
        case "complete-course":
            before = date.fromisoformat(change.get("completedBefore", TODAY)) - timedelta(days=1)
            done = {"part": change["part"], "completedOn": change.get("completedOn", min(before.isoformat(), TODAY))}
            yield events.trained(change["partnerId"], learnerId="A-more", time=LATER, **done)


def _action(qualification: dict[str, Any]) -> str:
    named = {
        "competency": "gain-competency",
        "designation": "gain-designation",
        "count": "complete-deployments",
        "course": "complete-course",
    }
    return next(action for member, action in named.items() if member in qualification)


def copied(store: Any) -> MemoryStore:
    copy = MemoryStore()
    copy._tables = {table: dict(rows) for table, rows in store._tables.items()}
    copy._sorted = {table: list(keys) for table, keys in store._sorted.items()}
    copy._versions = store._versions
    return copy


async def helped(world: World) -> list[dict[str, Any]]:
    """The proposals, each carried out in a copy of the world."""
    found: list[dict[str, Any]] = (await get_eligibility(world.ports, "C-1", None))["wouldHelp"]
    for way in found:
        copy = World(store=copied(world.store))
        for change in way["changes"]:
            for body in carried_out(change, await copy.state()):
                await receive_event(copy.ports, body, 1)
                await copy.settle()
        assert await copy.quarantine() == [], way
        state = await copy.state()
        assert state.outcome.status.value == "eligible", way
        assert set(way["eligibleProjects"]) <= {*state.outcome.eligible_projects, "new-finance"}, way
    return found


def actions(ways: list[dict[str, Any]]) -> set[str]:
    return {change["action"] for way in ways for change in way["changes"]}


async def lacking(*bodies: bytes) -> World:
    world = World()
    await world.post(*bodies)
    return world


SPENT = (events.spend(), events.project())
LACKS: dict[str, tuple[bytes, ...]] = {
    "spend": (*events.eligible(), events.spend(amount="1", time="2026-03-02T00:00:00Z"), *events.qualified()),
    "a project": (events.spend(), *events.qualified(), events.attached()),
    "an open project": (events.spend(), events.project(status="cancelled"), *events.qualified(), events.attached()),
    "an application": (
        events.spend(),
        events.project(applications=["unlisted"]),
        *events.qualified(),
        events.attached(),
    ),
    "a partner": (*SPENT, *events.qualified()),
    "any partner": SPENT,
    "courses": (*events.eligible(), events.certified()),
    "a competency": (*events.eligible(), events.trained(), events.trained(part="knowledge-check")),
    "everything": (events.spend(amount="1"),),
}


async def filled(world: World, room: int) -> None:
    """With facts that count for nothing, until there is that much room for more."""
    state = await world.state()
    like = parse_event(events.spend(newDeployment=False), START).register
    licences = dict(state.registers.get(Licence.kind, {}))
    for number in range(customer_state.MAX_FACTS - room - state.fact_count):
        name = f"F-{number}"
        licences[name] = replace(like, data={**like.data, "licenceId": name})
    await stored(world, replace(state, registers={**state.registers, Licence.kind: licences}))


@pytest.mark.parametrize("room", [customer_state.MAX_FACTS, 2, 1, 0])
@pytest.mark.parametrize("lacks", LACKS)
async def test_near_the_cap_of_a_customers_facts(lacks: str, room: int) -> None:
    world = await lacking(*LACKS[lacks])
    await filled(world, room)
    found = await helped(world)
    assert found or room < 3


@pytest.mark.parametrize("room", [1, 0])
@pytest.mark.parametrize("lacks", ["courses", "a competency"])
async def test_near_the_cap_of_a_partners_facts(lacks: str, room: int) -> None:
    world = await lacking(*LACKS[lacks])
    loaded = await world.ports.partners.load("P-1")
    full = replace(loaded, facts=partner.MAX_FACTS - room)
    await world.ports.partners.commit(world.ports.partners.writes(full, []))
    found = await helped(world)
    assert not {each for each in actions(found) if each.startswith(("gain", "complete"))} - ONE[room]


ONE = {1: {"gain-competency", "gain-designation", "complete-deployments"}, 0: set[str]()}


@pytest.mark.parametrize("applications", [31, 32])
async def test_near_the_cap_of_a_projects_applications(applications: int) -> None:
    unlisted = [f"unlisted-{number}" for number in range(applications)]
    world = await lacking(events.spend(), events.project(applications=unlisted), *events.qualified(), events.attached())
    assert ("add-application" in actions(await helped(world))) is (applications == 31)


@pytest.mark.parametrize("left", [1, 0])
async def test_near_the_cap_of_pairs(left: int) -> None:
    """100 partners on 199 or 200 projects, of which one has an application: P-1 could be attached to it or not."""
    world = await lacking(events.spend(), events.project(), events.attached(partner="Q-0"), *events.qualified())
    state = await world.state()
    registers = {kind: dict(held) for kind, held in state.registers.items()}
    ((key, attached),) = registers[Attachment.kind].items()
    (project,) = registers[Project.kind].values()
    for number in range(1, 100):
        name = f"Q-{number}"
        registers[Attachment.kind][key.replace("Q-0", name)] = replace(
            attached, data={**attached.data, "partnerId": name}
        )
    for number in range(1, 200 - left):
        other = {**project.data, "projectId": f"X-{number}", "applications": ["unlisted"]}
        registers[Project.kind][f"X-{number}"] = replace(project, data=other)
    await stored(world, replace(state, registers=registers))
    assert ("attach-partner" in actions(await helped(world))) is bool(left)


@pytest.mark.parametrize("below", [100, 1])
@pytest.mark.parametrize("cap", [MAX_BYTES_AFTER_NEW_FACT, MAX_BYTES])
@pytest.mark.parametrize("lacks", ["spend", "an open project", "a competency"])
async def test_near_the_caps_of_stored_bytes(lacks: str, cap: int, below: int) -> None:
    """So many KiB below it, or above."""
    world = await lacking(*LACKS[lacks])
    await with_bytes(world, min(cap - below * 1024, MAX_BYTES))
    found = await helped(world)
    assert found or below < 100 or cap == MAX_BYTES
    if lacks == "a competency":
        assert "gain-competency" in actions(found), "of a partner, whose facts are not in the customer's row"


def wide(draw: random.Random) -> str:
    return "".join(map(chr, draw.choices(range(0x4E00, 0xA000), k=200)))


async def with_bytes(world: World, size: int) -> None:
    """With licences that count for nothing, of events whose names take as much as they may."""
    draw, state = random.Random(3), await world.state()
    like = parse_event(events.spend(newDeployment=False), START).register
    licences = dict(state.registers.get(Licence.kind, {}))

    async def grown(count: int) -> int:
        for _ in range(count):
            name = text(draw, 64)
            data = {**like.data, "licenceId": name}
            licences[name] = replace(like, data=data, source=wide(draw), id=wide(draw))
        return (await stored(world, replace(state, registers={**state.registers, Licence.kind: licences}))).state.size

    some = await grown(200)
    each = (some - state.size) / 200
    found = await grown(int((size - some) / each) - 1)
    assert size - 16 * each < found <= size
    assert sum(map(len, (await world.state()).registers.values())) < customer_state.MAX_FACTS - 10


def test_every_action_is_carried_out() -> None:
    told = {"spend-more", "start-project", "reopen-project", "add-application", "attach-partner"}
    told |= {"attach-qualified-partner", "gain-competency", "gain-designation", "complete-deployments"}
    actions = {each.action for each in CHANGES.values()}
    assert actions - {"add-exchange-rate", "wait"} == told | {"complete-course"}, "a rate is a change of rules"
