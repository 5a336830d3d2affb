"""``GET customers/{id}/eligibility``: decided now, from the stored facts, for today or any other date."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from shared.messaging.sender import Queue
from shared.workflow import change_rules
from shared.workflow.sweep import sweep_due
from tests.api.given import covered, project, qualified, spend
from tests.api.test_rule_sets import store_draft
from tests.api.world import World
from tests.clocks import storage_clock


async def test_without_a_date_it_is_decided_for_today_by_the_clock(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    world.pass_time(days=1)
    answer = await world.get("customers/C-1/eligibility")
    assert (answer.status, answer.type) == (200, "application/json")
    assert (answer.value["customerId"], answer.value["status"]) == ("C-1", "eligible")
    assert (answer.value["decidedOn"], answer.value["eligibleProjects"]) == ("2026-03-03", ["J-1"])


@pytest.mark.parametrize(
    ("on", "status"),
    [
        ("2023-02-13", "ineligible"),  # the first day of the rules; the training is still to come
        ("2026-01-09", "ineligible"),
        ("2026-01-10", "eligible"),  # the training is completed
        ("2026-06-30", "eligible"),  # the licence's last day
        ("2026-07-01", "ineligible"),
        ("9999-12-31", "ineligible"),
    ],
)
async def test_a_past_or_future_date_is_decided_from_what_is_known_now(world: World, on: str, status: str) -> None:
    await world.handle(*qualified(), *covered("C-1"), spend("C-1", time="2026-03-02T00:00:00Z", endsOn="2026-06-30"))
    answer = await world.get("customers/C-1/eligibility", on=on)
    assert (answer.status, answer.value["status"], answer.value["decidedOn"]) == (200, status, on)
    assert ("benefits" in answer.value) == (status == "eligible")
    assert ("selfGuidedResources" in answer.value) == (status == "ineligible")


@pytest.mark.parametrize(
    ("on", "known"),
    [("2023-02-13", "2026-03-02"), ("2026-03-01", "2026-03-02"), ("2026-03-02", None), ("2026-03-03", None)],
)
async def test_an_answer_for_a_past_date_says_that_it_is_by_what_is_known_today(
    world: World, on: str, known: str | None
) -> None:
    """The same by ``check``, of a stored customer and in a list; what was known then is in the history."""
    await world.handle(spend("C-1"))
    answer = await world.get("customers/C-1/eligibility", on=on)
    question: dict[str, object] = {"customerId": "C-1", "on": on}
    checked = await world.post("check", json.dumps(question).encode())
    listed = await world.post("check", json.dumps([question | {"partners": [{"partnerId": "P-1"}]}]).encode())
    assert [each.get("knownAsOf") for each in (answer.value, checked.value, listed.value[0])] == [known] * 3


async def test_the_next_change_is_counted_from_the_date_asked_for(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"), spend("C-1", time="2026-03-02T00:00:00Z", endsOn="2026-06-30"))
    answers = [(await world.get("customers/C-1/eligibility", on=on)).value for on in ("2026-03-02", "2026-07-01")]
    assert [each["losesOn"] for each in answers] == ["2026-07-01", None]
    assert [each["nextChangeOn"] for each in answers] == ["2026-04-02", None]
    because = {"text": "Licence L-1 ends.", "changes": [{"kind": "licence", "change": "ends", "licenceId": "L-1"}]}
    ineligible = {"status": "ineligible", "eligibleProjects": [], "byException": False}
    ineligible |= {"ruleSetVersion": 1, "because": because}
    assert [each["forecast"] for each in answers] == [[{"on": "2026-07-01", **ineligible}], []]


async def test_the_rules_are_those_in_force_on_the_date_asked_for(world: World) -> None:
    await world.handle(*covered("C-1"))
    await store_draft(world, 2, "2026-05-01")
    await change_rules.activate(world.ports, 2)
    versions = [
        (await world.get("customers/C-1/eligibility", on=on)).value["ruleSetVersion"]
        for on in ("2026-04-30", "2026-05-01")
    ]
    assert versions == [1, 2]


async def test_a_date_before_the_first_rule_set_is_a_conflict(world: World) -> None:
    await world.handle(spend("C-1"))
    for on in ("2023-02-12", "0001-01-01"):
        answer = await world.get("customers/C-1/eligibility", on=on)
        assert (answer.status, answer.type) == (409, "application/problem+json")
        assert on in answer.value["detail"]


@pytest.mark.parametrize(
    "on", ["2026-02-30", "2026-3-2", "20260302", "2026-W10-1", "2026-03-02T00:00:00Z", "0000-01-01", "٢٠٢٦-٠٣-٠٢", "x"]
)
async def test_what_is_not_a_date_is_refused_by_the_parameters_name(world: World, on: str) -> None:
    await world.handle(spend("C-1"))
    answer = await world.get("customers/C-1/eligibility", on=on)
    assert (answer.status, answer.error_paths) == (400, ["on"])
    assert "2026-03-02" in answer.value["errors"][0]["message"]


async def test_the_whole_tree_is_told_however_large(world: World) -> None:
    await world.handle(spend("C-1"), *(project("C-1", f"J-{number:03d}") for number in range(200)))
    answer = (await world.get("customers/C-1/eligibility")).value
    assert [each["subject"]["project"] for each in answer["criteria"]["children"][1]["children"]] == [
        f"J-{number:03d}" for number in range(200)
    ]
    assert "omitted" not in str(answer)
    assert "omitted" in str((await world.get("customers/C-1")).value["decision"])


async def test_asking_stores_and_sends_nothing(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    stored = world.store.writes
    sent = {queue: len(messages) for queue, messages in world.sender.queues.items()}
    world.pass_time(days=400)
    for on in ("2026-01-01", "2030-01-01"):
        await world.get("customers/C-1/eligibility", on=on)
    await world.get("customers/C-1/eligibility")
    assert world.store.writes == stored
    assert {queue: len(messages) for queue, messages in world.sender.queues.items()} == sent
    assert sent[Queue.NOTIFICATIONS] == 2


async def test_between_midnight_and_the_recompute_no_sequence_is_that_of_a_decision_with_another_outcome(
    world: World,
) -> None:
    await world.handle(*qualified(), *covered("C-1"), spend("C-1", time="2026-03-02T00:00:00Z", endsOn="2026-03-02"))
    before = (await world.get("customers/C-1/eligibility")).value
    assert (before["status"], before["sequence"]) == ("eligible", 3)
    assert before["expiring"] == {"losesOn": "2026-03-03", "within": 7}
    world.now = datetime(2026, 3, 3, 0, 0, 1, tzinfo=UTC)
    after = (await world.get("customers/C-1/eligibility")).value
    assert (after["status"], after["sequence"]) == ("ineligible", None)
    await sweep_due(world.ports)
    await world.handle()
    decided = (await world.get("customers/C-1/eligibility")).value
    assert (decided["status"], decided["sequence"]) == ("ineligible", 4)


@pytest.mark.parametrize("days", [366, -366])
async def test_a_process_whose_clock_is_off_answers_no_question_about_today(world: World, days: int) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    world.ports.storage_clock = storage_clock(lambda: world.now, lambda: timedelta(days=days))
    world.ports.storage_clock.answered(format_datetime(world.now, usegmt=True))
    answer = await world.get("customers/C-1/eligibility")
    assert (answer.status, answer.value["title"]) == (503, "Clock off")
    word = "ahead of" if days > 0 else "behind"
    assert answer.value["detail"] == f"this machine's clock is 366 days, 0:00:00 {word} the storage's; ask again"
