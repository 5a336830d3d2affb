"""What happens while a fault is waiting: each kind of work, from a world in which it has something to do.

Nothing arrives; scenarios leave: the messages handled before, the act, and what the oracle hears of it.
"""

from datetime import timedelta
from functools import partial
from typing import Any

from local.commands.repairing.repair import repair
from shared.api.quarantine import redrive, resubmit_quarantined
from shared.api.quarantine_shapes import Correction
from shared.domain.recompute import FanOutStep
from shared.errors import PassingError
from shared.ports import Ports
from shared.rule_books import SHIPPED
from shared.storage.fan_outs import FanOut
from shared.storage.store import Table
from shared.workflow.change_rules import activate
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.sweep import sweep_due
from tests import events
from tests.due_rows import as_older
from tests.faults import people
from tests.faults.faulty_world import Act
from tests.faults.scenario import ELIGIBLE, LATER, Scenario, delivered, given, interrupted
from tests.restored import put_back
from tests.workflow.test_interleavings import store_stricter_draft
from tests.workflow.test_keep import Unreadable
from tests.world import World


async def an_activation(world: World) -> Act:
    version = await store_stricter_draft(world)
    return partial(activate, version=version)


async def a_date(world: World) -> Act:
    world.now += timedelta(days=120)
    return sweep_due


async def an_older_date(world: World) -> Act:
    """Its row is where the last released version has it."""
    await as_older(world)
    return await a_date(world)


GIVEN_UP = events.spend(amount="2", time=LATER)


CORRECTED = events.spend(amount="3", time=LATER)


async def a_redrive(world: World) -> Act:
    return partial(redrive, message_id=await _given_up(world))


async def a_correction(world: World) -> Act:
    body: Correction = {"body": CORRECTED.decode()}
    return partial(resubmit_quarantined, message_id=await _given_up(world), body=body)


async def _given_up(world: World) -> str:
    """The id of a message in quarantine."""
    await receive_event(world.worker(Unreadable(world.store)), GIVEN_UP, 5)
    kept, _ = await world.ports.quarantine.page("", 1)
    return kept[0].id


async def a_repair(world: World) -> Act:
    """Rows of the customer and of the partner are gone; it is run again if it left anything."""
    await put_back(world.store, Table.DIRECTORY, [])
    await put_back(world.store, Table.ATTACHMENTS, [])
    await put_back(world.store, Table.WORK, [])

    async def act(ports: Ports) -> None:
        left = [each async for passed in repair(ports) for each in passed.repaired if each.failed]
        if left:
            raise PassingError(left[0].failed)

    return act


def designated(**more: Any) -> bytes:
    data = {"designation": "solutions-partner-business-applications", "active": True, "validFrom": "2026-01-01"}
    return events.event("partner.designated", {"partnerId": "P-1", **data, **more})


def deployed(deployment: str) -> bytes:
    data = {"deploymentId": deployment, "area": events.AREA, "liveOn": "2026-02-01", "eligible": True}
    return events.event("deployment.recorded", {"partnerId": "P-1", **data})


def beside(body: bytes, other: bytes) -> Scenario:
    """Both decide the same customer from the same state; the second is first to commit."""

    async def act(ports: Ports) -> None:
        second = partial(receive_event, body=other, attempt=1)
        await receive_event(interrupted(ports, "commit", Table.CUSTOMERS, second), body, 1)

    return Scenario(ELIGIBLE, given(act), (body, other))


def in_mid_fan_out(other: Act) -> Act:
    """The partner's certificate comes, and ``other`` happens when the first page of its customers was handed on."""

    async def act(ports: Ports) -> None:
        await receive_event(ports, CERTIFIED, 1)
        fan_out = FanOut("P-1", (await ports.partners.load("P-1")).partner.revision)
        step = FanOutStep(fan_out.id).to_bytes()
        await recompute(interrupted(ports, "write", Table.WORK, other), step, 1)

    return act


async def an_activation_in_mid_fan_out(world: World) -> Act:
    version = await store_stricter_draft(world, "200000")
    return in_mid_fan_out(partial(activate, version=version))


CERTIFIED = events.certified()
LOST = events.certified(level="none", time=LATER)
ATTACHED = events.attached()
MANY = tuple(each for name in ("C-1", "C-2") for each in events.eligible(name))
TRAINED = (events.trained(), events.trained(part="knowledge-check"))
ROUTE = (*events.eligible(), *TRAINED, designated(), deployed("D-1"))

SCENARIOS = {
    "a first decision": delivered(events.spend()),
    "spend that changes the outcome": delivered(events.spend(amount="1", time=LATER), *ELIGIBLE),
    "spend that changes nothing": delivered(events.spend(amount="300001", time=LATER), *ELIGIBLE),
    "spend that changes the next date alone": delivered(
        events.spend(amount="300001", endsOn="2026-07-31", time=LATER), *ELIGIBLE
    ),
    "a project that is cancelled": delivered(events.project(status="cancelled", time=LATER), *ELIGIBLE),
    "an attachment": delivered(events.attached(partner="P-2"), *ELIGIBLE),
    "a detachment": delivered(events.detached(), *ELIGIBLE),
    "a partner's first event": delivered(events.certified()),
    "a competency that is lost": delivered(LOST, *ELIGIBLE),
    "a partner's event after a detachment": delivered(LOST, *ELIGIBLE, events.detached(time=LATER)),
    "a designation": delivered(designated(), *TRAINED),
    "a deployment": delivered(deployed("D-2"), *ROUTE),
    "a training that is revoked": delivered(events.trained(revoked=True, time=LATER), *TRAINED),
    "a fan-out of three pages": delivered(events.certified(), *MANY, *TRAINED),
    "a repeated customer event": delivered(ELIGIBLE[0], *ELIGIBLE),
    "a repeated partner event": delivered(ELIGIBLE[-1], *ELIGIBLE),
    "an invalid event": delivered(b"{}"),
    "an activation": Scenario(ELIGIBLE, an_activation, rules=SHIPPED.read_bytes().replace(b'"300000"', b'"900000"')),
    "a date that comes": Scenario(ELIGIBLE, a_date),
    "a date that comes, by an older version's row": Scenario(ELIGIBLE, an_older_date),
    "two handlers of one customer": beside(
        events.spend(amount="1", time=LATER), events.project(status="cancelled", time=LATER)
    ),
    "rules that change in mid fan-out": Scenario(
        (*events.eligible(), *TRAINED),
        an_activation_in_mid_fan_out,
        (CERTIFIED,),
        SHIPPED.read_bytes().replace(b'"300000"', b'"200000"'),
    ),
    "a customer that attaches in mid fan-out": Scenario(
        (events.spend(), events.project(), events.attached("C-2"), *TRAINED),
        given(in_mid_fan_out(partial(receive_event, body=ATTACHED, attempt=1))),
        (CERTIFIED, ATTACHED),
    ),
    "another change of the partner in mid fan-out": Scenario(
        (*events.eligible(), *TRAINED),
        given(in_mid_fan_out(partial(receive_event, body=LOST, attempt=1))),
        (CERTIFIED, LOST),
    ),
    "a repair": Scenario(ELIGIBLE, a_repair),
    "a redrive": Scenario(ELIGIBLE, a_redrive, (GIVEN_UP,)),
    "a corrected event": Scenario(ELIGIBLE, a_correction, (CORRECTED,)),
    **people.SCENARIOS,
}
