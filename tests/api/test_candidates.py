"""Partners nobody named that an ineligible customer is told of, because they already qualify for its project."""

from datetime import timedelta

from tests.api.given import certified, covered, qualified
from tests.api.world import World
from tests.rules.applied import alternatives


async def proposed(world: World, customer: str) -> list[str]:
    answer = await world.get(f"customers/{customer}/eligibility")
    ways = answer.value.get("wouldHelp", [])
    found = [changes for way in ways for changes, _ in alternatives(way)]
    return sorted(
        change["partnerId"] for changes in found for change in changes if change["action"] == "attach-partner"
    )


async def test_an_ineligible_customer_is_told_of_partners_that_qualify_for_its_project(world: World) -> None:
    await world.handle(*qualified("P-1"), *qualified("P-2"), certified("P-3"))
    await world.handle(*covered("C-1", "P-9"))
    assert await proposed(world, "C-1") == ["P-1", "P-2"]


async def test_a_partner_that_qualifies_no_more_is_not_proposed_after_half_a_minute(world: World) -> None:
    await world.handle(*qualified("P-1"), *covered("C-1", "P-9"))
    assert await proposed(world, "C-1") == ["P-1"]
    await world.handle(certified("P-1", level="none", validFrom="2026-03-01"))
    world.now += timedelta(seconds=31)
    assert await proposed(world, "C-1") == []


async def test_an_eligible_customer_is_told_of_nobody(world: World) -> None:
    await world.handle(*qualified("P-1"), *qualified("P-2"), *covered("C-1", "P-1"))
    assert (await world.get("customers/C-1")).value["decision"]["status"] == "eligible"
    assert await proposed(world, "C-1") == []
