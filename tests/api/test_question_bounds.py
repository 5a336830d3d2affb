"""Questions beyond their bounds are rejected before they are tried; answers stay within theirs."""

import json
from typing import Any

import pytest

from shared.api import decision_answer, partners, what_if
from shared.domain.decision import Node, Verdict
from shared.own_json import compact_bytes
from tests.api.asking import ATTACHMENT, GOLD, LICENCE, PROJECT, ask
from tests.api.given import covered, qualified
from tests.api.world import World
from tests.counted import counted, counted_by_turns
from tests.rules.given import Json, criterion, shipped_document

MOST_CALLS, MOST_OF_A_QUESTION, MOST_OF_A_LIST = 1_000_000, 2_500_000, 5_000_000
"""Of Python functions: before a question is rejected, to answer one, and to answer a list."""
MOST_IN_A_TURN = 100_000
COURSE = "success-by-design"
MIB = 1024 * 1024


def customer(projects: int, partners: int, **project: Any) -> Json:
    return {
        "licences": [LICENCE],
        "projects": [PROJECT | {"projectId": f"J-{number:04}", **project} for number in range(projects)],
        "attachments": [ATTACHMENT | {"partnerId": f"P-{number:04}"} for number in range(partners)],
    }


def of_190_criteria() -> Json:
    """What F28 was asked with: every criterion about every partner, application and area."""
    held = criterion("competency", competency="cloud-business-applications", levels=["gold"])
    routes = criterion("any-of", criteria=[held | {"id": f"held-{number}"} for number in range(190)])
    of_all = criterion("every-application", criterion=criterion("any-area", criterion=routes))
    root = criterion("any-project", criterion=criterion("any-partner", criterion=of_all))
    areas = ["customer-engagement", "finance-and-operations"]
    listed = [{"id": f"app-{number}", "title": "x", "areas": areas} for number in range(32)]
    return shipped_document() | {"criteria": root, "applications": listed}


async def test_a_small_question_that_would_take_very_much_is_rejected_at_once(world: World) -> None:
    document = of_190_criteria()
    names = [each["id"] for each in document["applications"]]
    question = {"customer": customer(20, 20, applications=names), "ruleSet": document, "on": "2026-03-01"}
    of_project = [
        {"type": "training-before-project", "id": f"t-{n}", "title": "x", "course": COURSE, "part": "training"}
        for n in range(190)
    ]
    routes = document["criteria"]["criterion"]["criterion"]["criterion"]["criterion"]
    routes["criteria"] = of_project  # what reads the project is evaluated for each
    with counted() as work:
        answer = await ask(world, question)
    assert work.calls < MOST_CALLS
    assert (answer.status, answer.error_paths) == (422, ["$"])
    assert "steps to decide and explain, at most 1000000 are taken" in answer.value["detail"]


async def test_more_pairs_than_a_customer_may_have_are_rejected_before_any_partner_is_read(world: World) -> None:
    answer = await ask(world, {"customer": customer(300, 100)})
    assert answer.status == 422
    assert "has 30000 pairs of an open project and a partner, at most 20000 are explained" in answer.value["detail"]


async def test_a_rule_set_of_a_question_has_64_kib_as_a_stored_one(world: World) -> None:
    document = shipped_document()
    document["selfGuidedResources"] = []
    document["criteria"]["title"] = "x" * 66_000
    answer = await ask(world, {"ruleSet": document})
    assert (answer.status, answer.error_paths) == (422, ["$.ruleSet"])
    assert answer.value["errors"][0]["message"].endswith("bytes, write at most 65536")


@pytest.mark.parametrize(
    ("question", "path", "said"),
    [
        ({"partners": [{"partnerId": f"P-{number}"} for number in range(501)]}, "$.partners", "at most 500"),
        (
            {"partners": [{"partnerId": f"P-{n}", "competencies": [GOLD] * 1001} for n in range(2)]},
            "$",
            "has 2002 facts of the customer and of partners, write at most 2000",
        ),
        ({"partners": [1] * 200_000}, "$.partners", "has 200000 partners"),
        ({"customer": {"licences": [1] * 200_000}}, "$", "has 200000 facts"),
        ({"customer": {"projects": [PROJECT | {"applications": [1] * 200_000}]}}, "$", "more than 100000 values"),
        ({"customer": {f"m{number}": 1 for number in range(70_000)}}, "$", "and 69900 more errors"),
    ],
)
async def test_of_very_much_that_is_wrong_little_is_said(world: World, question: Json, path: str, said: str) -> None:
    with counted() as work:
        answer = await ask(world, question)
    assert work.calls < MOST_CALLS
    assert answer.status == (400 if "errors" in said else 422)
    assert len(json.dumps(answer.value)) < 64 * 1024
    assert len(answer.value["errors"]) <= 101
    assert answer.value["errors"][-1]["path"] == path
    assert said in answer.value["errors"][-1]["message"]


async def test_the_largest_question_is_answered_within_a_mib_and_what_is_left_out_is_counted(world: World) -> None:
    applications = [f"app-{number:02}".ljust(64, "x") for number in range(32)]
    document = shipped_document()
    document["applications"] = [{"id": each, "title": "x", "areas": ["customer-engagement"]} for each in applications]
    for each in with_all_below(document["criteria"]):
        each["title"] = "語" * 200
    question = {"customer": customer(190, 100, applications=applications), "ruleSet": document}
    with counted() as work:
        answer = await ask(world, question)
    assert work.calls < MOST_OF_A_QUESTION
    assert answer.status == 200
    size = len(compact_bytes(answer.value))
    assert MIB // 2 < size <= MIB
    assert answer.value["criteria"]["children"]
    assert "omitted" in json.dumps(answer.value["criteria"])


def with_all_below(value: Json) -> list[Json]:
    below = [*value.get("criteria", []), *([value["criterion"]] if "criterion" in value else [])]
    return [value, *(each for one in below for each in with_all_below(one))]


async def test_a_list_is_answered_within_5_mib(world: World) -> None:
    large = {"customer": customer(5, 30)}
    with counted() as work:
        answer = await ask(world, [large] * 250)
    assert work.calls < MOST_OF_A_LIST
    assert answer.status == 200
    assert {each["status"] for each in answer.value} == {"ineligible"}
    assert len(compact_bytes(answer.value)) <= 5 * MIB


async def test_an_item_that_cannot_be_cut_to_its_share_says_so_in_its_place(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decision_answer, "MAX_LIST_BYTES", 600)
    answer = await ask(world, [{"customer": customer(1, 1)}] * 2)
    assert [each["status"] for each in answer.value] == [422, 422]
    assert answer.value[1]["title"] == "Too large for a list"
    assert answer.value[1]["errors"][0]["path"] == "$[1]"


async def test_others_have_their_turn_while_the_largest_question_is_answered(world: World) -> None:
    with counted_by_turns() as work:
        answer = await ask(world, {"customer": customer(190, 100)})
    assert answer.status == 200
    assert work.longest < MOST_IN_A_TURN


def test_fewer_ways_are_told_where_all_would_not_fit_and_none_is_not_said_to_be_all() -> None:
    way = {"changes": [], "eligibleProjects": ["J" * 1000]}
    decision: Json = {"criteria": {}, "wouldHelp": [way, way, way]}
    root = Node("a", "A", Verdict.MET, 1, 1)
    kept = decision_answer.fitted(decision, root, lambda _: root, 2_200)
    assert len(kept["wouldHelp"]) == 1
    none: Json = {"criteria": {}, "wouldHelp": [way]}
    assert decision_answer.fitted(none, root, lambda _: root, 900) == {
        "criteria": {},
        "wouldHelp": None,
        "notComputed": ["wouldHelp"],
    }


async def test_a_list_about_large_customers_ends_before_each_is_worked_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.handle(*covered("C-1"))
    monkeypatch.setattr(what_if, "MAX_LOOKED", 6)
    answer = await ask(world, [{"customerId": "C-1"}] * 4)
    assert [each["status"] for each in answer.value] == ["ineligible", "ineligible", 422, 422]
    assert "more than 6 stored facts" in answer.value[2]["detail"]


async def test_facts_of_a_partner_that_do_not_fit_are_left_out_and_counted_and_a_customer_is_answered_whole(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.handle(*covered("C-1"), *qualified())
    (whole, partner) = (await world.get("customers/C-1")).value, (await world.get("partners/P-1")).value
    assert "factsOmitted" not in partner
    monkeypatch.setattr(partners, "MAX_FACTS_BYTES", 0)
    assert (await world.get("customers/C-1")).value == whole  # all that is stored: its own caps bound it
    cut = (await world.get("partners/P-1")).value
    assert (cut["factsOmitted"], cut["qualification"]) == (3, partner["qualification"])
    assert list(cut).index("factsOmitted") == list(cut).index("qualification") - 1, "right after the lists it is about"
