"""``GET rule-sets`` and ``GET rule-sets/{version}``."""

import json
from pathlib import Path

from shared.rules.document import parse_document, sha256_of
from shared.workflow import change_rules
from tests.api.world import World

SHIPPED = json.loads((Path(__file__).parents[2] / "rule_sets" / "2023-02-13.json").read_bytes())


async def store_draft(world: World, version: int, effective_from: str) -> None:
    """The shipped rules under a later date, stored as a draft."""
    await world.ports.rule_books.book(None)
    document = parse_document({**SHIPPED, "effectiveFrom": effective_from})
    draft = await change_rules.store_draft(world.ports, document, change_rules.ChangeNote("rule owner", "a note"))
    assert draft.version == version


async def test_the_first_question_finds_the_shipped_rule_set_in_force_with_its_document(world: World) -> None:
    answer = await world.get("rule-sets/1")
    assert (answer.status, answer.type) == (200, "application/json")
    reads = ("document", "sentences", "cases", "against", "difference")
    told_only_here = (*reads, "changes", "progress", "verified", "approvedBy", "approvalsNeeded")
    described = {name: value for name, value in answer.value.items() if name not in told_only_here}
    assert described == {
        "version": 1,
        "state": "active",
        "inForce": True,
        "effectiveFrom": "2023-02-13",
        "author": "shipped",
        "note": "The default rule set.",
        "sha256": sha256_of(SHIPPED),
        "createdAt": "2026-03-02T12:00:00.000000Z",
        "approvals": 0,
        "decidesFrom": "2023-02-13",
        "decidesUntil": None,
    }
    assert answer.value["document"] == SHIPPED
    assert (await world.get("rule-sets")).value == {"items": [described], "next": None}


async def test_versions_are_listed_newest_first_with_the_state_of_each(world: World) -> None:
    await store_draft(world, 2, "2024-02-05")
    await store_draft(world, 3, "2026-04-01")
    await store_draft(world, 4, "2026-01-01")
    for version in (2, 3, 4):
        await change_rules.activate(world.ports, version)
    await change_rules.retire(world.ports, 4)
    await store_draft(world, 5, "2025-01-01")
    assert await _states(world) == [
        (5, "draft", False),
        (4, "retired", False),
        (3, "active", False),
        (2, "active", True),
        (1, "active", False),
    ]
    world.pass_time(days=30)
    assert [version for version, _, in_force in await _states(world) if in_force] == [3]
    items = (await world.get("rule-sets")).value["items"]
    assert {each["version"]: (each["decidesFrom"], each["decidesUntil"]) for each in items} == {
        1: ("2023-02-13", "2024-02-04"),
        2: ("2024-02-05", "2026-03-31"),
        3: ("2026-04-01", None),
        4: (None, None),
        5: (None, None),
    }


async def _states(world: World) -> list[tuple[int, str, bool]]:
    items = (await world.get("rule-sets")).value["items"]
    return [(each["version"], each["state"], each["inForce"]) for each in items]


async def test_before_leaves_out_that_version_and_the_later_ones(world: World) -> None:
    await store_draft(world, 2, "2024-02-05")
    for before, versions in ((3, [2, 1]), (2, [1]), (1, [])):
        answer = await world.get("rule-sets", before=before)
        assert [each["version"] for each in answer.value["items"]] == versions
        assert answer.value["next"] is None


async def test_a_version_that_is_not_stored_is_not_found(world: World) -> None:
    answer = await world.get("rule-sets/2")
    assert (answer.status, answer.type) == (404, "application/problem+json")
