"""A way does what it says in the running system.

Carried out by events it makes the customer eligible; the clock is then put on the last day that it states, and one day
on. The same with each of the names with which it does.
"""

import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shared.api.customers import get_eligibility
from shared.rule_books import SHIPPED
from shared.rules.document import parse_document
from shared.workflow.change_rules import ChangeNote, activate, store_draft
from shared.workflow.sweep import sweep_due
from tests import events
from tests.rules.applied import alternatives
from tests.workflow.test_proposals_carried_out import carried_out, copied
from tests.world import START, World

FO, CE = "finance-and-operations", "customer-engagement"
TODAY = START.date()
FAR = TODAY + timedelta(days=3000)


def after(draw: random.Random, *days: int | None) -> str | None:
    """A day so many days from today, or none."""
    chosen = draw.choice(days)
    return None if chosen is None else (TODAY + timedelta(chosen)).isoformat()


def random_events(draw: random.Random) -> Iterator[bytes]:
    """A customer with up to three licences and projects, and three partners, of which it may have some."""
    for number in range(draw.randint(1, 3)):
        amount, currency = draw.choice(("50000", "150000", "299999.99", "300000")), draw.choice(("USD", "USD", "SEK"))
        yield events.spend(
            amount=amount, licence=f"L-{number}", currency=currency, endsOn=after(draw, None, None, 20, 200)
        )
    for number in range(draw.randint(1, 3)):
        started: dict[str, Any] = {
            "initiatedOn": after(draw, -60, 10, 40),
            "status": draw.choice(("active", "planned", "cancelled")),
        }
        listed = draw.choice((["finance"], ["sales"], ["finance", "sales"], ["excel"]))
        yield events.project(project_id=f"J-{number}", applications=listed, **started)
    for number in range(3):
        yield from random_partner(draw, f"P-{number}")
        if draw.random() < 0.5:
            yield events.attached(partner=f"P-{number}", projectId=draw.choice((None, "J-0", "J-1")))


def random_partner(draw: random.Random, name: str) -> Iterator[bytes]:
    if draw.random() < 0.7:
        period: dict[str, Any] = {"area": draw.choice((FO, CE)), "validFrom": after(draw, -300, -300, 15)}
        yield events.certified(name, **period, validUntil=after(draw, None, -5, 90, 700))
    for part in ("training", "knowledge-check"):
        if draw.random() < 0.6:
            done: dict[str, Any] = {
                "part": part,
                "completedOn": after(draw, -100, -30),
                "expiresOn": after(draw, None, None, 120),
            }
            yield events.trained(name, **done)


async def later_rules(world: World, draw: random.Random) -> None:
    """Rules that ask for more or less from a later day."""
    document = json.loads(SHIPPED.read_bytes()) | {"effectiveFrom": after(draw, 30, 300)}
    document["criteria"]["criteria"][0]["amount"] = draw.choice(("150000", "400000"))
    await activated(world, document)


async def activated(world: World, document: dict[str, Any]) -> None:
    await activate(world.ports, (await store_draft(world.ports, parse_document(document), ChangeNote())).version)
    await world.settle()


async def done(world: World, changes: list[dict[str, Any]], on: date = TODAY) -> None:
    """The changes by events, or by a change of the rule set in force on that day."""
    for change in changes:
        if change["action"] == "add-exchange-rate":
            in_force = await world.ports.rule_books.in_force(await world.ports.rule_books.book(None), on)
            document: Any = in_force.document.value
            rates = {**document["exchangeRates"], change["currency"]: change["leastRate"]}
            await activated(world, {**document, "exchangeRates": rates})
            continue
        for body in carried_out(change, await world.state()):
            await world.post(body)


async def status_on(world: World, day: date) -> str:
    world.now = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
    await sweep_due(world.ports)
    await world.settle()
    return await world.status()


async def check(world: World, way: dict[str, Any], changes: list[dict[str, Any]], eligible: list[str]) -> None:
    copy = World(store=copied(world.store))
    waits = changes[0]["action"] == "wait"
    if waits:
        start = date.fromisoformat(changes[0]["eligibleFrom"])
        assert await status_on(copy, start - timedelta(1)) == "ineligible"
        assert await status_on(copy, start) == "eligible"
    else:
        await done(copy, changes)
        assert await copy.status() == "eligible", (way, changes)
    assert list((await copy.state()).outcome.eligible_projects) == eligible
    assert await copy.quarantine() == []
    last = way["lastsUntil"] and date.fromisoformat(way["lastsUntil"])
    assert await status_on(copy, last or FAR) == "eligible", (way, changes)
    if last:
        assert await status_on(copy, last + timedelta(1)) == "ineligible", (way, changes)


async def carried(seed: int) -> int:
    """How many ways of one customer were carried out."""
    draw, world = random.Random(seed), World()
    await world.post(*random_events(draw))
    if draw.random() < 0.5:
        await later_rules(world, draw)
    decision = await get_eligibility(world.ports, "C-1", None)
    count = 0
    for way in decision.get("wouldHelp") or ():
        for changes, eligible in alternatives(way):
            await check(world, way, changes, eligible)
            count += 1
    return count


@pytest.mark.parametrize("seed", range(12))
async def test_each_way_makes_the_customer_eligible_until_the_day_it_states(seed: int) -> None:
    assert await carried(seed) > 0 or await is_eligible(seed)


async def is_eligible(seed: int) -> bool:
    world = World()
    await world.post(*random_events(random.Random(seed)))
    return await world.status() == "eligible"


@pytest.mark.deep
@pytest.mark.timeout(3600)
async def test_each_way_of_500_customers() -> None:
    counts = [await carried(seed) for seed in range(1000, 1500)]
    print(f"{sum(map(bool, counts))} customers, {sum(counts)} ways carried out")
