"""Rule sets read by people: as sentences, with a difference in words and golden cases; a draft before it is stored."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.api.rule_set_shapes import MOST_OF_A_CASE
from shared.rules.cases import MAX_CASES_BYTES
from tests.api.test_answers import unlike
from tests.api.test_rule_set_life import SHIPPED, post, stricter
from tests.api.world import Answer, World

FOLDER = Path(__file__).parents[2] / "rule_sets" / "cases" / "2023-02-13"
CASES = [json.loads(path.read_bytes()) for path in sorted(FOLDER.glob("*.json"))[:4]]
GOLD = json.loads((FOLDER / "gold-partner.json").read_bytes())


async def checked(world: World, **body: Any) -> Answer:
    return await world.post("rule-sets/check", json.dumps(body).encode())


async def test_a_version_reads_as_sentences_each_with_its_place(world: World) -> None:
    answer = await world.get("rule-sets/1")
    assert unlike(answer, "rule-set-version") == []
    places = {each["path"]: each["text"] for each in answer.value["sentences"]}
    assert "at least USD 300,000 a year" in places["$.criteria.criteria[0]"]


async def test_golden_cases_are_kept_with_the_version_they_came_with(world: World) -> None:
    stored = await post(world, stricter("300000.00"), cases=CASES)
    assert unlike(stored, "rule-set-version") == []
    assert stored.value["cases"] == CASES
    assert (await world.post("rule-sets/2/activate")).value["cases"] == CASES
    assert (await world.get("rule-sets/2")).value["cases"] == CASES
    assert (await world.get("rule-sets/1")).value["cases"] == []


async def test_more_bytes_of_cases_than_are_kept_are_refused(world: World) -> None:
    (licence,) = GOLD["facts"]["customer"]["licences"]
    customer = GOLD["facts"]["customer"] | {"licences": [licence | {"licenceId": f"L-{number}"} for number in range(6)]}
    case = GOLD | {"facts": GOLD["facts"] | {"customer": customer}}
    many = [case | {"title": f"{number} {'x' * 180}"} for number in range(190)]
    assert len(json.dumps(many)) > MAX_CASES_BYTES
    refused = await post(world, SHIPPED, cases=many)
    assert (refused.status, refused.error_paths) == (422, ["$.cases"])
    assert f"at most {MAX_CASES_BYTES}" in refused.value["detail"]


async def test_a_version_against_another_says_the_difference_in_words(world: World) -> None:
    await post(world, stricter())
    against = (await world.get("rule-sets/2", against=1)).value
    assert (against["against"], against["difference"]) == (1, ["annual spend 300000 -> 350000 USD"])
    assert (await world.get("rule-sets/1", against=2)).value["difference"] == ["annual spend 350000 -> 300000 USD"]
    assert (await world.get("rule-sets/2")).value["difference"] is None
    assert (await world.get("rule-sets/2", against=9)).status == 404
    assert (await world.get("rule-sets/2", against="x")).status == 400


async def test_a_draft_is_read_and_compared_with_what_is_in_force_and_nothing_is_stored(world: World) -> None:
    await post(world, stricter("900000"))
    writes = world.store.writes
    answer = await checked(world, document=stricter())
    assert unlike(answer, "checked-draft") == []
    told = answer.value
    assert (answer.status, told["valid"], told["errors"], told["against"], told["cases"]) == (200, True, [], 1, [])
    assert told["difference"] == ["annual spend 300000 -> 350000 USD"]
    assert any("USD 350,000" in each["text"] for each in told["sentences"])
    assert world.store.writes == writes
    assert len((await world.get("rule-sets")).value["items"]) == 2


async def test_every_fault_of_a_draft_is_an_answer_with_its_place(world: World) -> None:
    broken = stricter("350,000") | {"currency": "usd"}
    answer = await checked(world, document=broken)
    assert unlike(answer, "checked-draft") == []
    assert (answer.status, answer.value["valid"]) == (200, False)
    assert {each["path"] for each in answer.value["errors"]} == {"$.currency", "$.criteria.criteria[0].amount"}
    assert (answer.value["sentences"], answer.value["difference"], answer.value["sha256"]) == (None, None, None)


@pytest.mark.parametrize(
    ("body", "status", "path"),
    [
        ({"document": SHIPPED, "against": 9}, 404, None),
        ({"document": SHIPPED, "against": 0}, 400, "$.against"),
        ({"document": SHIPPED, "against": "1"}, 400, "$.against"),
        ({"document": SHIPPED, "dokument": {}}, 400, "$.dokument"),
    ],
)
async def test_a_question_that_cannot_be_answered_says_why(world: World, body: Any, status: int, path: str) -> None:
    answer = await checked(world, **body)
    assert answer.status == status
    assert path is None or answer.error_paths == [path]


async def test_without_a_document_it_is_said_to_be_missing(world: World) -> None:
    assert [each["path"] for each in (await checked(world)).value["errors"]] == ["$.document"]


async def test_golden_cases_that_no_longer_hold_say_what_came_out(world: World) -> None:
    await post(world, stricter("300000.00"), cases=[GOLD])
    told = (await checked(world, document=stricter("9000000"), against=2)).value
    (case,) = told["cases"]
    assert (case["title"], case["on"], case["holds"]) == (GOLD["title"], GOLD["on"], False)
    assert case["errors"][0]["message"].startswith("expected eligible, found ineligible")
    assert told["valid"], "the draft may be stored without them"
    given = (await checked(world, document=stricter("9000000"), cases=[GOLD])).value
    assert (given["valid"], given["cases"][0]["holds"]) == (False, False), "with them it would be refused"
    assert (await checked(world, document=SHIPPED, cases=[GOLD])).value["valid"]


async def test_of_a_case_the_first_differences_are_told(world: World) -> None:
    expected = {f"criterion-{number}": "met" for number in range(50)}
    told = (await checked(world, document=SHIPPED, cases=[GOLD | {"expect": {"criteria": expected}}])).value
    assert len(told["cases"][0]["errors"]) == MOST_OF_A_CASE
