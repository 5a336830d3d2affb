"""Every recorded decision, replayed from the facts kept with it, comes out the same."""

import copy
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.commands.decide_again import decide_again
from shared.api.customers import get_recorded
from shared.api.rule_sets import activate_rule_set, post_rule_set
from shared.errors import PermanentError
from shared.rule_books import SHIPPED
from tests import events
from tests.oracle.random_events import events as random_events
from tests.oracle.random_events import shuffled_with_repeats
from tests.world import World

type Json = dict[str, Any]

TODAY = datetime(2026, 6, 1, 12, tzinfo=UTC)


async def other_rules_from(world: World, day: str) -> None:
    """A second rule set that asks for less spend, in force from a day on."""
    document = json.loads(SHIPPED.read_bytes()) | {"effectiveFrom": day}
    document["criteria"]["criteria"][0]["amount"] = "100000"
    await world.ports.rule_books.book(None)
    draft = await post_rule_set(world.ports, {"document": document})
    await activate_rule_set(world.ports, draft["version"], {})


async def recorded(world: World) -> list[Json]:
    """Every recorded decision of every customer, as HTTP answers it."""
    heads = await world.heads()
    answers = [
        await get_recorded(world.ports, head.customer_id, sequence)
        for head in heads
        for sequence in range(1, head.sequence + 1)
    ]
    return [json.loads(json.dumps(answer)) for answer in answers]


@pytest.mark.parametrize("seed", range(4))
async def test_every_recorded_decision_of_a_random_world_replays_to_the_same(seed: int) -> None:
    world = World(now=TODAY)
    await other_rules_from(world, "2026-06-20")
    messages = random_events(seed, 400, customers=20, partners=6, today=TODAY.date())
    for number, message in enumerate(shuffled_with_repeats(messages, seed)):
        await world.post(message)
        if number % 10 == 0:
            world.now += timedelta(days=1)
    answers = await recorded(world)
    assert len(answers) > 25
    assert {each["status"] for each in answers} == {"eligible", "ineligible"}
    assert {each["ruleSetVersion"] for each in answers} == {1, 2}
    assert [(each["customerId"], each["sequence"], decide_again(each)) for each in answers if decide_again(each)] == []


async def test_a_decision_of_very_many_projects_replays_to_the_same_cut_of_its_reasons_and_lists() -> None:
    world = World()
    await world.post(*events.qualified(), events.spend(), events.attached())
    for number in range(120):
        await world.post(events.project(project_id=f"J-{number:04d}-{'x' * 50}"))
    answers = await recorded(world)
    assert answers[-1]["eligibleProjectsOmitted"] > 50
    assert not any(map(decide_again, (answers[0], answers[60], answers[-1])))


async def answered() -> Json:
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    return (await recorded(world))[-1]


def set_in(value: Json, path: tuple[str | int, ...], member: Any) -> Json:
    changed = copy.deepcopy(value)
    inner: Any = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = member
    return changed


@pytest.mark.parametrize(
    ("path", "member", "told"),
    [
        (("status",), "ineligible", '$.status: recorded "ineligible", now "eligible"'),
        (("eligibleProjects",), [], '$.eligibleProjects: recorded [], now ["J-1"]'),
        (("eligibleProjectsOmitted",), 3, "$.eligibleProjectsOmitted: recorded 3, now null"),
        (("nextChangeOn",), "2030-01-01", '$.nextChangeOn: recorded "2030-01-01", now null'),
        (
            ("criteria", "children", 0, "verdict"),
            "unmet",
            '$.criteria.children[0].verdict: recorded "unmet", now "met"',
        ),
        (("benefits", 0, "title"), "x", "$.benefits[0].title: recorded "),
        (("facts", "customer", "licences", 0, "annualAmount"), "299999.99", '$.status: recorded "eligible", now "inel'),
        (("facts", "partners", 0, "trainings"), [], '$.status: recorded "eligible", now "ineligible"'),
        (("facts", "on"), "2026-06-02", '$.decidedOn: recorded "2026-06-01", now "2026-06-02"'),
        (("ruleSet", "benefits"), [], "$.ruleSet (its SHA-256): recorded "),
    ],
)
async def test_a_changed_fact_rule_or_answer_is_told(path: tuple[str | int, ...], member: Any, told: str) -> None:
    answer = await answered()
    assert decide_again(answer) == []
    assert any(line.startswith(told) for line in decide_again(set_in(answer, path, member)))


def written_otherwise(value: Any) -> Any:
    """Amounts with other zeros, lists of levels turned round; all else as it is."""
    match value:
        case {"amount": str(amount)}:
            return {**value, "amount": f"{amount}0" if "." in amount else f"{amount}.00"}
        case {"levels": list(levels)}:
            return {**value, "levels": levels[::-1]}
        case dict():
            return {name: written_otherwise(each) for name, each in value.items()}
        case list():
            return [written_otherwise(each) for each in value]
        case _:
            return value


async def test_reasons_with_equal_values_that_are_written_otherwise_are_the_same() -> None:
    answer = await answered()
    other = answer | {"criteria": written_otherwise(answer["criteria"])}
    assert json.dumps(other).count("300000.00") > json.dumps(answer).count("300000.00")
    assert '["silver", "gold"]' in json.dumps(other)
    assert decide_again(other) == []


async def answered_before(day: str) -> Json:
    """Recorded when other rules were to come into force that day: then with less spend."""
    world = World()
    await other_rules_from(world, day)
    await world.post(*events.eligible(), *events.qualified())
    await world.post(events.spend(amount="200000", time="2026-03-02T00:00:00Z"))
    return (await recorded(world))[-1]


async def test_it_is_decided_again_by_the_rules_that_were_to_come_too() -> None:
    answer = await answered_before("2026-07-01")
    assert (answer["status"], answer["nextChangeOn"]) == ("ineligible", "2026-07-01")
    assert decide_again(answer) == []
    told = decide_again(set_in(answer, ("nextChangeOn",), None))
    assert told == ['$.nextChangeOn: recorded null, now "2026-07-01"']
    told = decide_again(set_in(answer, ("laterRuleSets", 0, "criteria", "criteria", 0, "amount"), "300000"))
    assert told[0].startswith("$.laterRuleSets (their SHA-256)[0]: recorded ")
    assert told[1:] == [f'$.{name}: recorded "2026-07-01", now null' for name in ("gainsOn", "nextChangeOn")]


async def test_without_a_rule_set_that_was_to_come_it_cannot_be_replayed() -> None:
    answer = await answered_before("2026-07-01")
    with pytest.raises(PermanentError, match="rule set 2 is not in the file"):
        decide_again(set_in(answer, ("laterRuleSets", 0), None))


async def test_of_what_an_older_version_recorded_the_next_change_is_not_compared() -> None:
    """It was the next day on which any fact started or stopped; later rule sets were not kept."""
    answer = await answered_before("2026-07-01")
    facts = {name: value for name, value in answer["facts"].items() if name != "laterRuleSets"}
    older = {name: value for name, value in answer.items() if name != "laterRuleSets"}
    assert decide_again({**older, "facts": facts, "nextChangeOn": "2026-06-05"}) == []


@pytest.mark.parametrize(("missing", "why"), [("facts", "facts it used were not kept"), ("ruleSet", "not in the file")])
async def test_without_its_facts_or_its_rule_set_a_decision_cannot_be_replayed(missing: str, why: str) -> None:
    with pytest.raises(PermanentError, match=why):
        decide_again((await answered()) | {missing: None})
