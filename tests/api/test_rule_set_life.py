"""``POST rule-sets`` and what follows: activate, retire, preview."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.api.previews import load_preview
from shared.api.problems import Problem
from shared.messaging.sender import Queue
from shared.rules.released import READS
from shared.storage import keys
from shared.storage.rows import packed
from shared.storage.store import ANY, Row, Table
from tests.api.given import certified, covered, qualified, spend
from tests.api.world import Answer, World
from tests.rules.test_document import BROKEN

OLD_READS = replace(
    READS["0.2.0"], criteria={kind: each for kind, each in READS["0.2.0"].criteria.items() if kind != "designation"}
)
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


async def test_a_draft_cannot_be_retired_and_what_is_retired_already_stays_so(world: World) -> None:
    await post(world, stricter())
    answer = await world.post("rule-sets/2/retire")
    assert (answer.status, answer.value["title"]) == (409, "Not active")
    assert (await world.post("rule-sets/2/preview", b'{"action": "retire"}')).status == 409
    for verb in ("activate", "retire", "retire"):
        assert (await world.post(f"rule-sets/2/{verb}")).status == 200
    assert len((await world.get("rule-sets/2")).value["changes"]) == 2
    assert (await world.post("rule-sets/2/preview", b'{"action": "retire"}')).value["title"] == "Not active"


async def test_a_retirement_that_would_leave_nothing_in_force_cannot_be_previewed(world: World) -> None:
    answer = await world.post("rule-sets/1/preview", b'{"action": "retire"}')
    assert (answer.status, answer.value["title"]) == (409, "Last active rule set")


async def preview_of(world: World, version: int, action: str) -> Any:
    """Finished."""
    begun = await world.post(f"rule-sets/{version}/preview", json.dumps({"action": action}).encode())
    assert begun.status == 202
    await world.handle()
    return (await world.get(begun.location.removeprefix("/api/"))).value


async def looser_in_force(world: World) -> None:
    """Rules by which C-1 and C-2, who spend too little for those before, are eligible."""
    await world.handle(*qualified())
    for customer, amount in (("C-1", "290000"), ("C-2", "295000"), ("C-3", "300000")):
        await world.handle(*covered(customer), spend(customer, amount, time="2026-03-01T10:00:00Z"))
    await post(world, stricter("250000"))
    assert (await world.post("rule-sets/2/activate")).status == 200
    await world.handle()


async def test_a_retirement_is_refused_when_by_its_preview_more_would_lose_than_may(world: World) -> None:
    await looser_in_force(world)
    preview = await preview_of(world, 2, "retire")
    told = {name: preview[name] for name in ("action", "comesIntoForce", "inForceThen", "done")}
    assert told == {"action": "retire", "comesIntoForce": False, "inForceThen": 1, "done": 3}
    assert (preview["counts"]["lost"], preview["counts"]["stayed"]) == (2, 1)
    assert preview["difference"] == ["annual spend 250000 -> 300000 USD"]
    body = {"author": "Bo", "note": "too loose", "previewId": preview["id"], "maxLost": 1}
    refused = await world.post("rule-sets/2/retire", json.dumps(body).encode())
    assert (refused.status, refused.value["lost"]) == (409, ["C-1", "C-2"])
    assert (await world.get("rule-sets/2")).value["inForce"]
    done = await world.post("rule-sets/2/retire", json.dumps(body | {"maxLost": 2}).encode())
    assert (done.status, done.value["state"]) == (200, "retired")
    assert (done.value["changes"][0]["author"], done.value["changes"][0]["note"]) == ("Bo", "too loose")
    await world.handle()
    statuses = [each["status"] for each in (await world.get("customers")).value["items"]]
    assert statuses == ["ineligible", "ineligible", "eligible"], "as the preview said"


async def test_retiring_what_another_outranks_changes_nobody(world: World) -> None:
    await looser_in_force(world)
    preview = await preview_of(world, 1, "retire")
    assert (preview["inForceThen"], preview["counts"]["stayed"], preview["difference"]) == (2, 3, [])


async def test_a_preview_of_retiring_what_is_in_force_from_a_later_day_is_of_that_day(world: World) -> None:
    await looser_in_force(world)
    await post(world, stricter("900000") | {"effectiveFrom": "2026-07-01"})
    await world.post("rule-sets/3/activate")
    preview = await preview_of(world, 3, "retire")
    assert (preview["on"], preview["inForceThen"], preview["counts"]["gained"]) == ("2026-07-01", 2, 3)


@pytest.mark.parametrize(("asked", "done"), [("activate", "retire"), ("retire", "activate")])
async def test_a_preview_of_one_action_does_not_count_for_the_other(world: World, asked: str, done: str) -> None:
    await looser_in_force(world)
    preview = await preview_of(world, 2, asked)
    if done == "activate":
        await world.post("rule-sets/2/retire")
    answer = await world.post(f"rule-sets/2/{done}", json.dumps({"previewId": preview["id"]}).encode())
    assert (answer.status, answer.value["title"]) == (409, "Preview of another action")


async def test_a_preview_counts_for_24_hours(world: World) -> None:
    await looser_in_force(world)
    preview = await preview_of(world, 2, "retire")
    body = json.dumps({"previewId": preview["id"], "maxLost": 9}).encode()
    world.pass_time(hours=24, seconds=1)
    answer = await world.post("rule-sets/2/retire", body)
    assert (answer.status, answer.value["title"]) == (409, "Preview out of date")
    world.pass_time(seconds=-1)
    assert (await world.post("rule-sets/2/retire", body)).status == 200


async def test_a_change_says_which_preview_it_was_held_against_how_old_that_is_and_what_it_counted(
    world: World,
) -> None:
    """It counts what was: C-9 came since, loses, and is none of those held against maxLost."""
    await world.handle(*covered("C-1"), spend("C-1"), *qualified(), certified())
    await post(world, stricter("900000"))
    preview = await preview_of(world, 2, "activate")
    world.pass_time(hours=3, seconds=5)
    await world.handle(*covered("C-9"), spend("C-9"))
    body = json.dumps({"previewId": preview["id"], "maxLost": 1}).encode()
    activated = await world.post("rule-sets/2/activate", body)
    counts = {"gained": 0, "lost": 1, "changedProjects": 0, "changedReason": 0, "stayed": 0}
    moments = {name: preview[name] for name in ("startedAt", "finishedAt")}
    assert activated.value["preview"] == {"id": preview["id"], **moments, "ageSeconds": 10805, "counts": counts}
    repeated = await world.post("rule-sets/2/activate", body)
    assert (repeated.status, repeated.value["preview"]) == (200, None), "it changed nothing"
    assert (await world.post("rule-sets/2/retire")).value["preview"] is None
    assert "preview" not in (await world.get("rule-sets/2")).value


async def test_a_preview_made_by_a_clock_more_than_24_hours_ahead_does_not_count(world: World) -> None:
    await looser_in_force(world)
    world.pass_time(hours=25)
    preview = await preview_of(world, 2, "retire")
    world.pass_time(hours=-25)
    answer = await world.post("rule-sets/2/retire", json.dumps({"previewId": preview["id"]}).encode())
    assert (answer.status, answer.value["title"]) == (409, "Preview out of date")


async def test_a_preview_of_other_rules_in_force_does_not_count_for_a_retirement(world: World) -> None:
    await looser_in_force(world)
    preview = await preview_of(world, 2, "retire")
    await post(world, stricter("251000"))
    await world.post("rule-sets/3/activate")
    answer = await world.post("rule-sets/2/retire", json.dumps({"previewId": preview["id"]}).encode())
    assert (answer.status, answer.value["title"]) == (409, "Preview out of date")


@pytest.mark.parametrize("body", [b'{"action": "delete"}', b'{"action": 7}', b'{"action": []}', b'{"acton": "retire"}'])
async def test_a_preview_of_no_action_there_is_is_refused(world: World, body: bytes) -> None:
    answer = await world.post("rule-sets/1/preview", body)
    assert (answer.status, answer.error_paths) == (400, ["$.acton" if b"acton" in body else "$.action"])


BAD_TEXT = ["a\nb", "a\x00", "\x1b[31mred", "tab\t", "\x7f", "\x85", "\u2028", "\u202egnp.exe", "\u2066", "\u200f"]


@pytest.mark.parametrize("text", BAD_TEXT)
@pytest.mark.parametrize("member", ["author", "note"])
async def test_author_and_note_take_no_control_character_and_none_that_changes_text_direction(
    world: World, member: str, text: str
) -> None:
    body = json.dumps({member: text}).encode()
    for verb in ("activate", "retire"):
        answer = await world.post(f"rule-sets/1/{verb}", body)
        assert (answer.status, answer.error_paths) == (400, [f"$.{member}"])
    assert (await post(world, stricter(), **{member: text})).error_paths == [f"$.{member}"]


async def test_an_author_has_at_most_200_characters_and_a_note_1000_of_any_script(world: World) -> None:
    stored = await post(world, stricter(), author="أدا ل" * 40, note="é😀" * 500)
    assert (stored.status, len(stored.value["author"]), len(stored.value["note"])) == (201, 200, 1000)
    refused = await post(world, stricter(), author="x" * 201, note="x" * 1001)
    assert refused.error_paths == ["$.author", "$.note"]
    assert "at most 200 characters" in refused.value["errors"][0]["message"]


async def test_one_that_leaves_only_rule_sets_of_later_days_in_force_cannot_be_retired(world: World) -> None:
    await post(world, stricter() | {"effectiveFrom": "2999-01-01"})
    activated = await world.post("rule-sets/2/activate")
    assert (await world.post("rule-sets/1/retire")).status == 409
    epoch = activated.value["progress"]["epoch"]
    assert [each async for each in world.ports.fan_outs.all() if each.revision > epoch] == [], "nor is any work left"


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
async def test_an_activation_and_a_retirement_say_which_member_is_wrong(world: World, body: bytes, path: str) -> None:
    await post(world, stricter())
    for verb in ("activate", "retire"):
        answer = await world.post(f"rule-sets/2/{verb}", body)
        assert (answer.status, answer.error_paths) == (400, [path])


async def test_an_unfinished_preview_does_not_let_activate(world: World) -> None:
    await post(world, stricter())
    begun = await world.post("rule-sets/2/preview")
    body = json.dumps({"previewId": begun.value["id"]}).encode()
    assert (await world.post("rule-sets/2/activate", body)).status == 409
    assert len(world.sender.queues[Queue.RECOMPUTE]) == 1


def unwarned(document: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in document.items() if name != "warnDaysBefore"}


async def test_what_the_oldest_version_that_may_run_cannot_read_is_not_activated(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(READS, "0.1.9", OLD_READS)
    world.ports.oldest_version = "0.1.9"
    await post(world, unwarned(stricter()))
    answer = await world.post("rule-sets/2/activate")
    assert (answer.status, answer.value["title"]) == (422, "Not readable by a version that may run")
    assert answer.value["detail"] == (
        "version 0.1.9, the oldest that may run (OLDEST_VERSION), cannot read this rule set"
    )
    (error,) = answer.value["errors"]
    assert (error["path"][-5:], error["message"]) == (".type", '"designation" is not known to it')
    assert (await world.get("rule-sets/2")).value["state"] == "draft"
    assert not world.sender.queues[Queue.RECOMPUTE]


async def test_a_retirement_does_not_bring_back_what_the_oldest_version_cannot_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(READS, "0.1.9", OLD_READS)
    await post(world, stricter())
    assert (await world.post("rule-sets/2/activate")).status == 200
    world.ports.oldest_version = "0.1.9"
    answer = await world.post("rule-sets/2/retire")
    assert (answer.status, answer.value["title"]) == (422, "Not readable by a version that may run")
    assert (await world.get("rule-sets/2")).value["state"] == "active"
    world.ports.oldest_version = None
    assert (await world.post("rule-sets/2/retire")).status == 200


async def test_what_0_2_0_reads_is_activated_while_it_may_run(world: World) -> None:
    world.ports.oldest_version = "0.2.0"
    await post(world, unwarned(stricter()))
    assert (await world.post("rule-sets/2/activate")).status == 200


async def test_a_draft_of_a_later_version_that_this_one_cannot_read_is_not_activated(world: World) -> None:
    await post(world, stricter())
    row = await world.store.get(Table.RULES, keys.RULES, keys.rule_set_version(2))
    assert row
    later = {**stricter(), "graceDays": 7}
    properties = {**row.properties, **packed("document", json.dumps(later).encode())}
    await world.store.write(Table.RULES, Row(row.partition, row.key, properties), ANY)
    answer = await world.post("rule-sets/2/activate")
    assert (answer.status, answer.error_paths) == (422, ["$.graceDays"])
    assert answer.value["detail"] == "this version cannot read this rule set"
    assert (await world.get("rule-sets/2")).value["state"] == "draft"
