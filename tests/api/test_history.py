"""``GET customers/{id}/history``: the recorded decisions."""

import json

from shared.messaging.sender import Queue
from tests.api.given import attached, covered, detached, qualified, spend
from tests.api.world import World


async def test_recorded_decisions_are_told_newest_first_and_only_changes_of_outcome_are_recorded(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    world.pass_time(days=1)
    await world.handle(spend("C-1", "400000", time="2026-03-02T10:00:00Z"), detached("C-1"))
    answer = await world.get("customers/C-1/history")
    assert (answer.status, answer.type, answer.value["next"]) == (200, "application/json", None)
    told = [(each["sequence"], each["status"], each["eligibleProjects"]) for each in answer.value["items"]]
    assert told == [(3, "ineligible", []), (2, "eligible", ["J-1"]), (1, "ineligible", [])]
    assert [each["decidedAt"][:10] for each in answer.value["items"]] == ["2026-03-03", "2026-03-02", "2026-03-02"]


async def test_a_recorded_decision_is_what_its_notification_told(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    notified = [json.loads(message.body)["data"] for message in world.sender.queues[Queue.NOTIFICATIONS]]
    items = (await world.get("customers/C-1/history")).value["items"]
    for recorded, data in zip(reversed(items), notified, strict=True):
        told = {name: value for name, value in recorded.items() if name not in ("decidedAt", "ruleSetSha256")}
        assert told == {name: value for name, value in data.items() if not name.startswith("previous")}


async def test_a_recorded_decision_does_not_change_when_the_facts_do(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    before = (await world.get("customers/C-1/history")).value["items"]
    world.pass_time(days=30)
    await world.handle(detached("C-1"), attached("C-1", time="2026-03-05T00:00:00Z"))
    assert (await world.get("customers/C-1/history")).value["items"][-2:] == before


async def test_before_leaves_out_that_sequence_and_the_later_ones(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"), detached("C-1"))
    for before, sequences in ((4, [3, 2, 1]), (3, [2, 1]), (2, [1]), (1, []), (9_999_999_998, [3, 2, 1])):
        answer = await world.get("customers/C-1/history", before=before)
        assert [each["sequence"] for each in answer.value["items"]] == sequences
        assert answer.value["next"] is None
