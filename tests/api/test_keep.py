"""What is to be kept, in a what-if question: no way changes it, and what is wrong with it is said."""

from typing import Any

import pytest

from shared.api.check import MAX_KEPT
from tests.api.asking import CUSTOMER, PARTNER, TRAINING, ask
from tests.api.world import World

UNTRAINED = {"customer": CUSTOMER, "partners": [PARTNER | {"trainings": [TRAINING]}, PARTNER | {"partnerId": "P-2"}]}


def actions(answer: Any) -> set[str]:
    return {change["action"] for way in answer["wouldHelp"] for change in way["changes"]}


async def test_no_way_changes_a_partner_or_a_project_that_is_to_be_kept(world: World) -> None:
    whole = (await ask(world, UNTRAINED | {"on": "2026-03-01"})).value
    assert actions(whole) == {"complete-course", "attach-partner"}
    partners = (await ask(world, UNTRAINED | {"on": "2026-03-01", "keep": {"partners": ["P-1"]}})).value
    assert actions(partners) == {"attach-partner"}
    projects = (await ask(world, UNTRAINED | {"on": "2026-03-01", "keep": {"projects": ["J-1"]}})).value
    assert actions(projects) == {"complete-course"}
    both = (
        await ask(world, UNTRAINED | {"on": "2026-03-01", "keep": {"partners": ["P-1"], "projects": ["J-1"]}})
    ).value
    assert both["wouldHelp"] == []
    assert "notComputed" not in both


@pytest.mark.parametrize("keep", [None, {}, {"partners": None}, {"partners": [], "projects": []}])
async def test_nothing_to_keep_is_as_if_it_was_not_said(world: World, keep: Any) -> None:
    question = UNTRAINED | {"on": "2026-03-01"}
    assert (await ask(world, question | {"keep": keep})).value == (await ask(world, question)).value


@pytest.mark.parametrize(
    ("keep", "path", "message"),
    [
        ([], "$.keep", "a list is not an object, write one with any of partners, projects"),
        ({"partner": ["P-1"]}, "$.keep.partner", 'is not a member here, write "partners"'),
        ({"customers": []}, "$.keep.customers", "is not a member here, write only partners, projects"),
        ({"partners": "P-1"}, "$.keep.partners", '"P-1" is not a list, write [...]'),
        ({"partners": ["P-1", "P 2"]}, "$.keep.partners[1]", '"P 2" is not an id of 1 to 64 letters'),
        ({"projects": [7]}, "$.keep.projects[0]", "7 is not an id of 1 to 64 letters"),
    ],
)
async def test_what_is_wrong_with_it_is_said(world: World, keep: Any, path: str, message: str) -> None:
    answer = await ask(world, UNTRAINED | {"keep": keep})
    assert answer.status == 400
    ((found),) = answer.value["errors"]
    assert found["path"] == path
    assert found["message"].startswith(message)


@pytest.mark.parametrize("name", ["partners", "projects"])
async def test_more_than_so_many_ids_are_beyond_the_limit(world: World, name: str) -> None:
    ids = [f"X-{number}" for number in range(MAX_KEPT + 1)]
    assert (await ask(world, UNTRAINED | {"keep": {name: ids[1:]}})).status == 200
    answer = await ask(world, UNTRAINED | {"keep": {name: ids}})
    assert answer.status == 422
    assert answer.value["errors"] == [
        {"path": f"$.keep.{name}", "message": f"has {MAX_KEPT + 1} ids, write at most {MAX_KEPT}"}
    ]


async def test_an_eligible_customer_that_will_be_lost_is_told_what_would_keep_it(world: World) -> None:
    ends = PARTNER | {"competencies": [PARTNER["competencies"][0] | {"validUntil": "2026-06-30"}]}
    question = {"customer": CUSTOMER, "partners": [ends], "on": "2026-05-01"}
    answer = (await ask(world, question)).value
    assert "wouldHelp" not in answer
    assert [each["action"] for each in answer["wouldKeep"][0]["changes"]] == ["gain-competency"]
    assert answer["wouldKeep"][0]["changes"][0]["validFrom"] == "2026-07-01"
    kept = (await ask(world, question | {"keep": {"partners": ["P-1"], "projects": ["J-1"]}})).value
    assert kept["wouldKeep"] == []
    forever = (await ask(world, {**question, "partners": [PARTNER]})).value
    assert "wouldKeep" not in forever
