"""How scenes begin: work under way, changes that wait, and what workers left that died."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from shared.domain.recompute import FanOutStep, PartnerChanged, parse_recompute
from shared.domain.who import Who
from shared.errors import WentBackError
from shared.messaging.sender import Message, Queue
from shared.ports import Ports
from shared.rule_books import SHIPPED
from shared.rules.document import parse_document
from shared.storage.quarantined import Quarantined
from shared.storage.store import StoreUnavailableError, Table
from shared.workflow.approve import approve
from shared.workflow.change_rules import ChangeNote, activate, store_draft
from shared.workflow.population.asking import ask_about_change
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.steps import send_recompute
from shared.workflow.sweep import sweep_due, sweep_fan_outs
from tests import events
from tests.due_rows import as_older, told_of_older
from tests.restored import moment, put_back
from tests.rules.given import allowing_exceptions
from tests.watched_store import WatchedStore, once_at
from tests.world import World

type Prepare = Callable[[World], Awaitable[None]]


SAID, ADA = ChangeNote(), ChangeNote("ada", verified=True)


async def store_rules_with(ports: Ports, amount: str, note: ChangeNote = SAID) -> None:
    """A draft like the shipped rule set that demands another spend, and comes before it and those below."""
    document = json.loads(SHIPPED.read_bytes().replace(b'"300000"', f'"{amount}"'.encode()))
    await store_draft(ports, parse_document(document | {"effectiveFrom": "2023-02-15"}), note)


async def much_spend_is_enough(world: World) -> None:
    """In force in place of the shipped rule set: with much spend nothing else is asked. So a customer's first event
    can make it eligible until a day."""
    document = json.loads(SHIPPED.read_bytes())
    much = {"type": "annual-spend-at-least", "id": "much", "title": "Much spend", "amount": "1000000"}
    either = {"type": "any-of", "id": "either", "title": "Either", "criteria": [document["criteria"], much]}
    rules = parse_document(document | {"effectiveFrom": "2023-02-14", "criteria": either})
    await activate(world.ports, (await store_draft(world.ports, rules, ChangeNote())).version)
    await world.settle()


async def exceptions_are_allowed(world: World) -> None:
    """Version 4, in force in place of the shipped rule set."""
    rules = parse_document(allowing_exceptions(effectiveFrom="2023-02-14"))
    await activate(world.ports, (await store_draft(world.ports, rules, ChangeNote())).version)
    await world.settle()


async def drafts_of_ada(world: World) -> None:
    """Two more like those, versions 4 and 5, of a signed-in author; Bo has approved the first."""
    for amount in ("900000", "200000"):
        await store_rules_with(world.ports, amount, ADA)
    await approve(world.ports, 4, "activate", Who("bo", True))


async def two_drafts(world: World) -> None:
    """Version 2 demands more, version 3 less than is in force."""
    await store_rules_with(world.ports, "900000")
    await store_rules_with(world.ports, "200000")


async def nothing_more(_: World) -> None:
    """The events before are all."""


def in_turn(*several: Prepare) -> Prepare:
    async def prepare(world: World) -> None:
        for each in several:
            await each(world)

    return prepare


def received(body: bytes) -> Prepare:
    """The event is handled, what it sends waits."""

    async def prepare(world: World) -> None:
        await receive_event(world.ports, body, 1)

    return prepare


def waits(body: bytes) -> Prepare:
    """The event waits to be delivered."""

    async def prepare(world: World) -> None:
        world.sent.queues[Queue.EVENTS].append(Message(body))

    return prepare


async def first_step(world: World) -> None:
    """The first message that waits is handled, what it sends waits."""
    await recompute(world.ports, world.sent.queues[Queue.RECOMPUTE].popleft().body, 1)


async def step_of_first(world: World) -> None:
    """The first step that waits is handled, what it sends waits."""
    queue = world.sent.queues[Queue.RECOMPUTE]
    step = next(each for each in queue if isinstance(parse_recompute(each.body), FanOutStep))
    queue.remove(step)
    await recompute(world.ports, step.body, 1)


async def begun_by_older(world: World) -> None:
    """Each fan-out has enqueued C-1, as versions do that know no laps: each goes through the index by itself."""
    async for fan_out in world.ports.fan_outs.all():
        await send_recompute(world.ports, ["C-1"], PartnerChanged("P-1", fan_out.revision))
        await world.ports.fan_outs.advance(replace(fan_out, after="C-1", handed_on=1))


async def stricter(world: World) -> None:
    await activate(world.ports, 2)


async def partner_gone_back(world: World) -> None:
    """All are decided by what P-1 lost, and that is lost."""
    before = await moment(world.store)
    await world.post(events.certified(level="none", time="2026-04-01T00:00:00Z"))
    await put_back(world.store, Table.PARTNERS, before[Table.PARTNERS])


async def spends_in_vain(world: World) -> None:
    """The event that finds out waits."""
    body = events.spend(licence="L-3", amount="5")
    with pytest.raises(WentBackError):
        await receive_event(world.ports, body, 1)


async def due_swept(world: World) -> None:
    await sweep_due(world.ports)


async def due_swept_as_older(world: World) -> None:
    """Rows are where the last released version has them, and it found them."""
    await as_older(world)
    await sweep_due(told_of_older(world))


async def fan_outs_swept(world: World) -> None:
    await sweep_fan_outs(world.ports)


async def previewed(world: World) -> None:
    stored = await world.ports.rule_sets.version(2)
    assert stored
    await ask_about_change(world.ports, stored)


def died(body: bytes, operation: str, table: Table) -> Prepare:
    """The worker that had the event died before the first such call."""

    async def prepare(world: World) -> None:
        dying = WatchedStore(world.store, before=once_at(operation, table, _fail))
        with pytest.raises(StoreUnavailableError):
            await receive_event(world.worker(dying), body, 1)

    return prepare


def kept(body: bytes) -> Prepare:
    """The event is in quarantine, valid or not."""

    async def prepare(world: World) -> None:
        await world.ports.quarantine.keep(in_quarantine(body, world.ports.timestamp()))

    return prepare


def in_quarantine(body: bytes, at: str) -> Quarantined:
    return Quarantined(Queue.EVENTS.value, body, at, "failed 5 times", (), 5)


async def _fail() -> None:
    raise StoreUnavailableError("died")
