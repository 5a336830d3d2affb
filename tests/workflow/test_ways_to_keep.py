"""What would keep a customer does so in the running system.

Carried out today it leaves the customer eligible on the day of the loss, until the day it states and not a day longer.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from shared.api.customers import get_eligibility
from tests import events
from tests.rules.applied import alternatives
from tests.workflow.test_proposals_carried_out import copied
from tests.workflow.test_ways_carried_out import FAR, after, done, later_rules, random_events, status_on
from tests.world import World

SINCE = "2026-04-01T00:00:00Z"
"""Later than the events that have no time of their own."""


def ending_events(draw: random.Random) -> Iterator[bytes]:
    """A customer that is eligible today by L-0, J-0 and P-0, of which something may end, and has more besides."""
    yield from random_events(draw)
    yield events.spend(licence="L-0", time=SINCE, endsOn=after(draw, None, 20, 200))
    yield events.project(project_id="J-0", time=SINCE, initiatedOn=after(draw, -60, 10))
    yield events.certified("P-0", time=SINCE, validFrom=after(draw, -300), validUntil=after(draw, None, 90, 700))
    for part in ("training", "knowledge-check"):
        done: dict[str, Any] = {"part": part, "completedOn": after(draw, -100), "expiresOn": after(draw, None, 120)}
        yield events.trained("P-0", learnerId="A-0", time=SINCE, **done)
    yield events.attached(partner="P-0", projectId=None, time=SINCE)


async def kept(seed: int) -> int:
    """How many ways to keep one customer were carried out."""
    draw, world = random.Random(seed), World()
    await world.post(*ending_events(draw))
    if draw.random() < 0.5:
        await later_rules(world, draw)
    decision, count = await get_eligibility(world.ports, "C-1", None), 0
    assert decision["status"] == "eligible"
    for way in decision.get("wouldKeep") or ():
        for changes, eligible in alternatives(way):
            await check_kept(world, date.fromisoformat(decision["losesOn"]), way, changes, eligible)
            count += 1
    return count


async def check_kept(
    world: World, lost: date, way: dict[str, Any], changes: list[dict[str, Any]], eligible: list[str]
) -> None:
    copy = World(store=copied(world.store))
    waits = changes[0]["action"] == "wait"
    if not waits:
        await done(copy, changes, lost)
    start = date.fromisoformat(changes[0]["eligibleFrom"]) if waits else lost
    assert await status_on(copy, start) == "eligible", (way, changes)
    assert list((await copy.state()).outcome.eligible_projects) == eligible
    last = way["lastsUntil"] and date.fromisoformat(way["lastsUntil"])
    assert await status_on(copy, last or FAR) == "eligible", (way, changes)
    if last:
        assert await status_on(copy, last + timedelta(1)) == "ineligible", (way, changes)


async def test_what_would_keep_customers_keeps_them_until_the_day_it_states() -> None:
    assert sum([await kept(seed) for seed in range(12)]) > 20


@pytest.mark.deep
@pytest.mark.timeout(3600)
async def test_each_way_to_keep_500_customers() -> None:
    counts = [await kept(seed) for seed in range(1000, 1500)]
    print(f"{sum(map(bool, counts))} customers, {sum(counts)} ways carried out")


async def test_what_would_keep_a_customer_keeps_it() -> None:
    world = World()
    await world.post(*events.qualified(validUntil="2026-08-31"), *events.eligible("C-1"))
    decision = await get_eligibility(world.ports, "C-1", None)
    lost = date(2026, 9, 1)
    assert [each["action"] for each in decision["wouldKeep"][0]["changes"]] == ["gain-competency"]
    for way in decision["wouldKeep"]:
        copy = World(store=copied(world.store))
        await done(copy, way["changes"])
        assert await status_on(copy, lost - timedelta(1)) == "eligible"
        assert await status_on(copy, lost) == "eligible", way
    assert await status_on(world, lost) == "ineligible"
