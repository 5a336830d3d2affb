"""The daily question to everybody: statistics and who lacks nothing but spend, against a naive count."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from itertools import count
from typing import Any

import pytest

from shared.api.previews import list_previews, post_question
from shared.api.statistics import DayStatistics, NearPage, get_statistics, list_near
from shared.domain.customer_state import CustomerState
from shared.errors import PassingError
from shared.messaging.sender import Queue
from shared.storage import statistics
from shared.storage.store import Table
from shared.workflow.change_rules import activate
from shared.workflow.population import places, survey, walk
from shared.workflow.population.asking import survey as ask_survey
from shared.workflow.population.walk import sweep_questions
from shared.workflow.recompute import recompute
from tests import events
from tests.oracle.oracle import Oracle
from tests.restored import copied, moment
from tests.watched_store import WatchedStore, breaking_at, once_at
from tests.workflow.naive_population import Side, decided, spend_of, verdict
from tests.workflow.test_change_rules import draft, programme
from tests.workflow.test_questions import DOCUMENT, TODAY, random_world, stricter
from tests.world import World

WORDS = {"met": "eligible", "unmet": "ineligible", "unknown": "undecided"}


@pytest.fixture(autouse=True)
def _sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "PAGE", 3)
    monkeypatch.setattr(places, "SHARES", 2)


async def surveyed(world: World) -> None:
    await ask_survey(world.ports)
    await world.settle()


async def statistics_of(world: World, **days: Any) -> list[DayStatistics]:
    since, until = days.get("since"), days.get("until")
    return (await get_statistics(world.ports, since, until, 100, ""))["items"]


async def nearest(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        page = await list_near(world.ports, after, 2)
        found += [dict(each) for each in page["items"]]
        if page["next"] is None:
            return found
        after = page["next"]


def naive_near(oracle: Oracle) -> list[tuple[Fraction, str]]:
    """Whoever would be eligible if the threshold were what it spends."""
    side = Side(DOCUMENT, TODAY)
    missing = []
    for each in oracle.customers():
        spend = spend_of(oracle, each, side)
        enough = Side(stricter(str(int(spend))), TODAY)
        if verdict(oracle, each, side) == "unmet" and decided(oracle, each, enough)[0] == "eligible":
            missing.append((300_000 - spend, each))
    return sorted(missing)


async def test_the_counts_of_a_day_are_those_of_a_naive_count_of_everybody() -> None:
    world, oracle = await random_world()
    for each in ("N-1", "N-2"):  # who lack nothing but spend
        for body in (events.spend(each, f"{each[-1]}00000"), events.project(each), events.attached(each, "P-1")):
            await world.post(body)
            oracle.post(body)
    for body in events.qualified():
        await world.post(body)
        oracle.post(body)
    await surveyed(world)
    (day,) = await statistics_of(world)
    side, ids = Side(DOCUMENT, TODAY), oracle.customers()
    status_of = {each: WORDS[verdict(oracle, each, side)] for each in ids}
    assert {name: number for name, number in day["counts"].items() if number} == Counter(status_of.values())
    assert (day["customers"], day["on"], day["ruleSetVersion"], day["currency"]) == (len(ids), "2026-06-01", 1, "USD")
    by_partner = Counter((partner, status_of[each]) for each in ids for partner in oracle.partners_of(each))
    assert {
        (name, status): n for name, counts in day["byPartner"].items() for status, n in counts.items() if n
    } == by_partner
    spends = [spend_of(oracle, each, side) for each in ids]
    for step in day["bySpend"]:
        below = step["below"]
        assert step["customers"] == sum(step["least"] <= each and (below is None or each < below) for each in spends)
    assert sum(step["customers"] for step in day["bySpend"]) == len(ids)
    naive = naive_near(oracle)
    assert len(naive) >= 2
    near = await nearest(world)
    assert [(Fraction(each["missing"]), each["customerId"]) for each in near] == naive
    assert day["near"] == len(naive)
    assert all(Fraction(each["spend"]) + Fraction(each["missing"]) == Fraction(each["required"]) for each in near)


async def test_what_decides_against_customers_is_counted_by_criterion() -> None:
    world = await programme(2)
    await world.post(events.spend("C-low", "1000"), events.spend("C-none", "0", application="unlisted"))
    world.now += timedelta(hours=1)
    await surveyed(world)
    (day,) = await statistics_of(world)
    assert day["counts"] == {"eligible": 2, "ineligible": 2, "undecided": 0}
    assert day["byCriterion"] == {"annual-spend": 2, "project": 2}


async def test_of_rules_with_two_thresholds_the_lower_one_that_would_do_is_what_is_required() -> None:
    document = stricter("500000")
    spend, project = document["criteria"]["criteria"]
    less = {**spend, "id": "less", "amount": "200000"}
    either = {"type": "any-of", "id": "either", "title": "Either", "criteria": [spend, {**less, "type": spend["type"]}]}
    document["criteria"]["criteria"] = [either, project]
    world = await programme(2)
    await world.post(events.spend("C-1", "150000"), events.project("C-1"), events.attached("C-1"))
    await world.post(events.spend("C-2", "150000"))
    version = await draft(world, **{"amount": "1", "criteria": document["criteria"]})
    await activate(world.ports, version)
    await world.settle()
    world.now += timedelta(hours=1)
    await surveyed(world)
    names = {"name": None, "owner": None}
    assert await nearest(world) == [
        {"customerId": "C-1", **names, "missing": "50000.00", "spend": "150000.00", "required": "200000.00"}
    ]


async def test_losses_are_counted_by_the_month_that_the_decision_names(monkeypatch: pytest.MonkeyPatch) -> None:
    days = {"C-000": date(2026, 9, 30), "C-001": date(2026, 9, 1), "C-002": None}

    def loses_on(state: CustomerState) -> date | None:
        return days[state.customer_id]

    monkeypatch.setattr(CustomerState, "loses_on", property(loses_on))
    world = await programme(3)
    await surveyed(world)
    assert (await statistics_of(world))[0]["lossesByMonth"] == {"2026-09": 2}


async def test_losses_within_90_days_are_counted_and_those_after_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await programme(3)
    days = {f"C-00{number}": world.now.date() + timedelta(days=ahead) for number, ahead in enumerate((1, 90, 91))}

    def loses_on(state: CustomerState) -> date | None:
        return days[state.customer_id]

    monkeypatch.setattr(CustomerState, "loses_on", property(loses_on))
    await surveyed(world)
    assert (await statistics_of(world))[0]["lossesWithin90Days"] == 2


def test_a_decision_without_the_day_of_its_loss_counts_in_no_month() -> None:
    assert CustomerState("C-1").loses_on is None
    assert CustomerState("C-1", decision={"status": "eligible"}).loses_on is None
    assert CustomerState("C-1", decision={"losesOn": "2026-09-30"}).loses_on == date(2026, 9, 30)


async def test_everybody_is_counted_once_a_day_and_again_at_once_when_the_rules_changed_meanwhile() -> None:
    world = await programme(3)
    await surveyed(world)
    for hours, expected in ((1, 1), (22, 1), (1, 2)):
        world.now += timedelta(hours=hours)
        await surveyed(world)
        assert len(await statistics_of(world)) == expected
    world.now += timedelta(hours=24)
    version = await draft(world, amount="305000")
    await ask_survey(world.ports)
    await activate(world.worker(), version)
    await world.settle()
    assert len(await statistics_of(world)) == 2
    await surveyed(world)
    days = await statistics_of(world)
    assert [(each["on"], each["ruleSetVersion"]) for each in days] == [
        ("2026-06-01", 1),
        ("2026-06-02", 1),
        ("2026-06-03", version),
    ]
    assert [each["on"] for each in await statistics_of(world, since=date(2026, 6, 2), until=date(2026, 6, 2))] == [
        "2026-06-02"
    ]


async def test_days_are_answered_page_by_page() -> None:
    world = await programme(1)
    for _ in range(25):
        await surveyed(world)
        world.now += timedelta(days=1)
    found: list[str] = []
    after = ""
    for _ in range(10):
        page = await get_statistics(world.ports, date(2026, 6, 3), date(2026, 6, 24), 10, after)
        found += [each["on"] for each in page["items"]]
        if page["next"] is None:
            break
        after = page["next"]
    assert found == [f"2026-06-{day:02}" for day in range(3, 25)]


async def test_nobody_is_counted_where_nobody_is_and_the_lists_are_empty() -> None:
    world = World()
    await surveyed(world)
    assert await statistics_of(world) == []
    nobody: NearPage = {"items": [], "next": None, "countedAt": None, "currency": None, "omitted": 0}
    assert await list_near(world.ports, "", 50) == nobody


async def test_a_survey_takes_the_place_of_no_other_question_and_is_not_listed() -> None:
    world = await programme(1)
    await ask_survey(world.ports)
    for _ in range(4):
        await post_question(world.ports, {"to": {"on": "2027-01-01"}})
    await world.settle()
    assert len((await list_previews(world.ports, "", 50))["items"]) == 4
    assert len(await statistics_of(world)) == 1


async def test_of_very_many_the_nearest_are_kept_and_the_others_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "MOST_NEAR", 5)
    monkeypatch.setattr(survey, "_PAGES", 1)
    monkeypatch.setattr(survey, "NEAR_PAGE", 2)
    monkeypatch.setattr(statistics, "NEAR_PAGE", 2)
    monkeypatch.setattr("shared.api.statistics.NEAR_PAGE", 2)
    world = await programme(9)
    await activate(world.ports, await draft(world, amount="400000"))
    await world.settle()
    await surveyed(world)
    assert [each["customerId"] for each in await nearest(world)] == [f"C-00{number}" for number in range(8, 3, -1)]
    page = await list_near(world.ports, "", 3)
    assert (len(page["items"]), page["next"], page["omitted"]) == (3, "3", 4)
    assert (await statistics_of(world))[0]["near"] == 9


async def test_two_timers_at_once_ask_once() -> None:
    world = await programme(2)

    async def another() -> None:
        await ask_survey(world.worker())

    slow = WatchedStore(world.store, before=once_at("commit", Table.QUESTIONS, another))
    await ask_survey(world.worker(slow))
    assert len(world.sent.queues[Queue.RECOMPUTE]) == len(places.names_of(await the_survey(world)))


async def the_survey(world: World) -> Any:
    return await world.ports.questions.load((await world.ports.questions.running()).survey)


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after the call"])
async def test_a_break_at_any_call_is_healed_and_the_counts_are_the_same(after: bool) -> None:
    prepared = await programme(4)
    await activate(prepared.ports, await draft(prepared, amount="315000"))
    await prepared.settle()
    rows = await moment(prepared.store)
    expected: Any = None
    for number in count(0):
        world = World(await copied(rows))
        store = WatchedStore(world.store, **{"after" if after else "before": breaking_at(number, perhaps=True)})
        ports = world.worker(store) if number else world.ports
        broke = False
        queue = world.sent.queues[Queue.RECOMPUTE]
        try:
            await ask_survey(ports)
            while queue:
                await recompute(ports, queue[0].body, 1)
                queue.popleft()
        except PassingError:
            broke = True
        await world.settle()
        for _ in range(2):
            world.now += walk.LEFT_AFTER + timedelta(seconds=1)
            await sweep_questions(world.ports)
            await ask_survey(world.ports)
            await world.settle()
        (day,) = await statistics_of(world)
        end = {**day, "countedAt": ""}, await nearest(world)
        expected = expected or end
        assert end == expected, f"after a break at call {number}"
        if number and not broke:
            assert number > 20
            break
