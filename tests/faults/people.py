"""What happens for people's sake: names, exceptions, erasures."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

from shared.api.erasures import erase_customer
from shared.ports import Ports
from shared.rules.document import parse_document
from shared.storage.store import Table
from shared.workflow.change_rules import ChangeNote, activate, store_draft
from shared.workflow.erase import STRETCH, ask_for_erasure, sweep_erasures
from shared.workflow.sweep import sweep_due
from tests import events
from tests.faults.faulty_world import Act
from tests.faults.scenario import ELIGIBLE, LATER, Scenario, delivered, delivery, given, interrupted
from tests.rules.given import allowing_exceptions
from tests.world import World

DESCRIBED = events.described(owner="Ada Lovelace")
RENAMED = events.described(name="Adventure Works", owner="Grace Hopper", time=LATER)
OTHERWISE = events.partner_described(name="Northwind Traders", owner="Grace Hopper", time=LATER)
GRANTED = events.granted(validUntil="2026-08-15")
ANOTHERS = events.granted("C-2")
"""The table of lists by day is there with it: of writes at once to a missing one, one makes it or several do."""
REVOKED = events.granted(validUntil="2026-08-15", revoked=True, time=LATER)
SHORT = (*ELIGIBLE, events.spend(amount="5", time="2026-03-02T00:00:00Z"))
"""Of nothing but spend."""


def deployed(deployment: str, **more: str) -> bytes:
    data = {"deploymentId": deployment, "area": events.AREA, "liveOn": "2026-02-01", "eligible": True}
    return events.event("deployment.recorded", {"partnerId": "P-1", "customerId": "C-1", **data}, **more)


KNOWN = (*ELIGIBLE, DESCRIBED, GRANTED, deployed("D-1"), events.spend(amount="no money"))
LATE = events.spend(amount="1", time=LATER)
LATE_DEPLOYMENT = deployed("D-2", time=LATER)
LATE_NAME = events.described(name="Adventure Works", time=LATER)
AGAIN = events.spend(time="2026-06-01T12:06:00Z")
"""After the time up to which events of a customer erased at the start are not taken."""


def by_exception(act: Act, *heard: bytes, before: tuple[bytes, ...] = SHORT, days: int = 0) -> Scenario:
    """Under rules that allow exceptions, so many days on."""

    async def prepared(world: World) -> Act:
        document = parse_document(allowing_exceptions())
        await activate(world.ports, (await store_draft(world.ports, document, ChangeNote())).version)
        await world.settle()
        world.now += timedelta(days=days)
        return act

    return Scenario(before, prepared, heard, json.dumps(allowing_exceptions()).encode())


async def erasure(ports: Ports) -> None:
    """Asked for over HTTP and begun by the timer, who leaves the last pass to later."""
    await erase_customer(ports, "C-1", "Ada Lovelace", "asked for it")
    await sweep_erasures(ports)


async def an_erased_customer(world: World) -> None:
    await an_erasure_of_one_pass(world)
    await sweep_erasures(world.ports)


async def an_erasure_of_one_pass(world: World) -> None:
    await ask_for_erasure(world.ports, "C-1")
    await sweep_erasures(world.ports)
    world.now += STRETCH + timedelta(minutes=2)


async def an_end(ports: Ports) -> None:
    """The queues are there: of two messages at once to a missing one, one makes it or both do."""
    await ports.sender.create_queues()
    await sweep_due(ports)


def after(preparation: Callable[[World], Awaitable[None]], act: Act, *heard: bytes) -> Scenario:
    async def prepared(world: World) -> Act:
        await preparation(world)
        return act

    return Scenario(KNOWN, prepared, heard)


def erased_meanwhile(body: bytes, operation: str) -> Scenario:
    """The customer is read, then erased, then to be written."""

    async def act(ports: Ports) -> None:
        await delivery(body)(interrupted(ports, operation, Table.CUSTOMERS, erasure))

    return Scenario(KNOWN, given(act), (body,))


async def begun_again_in_the_last_pass(ports: Ports) -> None:
    """If the event fails there, the sweep goes on, and the message comes again."""
    await sweep_erasures(interrupted(ports, "merge", Table.CUSTOMERS, delivery(AGAIN)))
    await delivery(AGAIN)(ports)


SCENARIOS = {
    "a customer that is renamed": delivered(RENAMED, *ELIGIBLE, DESCRIBED),
    "a customer of which nothing but a description is known": delivered(DESCRIBED, events.described("C-2")),
    "a partner that is renamed": delivered(OTHERWISE, *ELIGIBLE, events.partner_described(owner="Ada Lovelace")),
    "an exception that is granted": by_exception(delivery(GRANTED), GRANTED, before=(*SHORT, ANOTHERS)),
    "an exception that is revoked": by_exception(delivery(REVOKED), REVOKED, before=(*SHORT, GRANTED)),
    "an exception that ends": by_exception(an_end, before=(*SHORT, GRANTED), days=80),
    "an erasure": Scenario(KNOWN, given(erasure)),
    "the last pass of an erasure": after(an_erasure_of_one_pass, sweep_erasures),
    "an event while its customer is erased": erased_meanwhile(LATE, "commit"),
    "a description while its customer is erased": erased_meanwhile(LATE_NAME, "write"),
    "a late event of an erased customer": after(an_erased_customer, delivery(LATE), LATE),
    "a late deployment at an erased customer": after(an_erased_customer, delivery(LATE_DEPLOYMENT), LATE_DEPLOYMENT),
    "an event that starts an erased customer again": after(an_erased_customer, delivery(AGAIN), AGAIN),
    "an event that does so in the last pass": after(an_erasure_of_one_pass, begun_again_in_the_last_pass, AGAIN),
}
