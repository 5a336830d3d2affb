"""A question goes on whatever breaks, and counts each customer once."""

import json
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from shared.api.previews import get_preview, get_question, list_customers_of_preview, post_question
from shared.api.problems import Problem
from shared.api.rule_sets import activate_rule_set
from shared.domain.recompute import PreviewStep
from shared.errors import PassingError
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.storage import keys
from shared.storage.heads import Place
from shared.storage.previews import CHANGES, Preview
from shared.storage.store import Table
from shared.workflow.change_rules import activate
from shared.workflow.population import places, walk
from shared.workflow.population.places import DIRECTORY
from shared.workflow.population.walk import sweep_questions
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from tests import events, older_version
from tests.restored import copied, moment
from tests.watched_store import WatchedStore, breaking_at, once_at
from tests.workflow.test_change_rules import draft, programme
from tests.workflow.test_crashes import BreakingSender
from tests.world import World

QUESTION: Any = {"to": {"partners": [{"partnerId": "P-1", "competencies": []}]}}
DAY: Any = {"to": {"on": "2027-03-31"}}
AMOUNT = "322000"
LOST = ["C-000", "C-001", "C-002"]


@pytest.fixture(autouse=True)
def _sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "PAGE", 2)
    monkeypatch.setattr(places, "SHARES", 2)
    monkeypatch.setattr(walk, "PAGES_PER_CALL", 1)


_prepared: list[tuple[World, int]] = []


async def indexed() -> tuple[World, int]:
    """Six customers; the last one only the directory has. A stricter rule set is stored, by which three lose."""
    if not _prepared:
        world = await programme(6)
        world.now += timedelta(hours=1)
        await world.ports.heads.delete(Place(keys.head_partition("C-005"), "C-005"))
        _prepared.append((world, await draft(world, amount=AMOUNT)))
    prepared, version = _prepared[0]
    return World(await copied(await moment(prepared.store)), now=prepared.now), version


async def begun() -> tuple[World, str]:
    world, version = await indexed()
    return world, (await post_question(world.ports, {"to": {"ruleSetVersion": version}}))["id"]


async def handled(world: World, ports: Ports | None = None) -> None:
    """A message whose handling fails stays on its queue, as the host leaves it."""
    queue = world.sent.queues[Queue.RECOMPUTE]
    while queue:
        await recompute(ports or world.ports, queue[0].body, 1)
        queue.popleft()


async def ended(world: World, question_id: str) -> dict[str, Any]:
    """All that was counted, and who was told."""
    found = await get_question(world.ports, question_id)
    told = {}
    for change in CHANGES:
        page = await list_customers_of_preview(world.ports, question_id, "", 1000, change)
        told[change] = sorted(each["customerId"] for each in page["items"])
    counted = ("state", "outOfDate", "done", "of", "counts", "byCriterion", "byPartner", "spendAtStake")
    return {**{name: found[name] for name in counted}, "told": told}  # type: ignore[literal-required]


async def undisturbed() -> dict[str, Any]:
    world, question_id = await begun()
    await handled(world)
    return await ended(world, question_id)


@pytest.mark.parametrize("question", [DAY, {"to": {"on": "2027-03-31"}, "only": {"partnerIds": ["P-1"]}}])
async def test_how_many_there_are_is_counted_page_by_page(question: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_COUNTED", 1)
    world, _ = await indexed()
    asked = await post_question(world.ports, question)
    names = [PreviewStep(asked["id"], each) for each in ("00-7f", "80-ff", "partners")]
    for each in names:
        await recompute(world.ports, each.to_bytes(), 1)
    rows = sum(each.rows for each in await world.ports.questions.parts(asked["id"]))
    assert rows == (6 if "only" in question else 5)


async def test_customers_of_the_index_and_those_of_the_directory_alone_are_counted_once() -> None:
    end = await undisturbed()
    assert (end["state"], end["outOfDate"], end["done"], end["of"]) == ("finished", False, 6, 6)
    assert (end["told"]["lost"], end["counts"]["lost"]) == (LOST, 3)
    assert sorted(each for told in end["told"].values() for each in told) == [f"C-00{number}" for number in range(6)]


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after the call"])
@pytest.mark.parametrize("sends", [False, True], ids=["at the store", "at a queue"])
async def test_a_break_at_any_call_is_healed_by_redelivery_and_counts_nobody_twice(sends: bool, after: bool) -> None:
    expected = await undisturbed()
    for number in count(1):
        world, question_id = await begun()
        breaking = breaking_at(number, perhaps=True)
        store = WatchedStore(world.store, **{"after" if after else "before": breaking})
        sender = BreakingSender(world, number, after)
        ports = world.worker(sender=sender) if sends else world.worker(store)
        broke = False
        try:
            await handled(world, ports)
        except PassingError:
            broke = True
        await handled(world)
        assert await ended(world, question_id) == expected, f"after a break at call {number}"
        if not broke:
            assert number > 3
            break


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after the call"])
async def test_a_message_that_a_break_lost_is_sent_again_by_the_sweep(after: bool) -> None:
    expected = await undisturbed()
    for number in count(1):
        world, question_id = await begun()
        store = WatchedStore(world.store, **{"after" if after else "before": breaking_at(number, perhaps=True)})
        broke = False
        try:
            await handled(world, world.worker(store))
        except PassingError:
            broke = True
            world.sent.queues[Queue.RECOMPUTE].popleft()  # and never comes back
        await handled(world)
        for _ in range(3):
            world.now += walk.LEFT_AFTER + timedelta(seconds=1)
            await sweep_questions(world.ports)
            await handled(world)
        assert await ended(world, question_id) == expected, f"after a break at call {number}"
        if not broke:
            break


@pytest.mark.parametrize("pages_before", [0, 1])
@pytest.mark.parametrize("operation", ["query", "commit"])
async def test_of_two_handlers_at_one_part_one_counts(
    monkeypatch: pytest.MonkeyPatch, operation: str, pages_before: int
) -> None:
    """The other one does all of the question while the first is at a page of it."""
    monkeypatch.setattr(places, "PAGE", 1)
    expected = await undisturbed()
    world, question_id = await begun()
    queue = world.sent.queues[Queue.RECOMPUTE]
    body = queue.popleft().body
    for _ in range(pages_before):
        await recompute(world.ports, body, 1)

    async def another() -> None:
        while True:
            await recompute(world.worker(), body, 1)
            if (part := await world.ports.questions.part(question_id, json.loads(body)["part"])) and part.over:
                break
        await handled(world, world.worker())

    table = Table.HEADS if operation == "query" else Table.QUESTIONS
    slow = WatchedStore(world.store, before=once_at(operation, table, another))
    await recompute(world.worker(slow), body, 1)
    await handled(world)
    assert await ended(world, question_id) == expected


async def test_every_message_twice_counts_everybody_once() -> None:
    expected = await undisturbed()
    world, question_id = await begun()
    queue = world.sent.queues[Queue.RECOMPUTE]
    while queue:
        message = queue.popleft()
        await recompute(world.ports, message.body, 1)
        await recompute(world.ports, message.body, 1)
    assert await ended(world, question_id) == expected


@pytest.mark.parametrize("moment", range(12))
async def test_a_customer_decided_while_a_question_runs_is_counted_once(moment: int) -> None:
    """Also one that gets its row in the index meanwhile, which only the directory had."""
    world, question_id = await begun()
    queue = world.sent.queues[Queue.RECOMPUTE]
    for number in count():
        if number == moment:
            late = [events.spend(each, "200000", time="2026-04-01T00:00:00Z") for each in ("C-005", "C-001")]
            await older_or_newer(world, *late)
        if not queue:
            break
        await recompute(world.ports, queue.popleft().body, 1)
    end = await ended(world, question_id)
    told = sorted(each for ids in end["told"].values() for each in ids)
    assert told == [f"C-00{number}" for number in range(6)]
    assert (end["done"], sum(end["counts"].values())) == (6, 6)


async def older_or_newer(world: World, *bodies: bytes) -> None:
    waiting = list(world.sent.queues[Queue.RECOMPUTE])
    world.sent.queues[Queue.RECOMPUTE].clear()
    await world.post(*bodies)
    world.sent.queues[Queue.RECOMPUTE].extend(waiting)


@pytest.mark.parametrize("moment", range(10))
async def test_a_customer_that_an_older_version_decides_meanwhile_is_counted_once(moment: int) -> None:
    world, question_id = await begun()
    queue = world.sent.queues[Queue.RECOMPUTE]
    for number in count():
        if number == moment:
            await receive_event(older_version.ports(world), events.spend("C-003", "1", "L-2"), 1)
        if not queue:
            break
        await recompute(world.ports, queue.popleft().body, 1)
    end = await ended(world, question_id)
    assert sorted(each for ids in end["told"].values() for each in ids) == [f"C-00{number}" for number in range(6)]


@pytest.mark.parametrize("messages", range(1, 6))
async def test_rules_that_change_in_the_middle_end_it_as_out_of_date(messages: int) -> None:
    world, question_id = await begun()
    other = await draft(world, amount="900000")
    queue = world.sent.queues[Queue.RECOMPUTE]
    for _ in range(min(messages, len(queue))):
        if queue:
            await recompute(world.ports, queue.popleft().body, 1)
    finished = (await get_question(world.ports, question_id))["state"] == "finished"
    await activate(world.ports, other)
    await handled(world)
    end = await ended(world, question_id)
    assert (end["state"], end["outOfDate"]) == ("finished", not finished)
    assert {change: len(ids) for change, ids in end["told"].items()} == end["counts"]


async def test_a_preview_of_0_2_0_under_way_ends_as_out_of_date_and_none_of_its_counts_is_taken() -> None:
    world, version = await indexed()
    rules = await world.ports.rule_sets.load()
    assert rules
    old = Preview("0123456789abcdef", version, "0" * 64, rules.epoch, "2026-06-01", (), True, "t", "t", after="C-001")
    old = replace(old, counts=dict.fromkeys(CHANGES, 1), started_at=world.ports.timestamp(), at=world.ports.timestamp())
    await world.ports.previews.save(old)
    assert (await get_preview(world.ports, version, old.id))["outOfDate"]
    await recompute(world.ports, PreviewStep(old.id).to_bytes(), 1)
    stored = await world.ports.previews.load(old.id)
    assert stored
    assert (stored.state, stored.out_of_date, stored.epoch) == ("finished", True, 0)
    with pytest.raises(Problem, match="changed since"):
        await activate_rule_set(world.ports, version, {"previewId": old.id})


async def test_a_preview_that_0_2_0_finished_still_counts() -> None:
    world, version = await indexed()
    rules = await world.ports.rule_sets.load()
    assert rules
    at = world.ports.timestamp()
    old = Preview("0123456789abcdef", version, "0" * 64, rules.epoch, "2026-06-01", (), True, at, at, "finished")
    told = {"customerId": "C-000", "status": "ineligible", "previousStatus": "eligible"}
    page: Any = {"lost": [{**told, "eligibleProjects": [], "criteria": ["annual-spend"]}]}
    counts = {**dict.fromkeys(CHANGES, 0), "lost": 2}
    await world.ports.previews.save(replace(old, counts=counts, pages=2))
    await world.ports.previews.save_page(old.id, 0, page)
    await world.ports.previews.save_page(old.id, 1, {"lost": [{**page["lost"][0], "customerId": "C-001"}]})
    first = await list_customers_of_preview(world.ports, old.id, "", 1, "lost")
    assert first["next"]
    second = await list_customers_of_preview(world.ports, old.id, first["next"], 1, "lost")
    assert [each["customerId"] for each in first["items"] + second["items"]] == ["C-000", "C-001"]
    assert (first["items"][0]["because"], second["next"]) == (None, None)
    changed = await activate_rule_set(world.ports, version, {"previewId": old.id, "maxLost": 2})
    assert changed["state"] == "active"


async def test_a_message_of_a_part_that_no_question_has_is_done_with() -> None:
    world, question_id = await begun()
    world.sent.queues[Queue.RECOMPUTE].clear()
    for part in ("00-01", "partners", "elsewhere"):
        await recompute(world.ports, PreviewStep(question_id, part).to_bytes(), 1)
    await recompute(world.ports, PreviewStep("f" * 16, DIRECTORY).to_bytes(), 1)
    assert not world.sent.queues[Queue.RECOMPUTE]
    assert await world.ports.questions.parts(question_id) == []


async def test_steps_wait_so_that_all_parts_together_keep_the_pace() -> None:
    world, question_id = await begun()
    world.ports.pace = 1
    delays = []
    queue = world.sent.queues[Queue.RECOMPUTE]
    while queue:
        message = queue.popleft()
        delays.append(message.delay)
        await recompute(world.ports, message.body, 1)
    assert {each for each in delays if each} == {2.0 * len(("00-7f", "80-ff", DIRECTORY))}
    assert (await get_question(world.ports, question_id))["done"] == 6
