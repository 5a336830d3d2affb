"""How many customers a partner works for: as the last survey counted, or by reading them where none has."""

from typing import Any

import pytest

from shared import wiring
from shared.ports import Ports
from shared.workflow.population.asking import survey
from tests.api.given import attached, certified, covered, qualified
from tests.api.test_answers import unlike, unlike_items
from tests.api.world import World
from tests.watched_store import WatchedStore

NOW = "2026-03-02T12:00:00.000000Z"
COUNTED = "attachedCustomersCountedAt"


async def counted(world: World) -> None:
    await survey(world.ports)
    await world.handle()


async def test_after_a_survey_it_is_what_was_counted_then_with_when_that_was(world: World) -> None:
    await world.handle(*qualified("P-1"), *covered("C-1"), *covered("C-2"), *qualified("P-2"))
    assert COUNTED not in (await world.get("partners")).value["items"][0]
    await counted(world)
    await world.handle(attached("C-3", "P-1"))
    listed = await world.get("partners")
    assert unlike_items(listed, "partner-item") == []
    found = [(each["partnerId"], each["attachedCustomers"], each[COUNTED]) for each in listed.value["items"]]
    assert found == [("P-1", 2, NOW), ("P-2", 0, NOW)]
    one = await world.get("partners/P-1")
    assert unlike(one, "partner") == []
    assert (one.value["attachedCustomers"], one.value[COUNTED]) == (2, NOW)


async def test_who_came_after_the_survey_is_listed(world: World) -> None:
    await world.handle(*qualified("P-1"), *covered("C-1"))
    await counted(world)
    await world.handle(certified("P-2"), attached("C-1", "P-3"))
    assert [each["partnerId"] for each in (await world.get("partners")).value["items"]] == ["P-1", "P-2", "P-3"]
    assert (await world.get("partners/P-3")).status == 200
    assert (await world.get("partners/P-4")).status == 404


async def test_of_partners_that_the_survey_leaves_out_few_are_counted_and_the_others_say_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("shared.workflow.population.survey", "shared.workflow.partner_lists"):
        monkeypatch.setattr(f"{module}.MOST_NAMES", 1)
    await world.handle(*qualified("P-1"), *covered("C-1"), *covered("C-2"))
    for name in ("P-2", "P-3", "P-4"):
        await world.handle(*qualified(name), attached("C-1", name))
    await counted(world)
    found = [_said(each) for each in (await world.get("partners")).value["items"]]
    assert found == [(2, False), (1, False), (0, True), (0, True)]


def _said(item: dict[str, Any]) -> tuple[int, bool]:
    return item["attachedCustomers"], item.get("attachedCustomersIsAtLeast", False)


async def test_a_partners_answers_take_as_many_reads_for_many_customers_as_for_few(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.handle(*qualified("P-1"))

    async def reads(path: str, customers: range) -> int:
        await world.handle(*(attached(f"C-{number:03}") for number in customers))
        world.pass_time(hours=25)
        await counted(world)
        store = WatchedStore(world.store)
        monkeypatch.setattr(wiring, "_built", Ports(store, world.sender, lambda: world.now))
        assert (await world.get(path)).status == 200
        return len(store.calls)

    for path in ("partners", "partners/P-1"):
        assert await reads(path, range(1)) == await reads(path, range(1, 60)) < 10
