"""``GET partners/{id}`` and ``GET partners/{id}/customers``."""

import json

import pytest

from shared.api import partners
from shared.storage import keys
from shared.storage.store import Row, Span, Table
from tests.api.given import attached, certified, covered, deployed, designated, detached, qualified, trained
from tests.api.world import World


async def test_a_partner_is_told_with_each_fact_by_kind_and_the_event_it_came_from(world: World) -> None:
    messages = [certified(), designated(), deployed(), *trained()]
    await world.handle(*messages)
    answer = await world.get("partners/P-1")
    assert (answer.status, answer.type, answer.value["partnerId"]) == (200, "application/json", "P-1")
    kinds = ("competencies", "designations", "deployments", "trainings")
    assert [len(answer.value[kind]) for kind in kinds] == [1, 1, 1, 2]
    sent = {(event := json.loads(message))["id"]: event for message in messages}
    for fact in (fact for kind in kinds for fact in answer.value[kind]):
        origin = sent.pop(fact["event"]["id"])
        assert {"partnerId": "P-1", **fact} == {**origin["data"], "event": fact["event"]}
        assert fact["event"]["type"] == origin["type"]
        assert fact["event"]["source"] == "/tests"
    assert sent == {}


async def test_the_qualification_is_told_per_area_as_of_today(world: World) -> None:
    await world.handle(certified(validUntil="2026-03-02"), designated(), deployed(name="D-1"), deployed(name="D-2"))
    assert await _verdicts(world) == {"customer-engagement": ["met"], "finance-and-operations": ["met"]}
    world.pass_time(days=1)
    assert await _verdicts(world) == {"customer-engagement": ["met"], "finance-and-operations": ["unmet"]}


async def _verdicts(world: World) -> dict[str, list[str]]:
    told = (await world.get("partners/P-1")).value["qualification"]
    return {area: [tree["verdict"] for tree in trees] for area, trees in told.items()}


async def test_customers_once_attached_and_no_longer_are_neither_counted_nor_listed(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"), attached("C-2"), attached("C-3"), attached("C-4", "P-2"))
    await world.handle(detached("C-2"))
    assert (await world.get("partners/P-1")).value["attachedCustomers"] == 2
    answer = await world.get("partners/P-1/customers")
    assert (answer.status, answer.type) == (200, "application/json")
    said = {"name": None, "owner": None, "undecided": False, "losesOn": None}
    assert answer.value == {
        "items": [
            {"customerId": "C-1", **said, "status": "eligible"},
            {"customerId": "C-3", **said, "status": "ineligible"},
        ],
        "next": None,
    }


async def test_a_partner_known_from_an_attachment_only_is_told_with_no_facts(world: World) -> None:
    await world.handle(attached("C-1"))
    answer = await world.get("partners/P-1")
    assert (answer.status, answer.value["attachedCustomers"]) == (200, 1)
    assert not any(answer.value[kind] for kind in ("competencies", "designations", "deployments", "trainings"))


async def test_a_fact_of_a_kind_that_only_a_later_version_knows_is_left_out(world: World) -> None:
    await world.handle(*qualified())
    before = (await world.get("partners/P-1")).value
    like = (await world.store.query(Table.PARTNERS, Span("P-1", key_from="fact~"), 1))[0]
    await world.store.write(Table.PARTNERS, Row("P-1", keys.partner_fact("P-1", "later", "X"), like.properties))
    answer = await world.get("partners/P-1")
    assert (answer.status, answer.value) == (200, before)


async def test_a_partner_no_event_told_of_is_not_found(world: World) -> None:
    await world.handle(certified("P-10"))
    answer = await world.get("partners/P-1")
    assert (answer.status, answer.type) == (404, "application/problem+json")
    assert "P-1" in answer.value["detail"]


async def test_partners_whose_ids_begin_alike_are_kept_apart(world: World) -> None:
    await world.handle(certified("P-1"), certified("P-1.1"), attached("C-1", "P-1.1"))
    told = (await world.get("partners/P-1")).value
    assert (len(told["competencies"]), told["attachedCustomers"]) == (1, 0)
    assert (await world.get("partners/P-1/customers")).value["items"] == []


async def test_one_call_reads_so_many_customers_and_answers_where_to_go_on_if_most_are_no_longer_attached(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partners, "MOST_READ", 6)
    for number in range(20):
        await world.handle(attached(f"C-{number:02}"))
    for number in range(19):
        await world.handle(detached(f"C-{number:02}"))
    first = (await world.get("partners/P-1/customers", limit=2)).value
    assert first == {"items": [], "next": "C-05"}
    pages = [page async for page in world.pages("partners/P-1/customers", "after", 2)]
    assert [each["customerId"] for page in pages for each in page] == ["C-19"]
    assert len(pages) <= 4


@pytest.mark.parametrize("most", [1, 3, 4, 100])
@pytest.mark.parametrize("limit", [1, 2, 5])
async def test_every_attached_customer_is_listed_once_wherever_a_page_ends(
    world: World, monkeypatch: pytest.MonkeyPatch, most: int, limit: int
) -> None:
    monkeypatch.setattr(partners, "MOST_READ", most)
    for number in range(12):
        await world.handle(attached(f"C-{number:02}"))
    for number in (0, 3, 4, 5, 9, 11):
        await world.handle(detached(f"C-{number:02}"))
    pages = [page async for page in world.pages("partners/P-1/customers", "after", limit)]
    listed = [each["customerId"] for page in pages for each in page]
    assert listed == ["C-01", "C-02", "C-06", "C-07", "C-08", "C-10"]
    assert all(len(page) <= limit for page in pages)
