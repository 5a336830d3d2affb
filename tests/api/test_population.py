"""Questions about everybody over HTTP: what is refused and why, and the answers' shapes."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shared.api.pages import MAX_ANSWER_BYTES, size_of
from shared.api.parameters import MAX_LIMIT
from shared.api.previews import MAX_TITLE
from shared.storage.keys import NEWEST
from shared.storage.questions import COMPARISON, FINISHED, Question
from shared.workflow.population.asking import survey
from tests.api.test_answers import unlike, unlike_items
from tests.api.world import Answer, World
from tests.events import eligible, qualified, spend

NOW = "2026-03-02T12:00:00.000000Z"


async def asked(world: World, **question: Any) -> Answer:
    return await world.post("previews", json.dumps(question).encode())


REFUSED: dict[str, tuple[Any, list[tuple[str, str]]]] = {
    "nothing": ({}, [("$.to", "is missing, write an object with any of ruleSetVersion, document, on, partners")]),
    "no member": ({"to": {}}, [("$.to", "has no member, write one or more of ruleSetVersion, document, on, partners")]),
    "null": (
        {"to": {"on": None}},
        [("$.to", "has no member, write one or more of ruleSetVersion, document, on, partners")],
    ),
    "an unknown member": (
        {"to": {"on": "2027-01-01", "rules": 1}},
        [("$.to.rules", "is not a member here, write only ruleSetVersion, document, on, partners")],
    ),
    "two rule sets": (
        {"to": {"document": {}, "ruleSetVersion": 1}},
        [("$.to.ruleSetVersion", "stands beside document, write one of them")],
    ),
    "a bad day": ({"to": {"on": "31 March"}}, [("$.to.on", "")]),
    "partners beside only": (
        {"to": {"partners": [{"partnerId": "P-1"}]}, "only": {"partnerIds": ["P-1"]}},
        [("$.only", "stands beside partners, whose customers are asked about; leave it out")],
    ),
    "too many partners": (
        {"to": {"partners": [{"partnerId": f"P-{number}"} for number in range(21)]}},
        [("$.to.partners", "has 21 partners, write 1 to 20")],
    ),
    "no partner": ({"to": {"on": "2027-01-01"}, "only": {"partnerIds": []}}, [("$.only.partnerIds", "")]),
    "a wrong id": ({"to": {"on": "2027-01-01"}, "only": {"partnerIds": ["a/b"]}}, [("$.only.partnerIds", "")]),
    "a wrong fact": (
        {"to": {"partners": [{"partnerId": "P-1", "competencies": [{"area": "sales"}]}]}},
        [("$.to.partners[0].competencies[0].area", "")],
    ),
    "a line break in the title": ({"title": "a\nb", "to": {"on": "2027-01-01"}}, [("$.title", "")]),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_wrong_in_a_question_is_named_with_what_would_be_right(world: World, name: str) -> None:
    question, expected = REFUSED[name]
    answer = await asked(world, **question)
    assert answer.status == 400
    found = {each["path"]: each["message"] for each in answer.value["errors"]}
    for path, message in expected:
        assert found[path] if not message else found[path] == message


async def test_a_version_that_is_not_stored_is_not_found(world: World) -> None:
    answer = await asked(world, to={"ruleSetVersion": 7})
    assert (answer.status, answer.error_paths) == (404, ["$.to.ruleSetVersion"])


async def test_a_day_before_any_rule_set_is_in_force_is_409(world: World) -> None:
    answer = await asked(world, to={"on": "2020-01-01"})
    assert (answer.status, answer.value["title"]) == (409, "No rule set in force")


async def test_the_answers_are_as_described(world: World) -> None:
    await world.handle(*eligible("C-1"), *qualified(validUntil="2026-12-31"))
    world.pass_time(hours=1)
    started = await asked(world, title="Who loses it", to={"on": "2027-03-31"})
    assert (started.status, started.location) == (202, f"/api/previews/{started.value['id']}")
    assert unlike(started, "preview") == []
    await world.handle()
    found = await world.get(f"previews/{started.value['id']}")
    assert unlike(found, "preview") == []
    assert (found.value["done"], found.value["of"], found.value["counts"]["lost"]) == (1, 1, 1)
    listed = await world.get("previews")
    assert unlike_items(listed, "preview-item") == []
    assert [each["title"] for each in listed.value["items"]] == ["Who loses it"]
    customers = await world.get(f"previews/{started.value['id']}/customers", change="lost")
    assert unlike_items(customers, "preview-customer") == []
    assert [each["customerId"] for each in customers.value["items"]] == ["C-1"]


async def test_customers_of_a_preview_are_narrowed_to_a_criterion_and_to_a_partner(world: World) -> None:
    await world.handle(*eligible("C-1"), *eligible("C-2"), *qualified(validUntil="2026-12-31"))
    more = spend("C-2", "300000", endsOn="2026-11-30", time="2026-03-01T10:00:00Z")
    await world.handle(more)
    started = await asked(world, to={"on": "2027-03-31"})
    await world.handle()
    counted = (await world.get(f"previews/{started.value['id']}")).value
    assert counted["counts"]["lost"] == 2

    async def narrowed(**by: str) -> list[str]:
        answer = await world.get(f"previews/{started.value['id']}/customers", change="lost", **by)
        return sorted(each["customerId"] for each in answer.value["items"])

    for criterion, tally in counted["byCriterion"].items():
        assert len(await narrowed(criterion=criterion)) == tally["lost"]
    assert await narrowed(criterion="annual-spend") == ["C-2"]
    (partner,) = counted["byPartner"]
    assert await narrowed(partner=partner) == ["C-1", "C-2"]
    assert await narrowed(partner=partner, criterion="annual-spend") == ["C-2"]
    assert await narrowed(partner="P-nobody") == await narrowed(criterion="none") == []


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("statistics", {"after": "1~2"}),
        ("statistics", {"from": "yesterday"}),
        ("near", {"after": "2026-01-01"}),
        ("near", {"limit": "0"}),
        ("previews/0123456789abcdef/customers", {"change": "lost", "after": "C-1"}),
    ],
)
async def test_a_wrong_parameter_is_named(world: World, path: str, wrong: dict[str, str]) -> None:
    await world.handle(*eligible("C-1"))
    answer = await world.ask("GET", path, b"", wrong)
    assert (answer.status, answer.error_paths) in ((400, [next(reversed(wrong))]), (404, []))


async def test_statistics_and_near_are_as_described(world: World) -> None:
    await world.handle(*eligible("C-1"), *qualified())
    await world.handle(*eligible("C-2"), spend("C-2", "200000", time="2026-03-02T00:00:00Z"))
    world.pass_time(hours=1)
    await survey(world.ports)
    await world.handle()
    days, near = await world.get("statistics"), await world.get("near")
    assert unlike_items(days, "day-statistics") == []
    assert unlike_items(near, "near-customer") == []
    assert [each["counts"] for each in days.value["items"]] == [{"eligible": 1, "ineligible": 1, "undecided": 0}]
    assert [(each["customerId"], each["missing"]) for each in near.value["items"]] == [("C-2", "100000.00")]


async def test_a_page_of_the_longest_previews_fits_an_answer(world: World) -> None:
    days = date(2026, 3, 2), date(2026, 3, 2), NOW, NOW
    longest = Question("", COMPARISON, 1, 1, *days, title="\N{ROCKET}" * MAX_TITLE, version=NEWEST, action="activate")
    for number in range(MAX_LIMIT):
        question = replace(longest, id=f"{number:016x}", state=FINISHED)
        await world.ports.questions.open(question, await world.ports.questions.running())
    (page,) = [page async for page in world.pages("previews", "after", MAX_LIMIT)]
    assert len(page) == MAX_LIMIT
    assert size_of({"items": page, "next": None}) <= MAX_ANSWER_BYTES
