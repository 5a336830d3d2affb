"""Previews: what a draft would do to everybody, before anybody is decided by it."""

import json
from datetime import timedelta

import pytest

from shared.api.preview_results import Preview
from shared.api.previews import get_preview, list_customers_of_preview, post_preview
from shared.api.problems import Problem
from shared.api.rule_set_shapes import Activation
from shared.api.rule_sets import activate_rule_set, retire_rule_set
from shared.messaging.sender import Queue
from shared.rule_books import SHIPPED
from shared.rules.document import parse_document
from shared.storage.store import Table
from shared.workflow.change_rules import ChangeNote, activate, retire, store_draft
from shared.workflow.population import places, walk
from shared.workflow.recompute import recompute
from tests import events
from tests.watched_store import WatchedStore, once_at
from tests.workflow.test_change_rules import draft, programme
from tests.world import World


async def previewed(world: World, version: int, action: str = "activate") -> Preview:
    begun = await post_preview(world.ports, version, {"action": action})
    await world.settle()
    return await get_preview(world.ports, version, begun["id"])


async def customers(world: World, preview: Preview, change: str) -> list[str]:
    found, after = list[str](), ""
    while True:
        page = await list_customers_of_preview(world.ports, preview["id"], after, 3, change)
        found += [each["customerId"] for each in page["items"]]
        if page["next"] is None:
            return sorted(found)
        after = page["next"]


@pytest.mark.parametrize("page", [1, 3, 200])
async def test_the_lists_of_a_preview_are_what_then_really_happens(monkeypatch: pytest.MonkeyPatch, page: int) -> None:
    monkeypatch.setattr(places, "PAGE", page)
    world = await programme(10)
    await world.post(events.spend("C-small", "250000"), events.project("C-small"), events.attached("C-small"))
    version = await draft(world, amount="340000")
    preview = await previewed(world, version)
    assert preview["counts"] == {"gained": 0, "lost": 4, "changedProjects": 0, "changedReason": 1, "stayed": 6}
    before = {each.customer_id: each.status for each in await world.heads()}
    await activate(world.ports, version)
    await world.settle()
    after = {each.customer_id: each.status for each in await world.heads()}
    lost = [each for each in before if (before[each], after[each]) == ("eligible", "ineligible")]
    assert await customers(world, preview, "lost") == lost
    assert await customers(world, preview, "gained") == []
    assert await customers(world, preview, "changedReason") == ["C-small"]
    assert await customers(world, preview, "stayed") == [each for each in before if each not in (*lost, "C-small")]
    looser = await draft(world, amount="200000")
    preview = await previewed(world, looser)
    assert await customers(world, preview, "gained") == [*lost, "C-small"]


async def test_the_lists_of_a_preview_of_a_retirement_are_what_then_really_happens() -> None:
    world = await programme(10)
    version = await draft(world, amount="340000")
    await activate(world.ports, version)
    await world.settle()
    preview = await previewed(world, version, "retire")
    before = {each.customer_id: each.status for each in await world.heads()}
    await retire(world.ports, version)
    await world.settle()
    after = {each.customer_id: each.status for each in await world.heads()}
    gained = [each for each in before if (before[each], after[each]) == ("ineligible", "eligible")]
    assert await customers(world, preview, "gained") == gained != []
    assert await customers(world, preview, "lost") == []


async def indexed_programme(customers: int) -> World:
    """That was in the population index long before it is asked about."""
    world = await programme(customers)
    world.now += timedelta(hours=1)
    return world


def small_pages(monkeypatch: pytest.MonkeyPatch, page: int = 2) -> None:
    """All customers in one part of the index, so that what is done is known after each message."""
    monkeypatch.setattr(places, "SHARES", 1)
    monkeypatch.setattr(places, "PAGE", page)
    monkeypatch.setattr(walk, "PAGES_PER_CALL", 1)


@pytest.mark.parametrize("pages_before", [0, 1, 3])
async def test_a_preview_ends_as_out_of_date_when_the_rules_change_while_it_runs(
    monkeypatch: pytest.MonkeyPatch, pages_before: int
) -> None:
    """What it counted until then has one baseline: the rules as they were when it began."""
    small_pages(monkeypatch)
    world = await indexed_programme(10)
    version, other = await draft(world, amount="320000"), await draft(world, amount="900000")
    begun = await post_preview(world.ports, version, {})
    queue = world.sent.queues[Queue.RECOMPUTE]
    for _ in range(pages_before):
        await recompute(world.worker(), queue.popleft().body, 1)
        queue.rotate(1)  # the step for the rest comes before that of the directory
    await activate(world.worker(), other)
    await world.settle()
    preview = await get_preview(world.ports, version, begun["id"])
    assert (preview["state"], preview["outOfDate"], preview["done"]) == ("finished", True, 2 * pages_before)
    assert sum(preview["counts"].values()) == preview["done"]
    with pytest.raises(Problem, match="changed since"):
        await activate_rule_set(world.ports, version, {"previewId": begun["id"]})


async def test_rules_that_change_while_the_last_page_is_looked_at_make_a_preview_out_of_date(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small_pages(monkeypatch, 200)
    world = await indexed_programme(3)
    version, other = await draft(world, amount="320000"), await draft(world, amount="900000")
    begun = await post_preview(world.ports, version, {})

    async def change_the_rules() -> None:
        await activate(world.worker(), other)

    watch = once_at("get", Table.CUSTOMERS, change_the_rules)
    await recompute(
        world.worker(WatchedStore(world.store, before=watch)), world.sent.queues[Queue.RECOMPUTE].popleft().body, 1
    )
    preview = await get_preview(world.ports, version, begun["id"])
    assert (preview["state"], preview["outOfDate"], preview["done"]) == ("finished", True, 0)


async def test_drafts_stored_while_a_preview_runs_do_not_make_it_out_of_date() -> None:
    world = await programme(3)
    version = await draft(world, amount="320000")
    begun = await post_preview(world.ports, version, {})
    await draft(world, amount="900000")
    await world.settle()
    preview = await get_preview(world.ports, version, begun["id"])
    assert (preview["outOfDate"], preview["counts"]["lost"]) == (False, 2)


async def test_the_same_values_written_otherwise_change_nobody_and_no_reason() -> None:
    """C-low lacks spend, C-euro has some in another currency, C-bare has a partner without the competency."""
    world = await programme(2)
    await world.post(events.spend("C-low", "1000"), events.project("C-low"), events.attached("C-low"))
    await world.post(events.spend("C-euro", "1000", currency="EUR"), events.project("C-euro"))
    await world.post(events.spend("C-bare"), events.project("C-bare"), events.attached("C-bare", "P-bare"))
    document = SHIPPED.read_text().replace('"300000"', '"300000.00"').replace('"1.08"', '"1.080"')
    value = json.loads(document.replace('["gold", "silver"]', '["silver", "gold"]'))
    version = (await store_draft(world.ports, parse_document(value), ChangeNote())).version
    preview = await previewed(world, version)
    assert preview["difference"] == []
    assert preview["counts"] == {"gained": 0, "lost": 0, "changedProjects": 0, "changedReason": 0, "stayed": 5}


async def test_a_preview_writes_no_customer_and_tells_nobody() -> None:
    world = await programme(5)
    version = await draft(world, amount="900000")
    sent = len(world.sent.queues[Queue.NOTIFICATIONS])
    watched = WatchedStore(world.store)
    world.ports = world.worker(watched)
    await previewed(world, version)
    assert not [call for call in watched.calls if call.writes and call.table is not Table.QUESTIONS]
    assert len(world.sent.queues[Queue.NOTIFICATIONS]) == sent


async def test_a_preview_counts_by_criterion_and_by_partner_and_says_the_difference_in_words() -> None:
    world = await programme(4)
    version = await draft(world, amount="320000")
    preview = await previewed(world, version)
    assert preview["byCriterion"] == {"annual-spend": {"gained": 0, "lost": 2}}
    assert preview["byPartner"] == {"P-1": {"gained": 0, "lost": 2}}
    assert any("300000 -> 320000" in words for words in preview["difference"])
    assert (preview["state"], preview["done"], preview["comesIntoForce"]) == ("finished", 4, True)


async def test_a_draft_that_would_not_come_into_force_changes_nobody() -> None:
    world = await programme(2)
    preview = await previewed(world, await draft(world, amount="900000", effectiveFrom="2020-01-01"))
    assert (preview["comesIntoForce"], preview["counts"]["stayed"]) == (False, 2)


async def test_a_repeated_message_of_a_preview_counts_nobody_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    small_pages(monkeypatch)
    world = await programme(7)
    version = await draft(world, amount="320000")
    begun = await post_preview(world.ports, version, {})
    queue = world.sent.queues[Queue.RECOMPUTE]
    while queue:
        message = queue.popleft()
        await recompute(world.ports, message.body, 1)
        await recompute(world.ports, message.body, 1)
    preview = await get_preview(world.ports, version, begun["id"])
    assert sum(preview["counts"].values()) == preview["done"] == 7
    assert await customers(world, preview, "lost") == ["C-000", "C-001"]


async def test_an_activation_is_refused_with_the_list_when_more_would_lose_than_may() -> None:
    world = await programme(5)
    version = await draft(world, amount="330000")
    preview = await previewed(world, version)
    body: Activation = {"previewId": preview["id"], "maxLost": 2}
    with pytest.raises(Problem) as refused:
        await activate_rule_set(world.ports, version, body)
    assert refused.value.status == 409
    assert refused.value.to_json()["lost"] == ["C-000", "C-001", "C-002"]
    answer = await activate_rule_set(world.ports, version, {**body, "maxLost": 3})
    assert answer["state"] == "active"


async def test_a_preview_of_other_rules_in_force_does_not_count() -> None:
    world = await programme(2)
    version = await draft(world, amount="330000")
    preview = await previewed(world, version)
    await activate(world.ports, await draft(world, amount="300001"))
    await world.settle()
    with pytest.raises(Problem, match="changed since"):
        await activate_rule_set(world.ports, version, {"previewId": preview["id"]})


@pytest.mark.parametrize("action", ["activate", "retire"])
async def test_rules_changed_while_a_change_is_held_against_its_preview_refuse_it(action: str) -> None:
    world = await programme(2)
    version, other = await draft(world, amount="330000"), await draft(world, amount="300001")
    if action == "retire":
        await activate(world.ports, version)
        await world.settle()
    preview = await previewed(world, version, action)
    rival = world.worker()

    async def activate_another() -> None:
        await activate(rival, other)

    watch = once_at("write", Table.WORK, activate_another)  # the fan-out's row: after all checks, before the commit
    world.ports = world.worker(WatchedStore(world.store, before=watch))
    change = activate_rule_set if action == "activate" else retire_rule_set
    with pytest.raises(Problem, match="changed since"):
        await change(world.ports, version, {"previewId": preview["id"]})
    stored = await world.ports.rule_sets.version(version)
    assert stored
    assert stored.state == {"activate": "draft", "retire": "active"}[action]


async def test_a_preview_is_found_under_its_own_version_only() -> None:
    world = await programme(1)
    preview = await previewed(world, await draft(world))
    with pytest.raises(Problem) as missing:
        await get_preview(world.ports, 1, preview["id"])
    assert missing.value.status == 404
