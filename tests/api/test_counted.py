"""``GET statistics/customers``: whom a number of the statistics counts."""

from typing import Any

import pytest

from shared.api.pages import MAX_ANSWER_BYTES
from shared.workflow.population.asking import survey
from tests.api.given import covered, qualified, spend
from tests.api.test_answers import unlike_items
from tests.api.world import World
from tests.events import eligible

LATER = "2026-03-01T10:00:00Z"


@pytest.fixture
async def counted(world: World) -> World:
    """C-1 is eligible, C-2 and C-3 spend too little, C-3 has no project either, C-4 cannot be decided."""
    await world.handle(*qualified(), *eligible("C-1"), *covered("C-2"), *covered("C-4"))
    await world.handle(spend("C-2", "5", time=LATER), spend("C-3", "5"), spend("C-4", currency="XXX", time=LATER))
    await survey(world.ports)
    await world.handle()
    return world


async def listed(world: World, **params: str) -> list[str]:
    found: list[str] = []
    while True:
        page = (await world.get("statistics/customers", **params)).value
        found += [each["customerId"] for each in page["items"]]
        if page["next"] is None:
            return sorted(found)
        params["after"] = page["next"]


async def test_each_number_of_a_day_is_so_many_of_its_list(counted: World) -> None:
    (day,) = (await counted.get("statistics")).value["items"]
    for status, number in day["counts"].items():
        assert len(await listed(counted, status=status)) == number > 0
    for criterion, number in day["byCriterion"].items():
        assert len(await listed(counted, criterion=criterion)) == number > 0
    assert await listed(counted, criterion="annual-spend") == ["C-2", "C-3", "C-4"] == await listed(counted)
    assert await listed(counted, status="ineligible", limit="1") == ["C-2", "C-3"]
    assert await listed(counted, status="ineligible", criterion="project") == ["C-3"]
    assert await listed(counted, status="eligible", criterion="project") == []


async def test_customers_are_as_they_are_now_and_nobody_is_there_before_the_first_survey(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"), spend("C-1", "5", time="2026-03-01T09:30:00Z"))
    nobody: dict[str, Any] = {"items": [], "next": None, "countedAt": None}
    assert (await world.get("statistics/customers", status="ineligible")).value == nobody
    await survey(world.ports)
    await world.handle()
    await world.handle(spend("C-1", "300000", time=LATER))
    answer = await world.get("statistics/customers", status="ineligible")
    assert unlike_items(answer, "customer-item") == []
    assert answer.value["countedAt"] == "2026-03-02T12:00:00.000000Z"
    assert [(each["customerId"], each["status"]) for each in answer.value["items"]] == [("C-1", "eligible")]


async def test_a_page_ends_where_an_answer_is_full(counted: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_ANSWER_BYTES == 1024 * 1024
    monkeypatch.setattr("shared.api.pages.within_page.__defaults__", (1,))
    page = (await counted.get("statistics/customers", status="ineligible")).value
    assert (len(page["items"]), page["next"] is None) == (1, False)
    assert await listed(counted, status="ineligible") == ["C-2", "C-3"]


@pytest.mark.parametrize(
    ("wrong", "at"), [({"status": "x"}, "status"), ({"status": "eligible", "after": "C-1"}, "after")]
)
async def test_a_wrong_parameter_is_named(world: World, wrong: dict[str, str], at: str) -> None:
    answer = await world.ask("GET", "statistics/customers", b"", wrong)
    assert (answer.status, answer.error_paths) == (400, [at])
