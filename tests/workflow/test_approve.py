"""Approvals under races: two at once, beside a change of rules, answers that are lost."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from shared.domain.who import Who
from shared.ports import Ports
from shared.rule_books import SHIPPED
from shared.rules.document import parse_document
from shared.storage.store import Conflict, StoreUnavailableError, Table
from shared.workflow.approve import ApprovedAlreadyError, approve
from shared.workflow.change_rules import (
    ApprovalsMissingError,
    ChangedSinceError,
    ChangeNote,
    activate,
    retire,
    store_draft,
)
from tests.approvals import approval_violations
from tests.watched_store import Call, WatchedStore, once_at
from tests.world import World

ADA = ChangeNote("ada", "stricter", verified=True)
BO, CY = Who("bo", True), Who("cy", True)


async def two_drafts() -> World:
    """Versions 2 and 3 of Ada's, where a change of rules needs an approval."""
    world = World()
    for amount in ("350000", "400000"):
        document = json.loads(SHIPPED.read_bytes().replace(b'"300000"', f'"{amount}"'.encode()))
        await store_draft(world.ports, parse_document(document), ADA)
    world.ports.approvals = 1
    return world


def needing(world: World, store: WatchedStore, approvals: int = 1) -> Ports:
    ports = world.worker(store)
    ports.approvals = approvals
    return ports


def during(world: World, meanwhile: Callable[[], Awaitable[None]]) -> Ports:
    """A process that is about to commit when something else happens."""
    return needing(world, WatchedStore(world.store, before=once_at("commit", Table.RULES, meanwhile)))


async def approvers(world: World, version: int = 2, action: str = "activate") -> list[str]:
    state, stored = await world.ports.rule_sets.load(), await world.ports.rule_sets.version(version)
    assert state
    assert stored
    return [each.by for each in stored.approved(action, state.epoch)]


async def done(world: World) -> list[str]:
    """What the log has, sorted: all was done in the same millisecond."""
    return sorted(each.action for each in await world.ports.change_log.page("", 100))


async def test_of_two_approvals_at_once_both_count() -> None:
    world = await two_drafts()
    await approve(during(world, lambda: approve(world.ports, 2, "activate", BO)), 2, "activate", CY)
    assert await approvers(world) == ["bo", "cy"]


async def test_of_two_approvals_by_one_caller_at_once_one_counts() -> None:
    world = await two_drafts()

    async def again_a_second_later() -> None:
        world.now += timedelta(seconds=1)
        await approve(world.ports, 2, "activate", Who("Bo", True))

    with pytest.raises(ApprovedAlreadyError):
        await approve(during(world, again_a_second_later), 2, "activate", BO)
    assert await approvers(world) == ["Bo"]


async def test_an_approval_while_another_version_is_activated_is_refused_and_counts_for_nothing() -> None:
    world = await two_drafts()
    await approve(world.ports, 3, "activate", BO)
    with pytest.raises(ChangedSinceError):
        await approve(during(world, lambda: activate(world.ports, 3, ADA)), 2, "activate", CY)
    assert await approvers(world) == []
    assert await done(world) == ["activated", "approved", "drafted", "drafted"]


async def test_an_activation_while_another_version_is_activated_has_lost_its_approval() -> None:
    world = await two_drafts()
    await approve(world.ports, 2, "activate", BO)
    await approve(world.ports, 3, "activate", BO)
    with pytest.raises(ApprovalsMissingError):
        await activate(during(world, lambda: activate(world.ports, 3, ADA)), 2, ADA)
    assert await approval_violations(world.ports, 1) == []


async def test_two_activations_at_once_with_one_approval_are_one_change() -> None:
    world = await two_drafts()
    await approve(world.ports, 2, "activate", BO)
    await activate(during(world, lambda: activate(world.ports, 2, ADA)), 2, ADA)
    assert len(await world.ports.rule_sets.changes(2, 10)) == 1


async def test_an_approval_is_used_once_however_often_a_version_goes_in_and_out_of_force() -> None:
    world = await two_drafts()
    await approve(world.ports, 2, "activate", BO)
    await activate(world.ports, 2, ADA)
    await approve(world.ports, 2, "retire", BO)
    await retire(world.ports, 2, ADA)
    with pytest.raises(ApprovalsMissingError):
        await activate(world.ports, 2, ADA)
    assert await approval_violations(world.ports, 1) == []


async def test_an_approval_whose_answer_is_lost_is_given_once_and_is_no_second_one() -> None:
    world = await two_drafts()

    async def other_writer(call: Call) -> None:
        """Its answer says that another was first."""
        if call == Call("commit", Table.RULES) and not lost:
            lost.append(call)
            raise Conflict("an answer was lost, and the write repeated")

    lost: list[Call] = []
    await approve(needing(world, WatchedStore(world.store, after=other_writer)), 2, "activate", BO)
    assert await approvers(world) == ["bo"]
    assert await done(world) == ["approved", "drafted", "drafted"]


@pytest.mark.parametrize("after", [False, True], ids=["before it is made", "after it was made"])
async def test_a_process_that_dies_leaves_all_of_an_activation_or_nothing(after: bool) -> None:
    world = await two_drafts()
    await approve(world.ports, 2, "activate", BO)

    async def die() -> None:
        raise StoreUnavailableError("died")

    watch = once_at("commit", Table.RULES, die)
    store = WatchedStore(world.store, **{"after" if after else "before": watch})
    with pytest.raises(StoreUnavailableError):
        await activate(needing(world, store), 2, ADA)
    stored = await world.ports.rule_sets.version(2)
    assert stored
    assert (stored.state, "activated" in await done(world)) == (("active", True) if after else ("draft", False))
    assert await approvers(world) == ([] if after else ["bo"])
    await activate(world.ports, 2, ADA)
    assert len(await world.ports.rule_sets.changes(2, 10)) == 1
