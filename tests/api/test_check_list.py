"""``POST check`` with a list: each question answered by itself, in order, reading each row of the store once."""

import asyncio
from typing import Any

import pytest

from shared import wiring
from shared.api import what_if
from shared.ports import Ports
from shared.storage.store import Table
from tests.api.asking import ATTACHMENT, CUSTOMER, GOLD, LICENCE, PARTNER, PROJECT, ask
from tests.api.given import certified, covered, qualified
from tests.api.world import World
from tests.watched_store import Call, WatchedStore


async def test_each_question_has_its_decision_or_its_problem_in_its_place(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    wrong = {"customer": {"licences": [LICENCE | {"annualAmount": "300,000"}]}}
    questions: list[Any] = [
        {"customerId": "C-1"},
        {"customerId": "C-2"},
        {"customer": CUSTOMER, "partners": [PARTNER]},
        wrong,
        {"on": "1999-01-01"},
        {"ruleSetVersion": 7},
        7,
    ]
    answer = await ask(world, questions)
    assert (answer.status, answer.type) == (200, "application/json")
    assert [each["status"] for each in answer.value] == ["eligible", 404, "eligible", 400, 409, 404, 400]
    assert [error["path"] for each in answer.value for error in each.get("errors", ())] == [
        "$[1].customerId",
        "$[3].customer.licences[0].annualAmount",
        "$[5].ruleSetVersion",
        "$[6]",
    ]
    assert answer.value[4]["title"] == "No rule set in force"


async def test_a_list_holds_1_to_250_questions(world: World) -> None:
    assert len((await ask(world, [{}] * 250)).value) == 250
    for number, status in ((0, 400), (251, 422)):
        answer = await ask(world, [{}] * number)
        assert (answer.status, answer.error_paths) == (status, ["$"])


async def test_a_store_that_does_not_answer_makes_the_whole_list_503(world: World) -> None:
    await world.handle(*covered("C-1"))
    world.store.down = True
    assert (await ask(world, [{"customerId": "C-1"}, {}])).status == 503


@pytest.fixture
def watched(world: World, monkeypatch: pytest.MonkeyPatch) -> WatchedStore:
    """The world's store, watched."""
    store = WatchedStore(world.store)
    monkeypatch.setattr(wiring, "_built", Ports(store, world.sender, lambda: world.now))
    return store


async def test_each_stored_row_is_read_once_per_request(world: World, watched: WatchedStore) -> None:
    await world.handle(*qualified(), *covered("C-1"), *covered("C-2"))
    given = {"partnerId": "P-1", "competencies": [GOLD | {"level": "silver"}]}
    questions = [
        {"customerId": customer, "partners": partners} for customer in ("C-1", "C-2") * 40 for partners in ([], [given])
    ]
    answer = await ask(world, questions)
    assert {each["status"] for each in answer.value} == {"eligible"}
    customers = [call for call in watched.calls if call.table is Table.CUSTOMERS]
    partners = [call.operation for call in watched.calls if call.table is Table.PARTNERS]
    assert len(customers) == 2
    assert partners == ["get"] * 3, "the summary, the fact given, and whether the summary is still that"
    assert not any(call.writes for call in watched.calls)


async def test_a_partner_costs_one_read_of_its_summary_and_one_of_each_fact_given(
    world: World, watched: WatchedStore
) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    unknown = [GOLD | {"validFrom": f"2001-01-0{number}"} for number in range(1, 4)]
    for given, reads in (([], 1), ([{"partnerId": "P-1"}], 1), ([{"partnerId": "P-1", "competencies": unknown}], 4)):
        watched.calls.clear()
        await ask(world, {"customerId": "C-1", "partners": given})
        partners = [call.operation for call in watched.calls if call.table is Table.PARTNERS]
        assert partners == ["get"] * reads


async def test_a_partner_that_changes_between_its_summary_and_its_facts_is_read_again(
    world: World, watched: WatchedStore
) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    changed = False

    async def change_it(call: Call) -> None:
        nonlocal changed
        if call.table is Table.PARTNERS and not changed:
            changed = True
            await world.handle(certified(level="none", validFrom="2026-02-01"))

    watched.after = change_it
    answer = await ask(world, {"customerId": "C-1", "partners": [{"partnerId": "P-1", "competencies": [GOLD]}]})
    assert changed
    assert answer.value["status"] == "ineligible"


async def test_questions_overlap_and_at_most_16_rows_are_read_at_a_time(world: World, watched: WatchedStore) -> None:
    for number in range(40):
        await world.handle(*covered(f"C-{number}"))
    reading, most = 0, 0

    async def begin(_: Call) -> None:
        nonlocal reading, most
        reading += 1
        most = max(most, reading)
        await asyncio.sleep(0)

    async def end(_: Call) -> None:
        nonlocal reading
        reading -= 1

    watched.before, watched.after = begin, end
    attachments = [ATTACHMENT | {"partnerId": f"P-{number}"} for number in range(40)]
    many_partners = {"customerId": "C-0", "customer": {"attachments": attachments}}
    for question in ([{"customerId": f"C-{number}"} for number in range(40)], many_partners):
        most = 0
        assert (await ask(world, question)).status == 200
        assert most == 16


async def test_one_request_takes_so_many_steps_and_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(what_if, "MAX_WORK", 120)
    attachments = [ATTACHMENT | {"partnerId": f"P-{number}"} for number in range(3)]
    projects = [PROJECT | {"projectId": f"J-{number}"} for number in range(4)]
    closed = [PROJECT | {"projectId": "J-9", "status": "completed"}]
    six = {"customer": {"projects": [*projects[:2], *closed], "attachments": attachments}}
    twelve = {"customer": {"projects": projects, "attachments": attachments}}
    answer = await ask(world, [six, twelve, {"customer": CUSTOMER}, six])
    assert [each["status"] for each in answer.value] == ["ineligible", 422, "ineligible", 422]
    (error,) = answer.value[3]["errors"]
    assert error["path"] == "$[3]"
    assert "with the questions before it, at most 120 are taken; ask about fewer projects" in error["message"]
    answer = await ask(world, twelve)
    assert (answer.status, answer.error_paths) == (422, ["$"])
    assert (await ask(world, six)).status == 200
