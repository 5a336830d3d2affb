"""``POST rule-sets`` and what follows: activate, retire, preview."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.messaging.sender import Queue
from shared.queries.previews import load_preview
from shared.queries.problems import Problem
from tests.queries.given import certified, covered, qualified, spend
from tests.queries.world import Answer, World
from tests.rules.test_document import BROKEN

SHIPPED = json.loads((Path(__file__).parents[2] / "rule_sets" / "2023-02-13.json").read_bytes())


def stricter(amount: str = "350000") -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(SHIPPED))
    document["criteria"]["criteria"][0]["amount"] = amount
    return document


async def post(world: World, document: object, **more: object) -> Answer:
    return await world.post("rule-sets", json.dumps({"document": document, **more}).encode())


async def test_a_document_is_stored_as_a_draft_with_who_and_why(world: World) -> None:
    answer = await post(world, stricter(), author="Ada", note="from the board")
    assert answer.status == 201
    told = {name: answer.value[name] for name in ("version", "state", "inForce", "author", "note", "document")}
    assert told == {
        "version": 2,
        "state": "draft",
        "inForce": False,
        "author": "Ada",
        "note": "from the board",
        "document": stricter(),
    }
    assert (await world.get("rule-sets/2")).value == answer.value


@pytest.mark.parametrize(("what", "document", "path", "advice"), BROKEN, ids=[case[0] for case in BROKEN])
async def test_a_broken_document_is_a_422_that_names_where_and_what_would_be_right(
    world: World, what: str, document: Callable[[], Any], path: str, advice: str
) -> None:
    answer = await post(world, document())
    if document() is None:
        path, advice = "$.document", "is missing; write the rule set here"
    if re.search(r"\\ud[89a-f]", ascii(document())):  # no text at all: the body is not JSON
        path, advice = "$", "half of a surrogate pair"
    assert answer.status == (400 if path == "$" and "half" in advice else 422)
    assert answer.error_paths == [path]
    assert advice in answer.value["errors"][0]["message"]
    assert len((await world.get("rule-sets")).value["items"]) == 1, "nothing was stored"


@pytest.mark.parametrize(
    ("what", "body", "status"),
    [
        ("10,000 levels deep", b'{"document": ' + b'{"criteria": ' * 10_000 + b"1" + b"}" * 10_001, 400),
        ("500 levels deep", b'{"document": {"criteria": ' + b"[" * 500 + b"]" * 500 + b"}}", 422),
        ("past 64 KiB", json.dumps({"document": {**SHIPPED, "more": "x" * 66_000}}).encode(), 422),
        ("of 1 MB and more", b'{"document": "' + b"x" * 1_048_576 + b'"}', 413),
        ("not JSON", b"{", 400),
        ("no body", b"", 400),
        ("a list", b"[]", 400),
        ("with a member unknown", b'{"document": {}, "autor": "Ada"}', 400),
        ("with an author that is no text", b'{"document": {}, "author": 7}', 400),
        ("without a document", b"{}", 422),
    ],
)
async def test_a_body_that_cannot_hold_a_rule_set_is_refused(world: World, what: str, body: bytes, status: int) -> None:
    answer = await world.post("rule-sets", body)
    assert (answer.status, answer.type) == (status, "application/problem+json")


async def test_a_draft_whose_cases_fail_is_refused_with_each_difference(world: World) -> None:
    facts = {"customer": {"licences": [], "projects": [], "attachments": []}, "partners": []}
    case = {"title": "Nobody is eligible for nothing", "on": "2026-03-01", "facts": facts}
    good = case | {"expect": {"status": "ineligible", "criteria": {"annual-spend": "unmet"}}}
    bad = case | {"expect": {"status": "eligible", "criteria": {"annual-spend": "met"}}}
    refused = await post(world, stricter(), cases=[good, bad])
    assert refused.status == 422
    assert refused.error_paths == ["$.cases[1].expect.status", "$.cases[1].expect.criteria.annual-spend"]
    assert (await post(world, stricter(), cases=[good])).status == 201


async def test_faults_of_the_document_and_of_its_cases_are_told_together(world: World) -> None:
    document = stricter() | {"currency": "usd"}
    refused = await post(world, document, cases=[{"title": ""}])
    assert refused.status == 422
    assert {"$.currency", "$.cases[0].title"} <= set(refused.error_paths)


async def test_author_and_note_that_are_no_text_are_told_together(world: World) -> None:
    refused = await post(world, stricter(), author=5, note=7)
    assert (refused.status, refused.error_paths) == (400, ["$.author", "$.note"])


async def test_the_shipped_cases_pass_with_the_shipped_document(world: World) -> None:
    folder = Path(__file__).parents[2] / "rule_sets" / "cases" / "2023-02-13"
    cases = [json.loads(path.read_bytes()) for path in sorted(folder.glob("*.json"))]
    assert len(cases) >= 25
    assert (await post(world, SHIPPED, cases=cases)).status == 201


async def test_activation_and_retirement_change_what_is_in_force_and_are_logged(world: World) -> None:
    await post(world, stricter())
    activated = await world.post("rule-sets/2/activate", b'{"author": "Ada", "note": "board"}')
    assert (activated.status, activated.value["state"], activated.value["inForce"]) == (200, "active", True)
    retired = await world.post("rule-sets/2/retire")
    assert (retired.status, retired.value["state"], retired.value["inForce"]) == (200, "retired", False)
    assert [(each["action"], each["author"]) for each in retired.value["changes"]] == [
        ("retired", ""),
        ("activated", "Ada"),
    ]
    assert (await world.get("rule-sets/1")).value["inForce"]


async def test_the_last_active_rule_set_cannot_be_retired(world: World) -> None:
    answer = await world.post("rule-sets/1/retire")
    assert (answer.status, answer.type) == (409, "application/problem+json")


async def test_one_that_leaves_only_rule_sets_of_later_days_in_force_cannot_be_retired(world: World) -> None:
    await post(world, stricter() | {"effectiveFrom": "2999-01-01"})
    await world.post("rule-sets/2/activate")
    assert (await world.post("rule-sets/1/retire")).status == 409
    assert [each async for each in world.ports.work.fan_outs() if each.revision > 2] == [], "nor is any work left"


async def test_the_very_first_question_may_be_for_a_preview_of_the_shipped_rule_set(world: World) -> None:
    assert (await world.post("rule-sets/1/preview")).status == 202


@pytest.mark.parametrize("preview_id", ["a/b", "a#b", "a?b", "x" * 1000])
async def test_a_preview_that_cannot_be_is_not_found_without_asking_the_tables_which_refuse_such_a_key(
    world: World, preview_id: str
) -> None:
    world.store.down = True
    with pytest.raises(Problem) as told:
        await load_preview(world.ports, 2, preview_id)
    assert told.value.status == 404


@pytest.mark.parametrize("verb", ["activate", "retire", "preview"])
async def test_a_version_that_is_not_there_is_not_found(world: World, verb: str) -> None:
    await world.get("rule-sets")
    assert (await world.post(f"rule-sets/9/{verb}")).status == 404
    assert (await world.post(f"rule-sets/x/{verb}")).status == 400


async def test_a_preview_is_accepted_followed_and_listed(world: World) -> None:
    await world.handle(*covered("C-1"), spend("C-1"), *covered("C-2"), spend("C-2"), *qualified(), certified())
    await post(world, stricter("900000"))
    accepted = await world.post("rule-sets/2/preview")
    assert (accepted.status, accepted.value["state"]) == (202, "running")
    assert accepted.location == f"/api/rule-sets/2/previews/{accepted.value['id']}"
    await world.handle()
    place = accepted.location.removeprefix("/api/")
    finished = await world.get(place)
    assert (finished.value["state"], finished.value["counts"]["lost"]) == ("finished", 2)
    pages = [page async for page in world.pages(f"{place}/customers", "after", 1, change="lost")]
    assert [[each["customerId"] for each in page] for page in pages] == [["C-1"], ["C-2"]]
    assert (await world.get(f"{place}/customers", change="nothing")).error_paths == ["change"]
    refused = await world.post(
        "rule-sets/2/activate", json.dumps({"previewId": finished.value["id"], "maxLost": 1}).encode()
    )
    assert (refused.status, refused.value["lost"]) == (409, ["C-1", "C-2"])


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b'{"maxLost": 1}', "$.previewId"),
        (b'{"maxLost": -1, "previewId": "x"}', "$.maxLost"),
        (b'{"maxLost": "1", "previewId": "x"}', "$.maxLost"),
        (b'{"note": 1}', "$.note"),
        (b'{"because": "x"}', "$.because"),
    ],
)
async def test_an_activation_says_which_member_is_wrong(world: World, body: bytes, path: str) -> None:
    await post(world, stricter())
    answer = await world.post("rule-sets/2/activate", body)
    assert (answer.status, answer.error_paths) == (400, [path])


async def test_an_unfinished_preview_does_not_let_activate(world: World) -> None:
    await post(world, stricter())
    begun = await world.post("rule-sets/2/preview")
    body = json.dumps({"previewId": begun.value["id"]}).encode()
    assert (await world.post("rule-sets/2/activate", body)).status == 409
    assert len(world.sender.queues[Queue.RECOMPUTE]) == 1
