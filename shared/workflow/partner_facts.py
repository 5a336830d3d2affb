"""Applies events about one partner: their facts, one summary and one fan-out to the customers attached."""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import cast

from shared.at_once import at_once
from shared.domain.events import Event
from shared.domain.facts import Fact, Kind, fact_of
from shared.domain.named import Named
from shared.logs import Entry, Fields
from shared.ports import Ports
from shared.storage.fan_outs import FanOut
from shared.storage.names import Whose
from shared.storage.partners import PartnerFactRow, PartnerState
from shared.workflow import names
from shared.workflow.applied import Take, by_stamp, end_of
from shared.workflow.decide import until_first
from shared.workflow.pointers import forget
from shared.workflow.steps import enqueue, enqueue_if_open

type Place = tuple[Kind, str]
type Facts = Mapping[Place, PartnerFactRow | None]
"""The stored facts, and where there is none yet, that events challenge."""

_place = cast("Callable[[Event], Place]", attrgetter("kind", "key"))


async def apply_partner_facts(ports: Ports, partner_id: str, take: Take) -> Sequence[Entry]:
    """Write all facts with one summary and fan out once; what an earlier delivery did not fan out is enqueued.

    Facts are read first and once: the write is over the versions read, of each fact and of the summary.
    """
    stored: dict[Place, PartnerFactRow | None] = {}
    read_over: str | None = ""
    opened: list[FanOut] = []

    async def read(places: Sequence[Place]) -> None:
        if len(places) == 1:  # as most come: no task for it
            stored[places[0]] = await ports.partners.load_fact(partner_id, *places[0])
        elif places:
            rows = await at_once(lambda place: ports.partners.load_fact(partner_id, *place), places)
            stored.update(zip(places, rows, strict=True))

    async def attempt() -> Sequence[Entry]:
        nonlocal read_over
        for _ in range(2):  # more may come while the first are read
            events = take()
            await read([place for place in dict.fromkeys(map(_place, events)) if place not in stored])
        state = await ports.partners.load(partner_id)
        if state.etag == read_over:  # so what has changed since the last attempt is one of the facts
            await read(list(stored))
        read_over = state.etag
        return await _apply(ports, state, events, stored, opened)

    return await until_first(ports, attempt)


async def _apply(
    ports: Ports, state: PartnerState, events: Sequence[Event], stored: Facts, opened: list[FanOut]
) -> Sequence[Entry]:
    kept = {place: row.register for place, row in stored.items() if row}
    for event in (ordered := by_stamp(events)):
        if event.register.outranks(kept.get(_place(event))):
            kept[_place(event)] = event.register
    applied = [event for event in ordered if kept[_place(event)] is event.register]
    more = await _commit(ports, state, applied, stored, opened) if applied else {}
    await _enqueue_left(ports, events, stored)
    return [end_of(event, kept[_place(event)]).adding(**more) for event in events]


async def _enqueue_left(ports: Ports, events: Sequence[Event], stored: Facts) -> None:
    """A repeated event's first delivery may have ended before its fan-out was enqueued."""
    left: dict[int, None] = {}
    for event in events:
        row = stored[_place(event)]
        # What most tells two events apart comes first: a stamp takes hashing.
        if row and row.revision and row.register.id == event.register.id and row.register.stamp == event.register.stamp:
            left[row.revision] = None
    for revision in left:
        await enqueue_if_open(ports, FanOut(events[0].owner_id, revision).id)


async def _commit(
    ports: Ports, state: PartnerState, applied: Sequence[Event], stored: Facts, opened: list[FanOut]
) -> Fields:
    """All rows name the one revision they led to together; gives the fan-out for the log."""
    over = [stored[_place(event)] for event in applied]
    changes = [(_fact(row) if row else None, _fact(event)) for row, event in zip(over, applied, strict=True)]
    partner = state.partner.replacing_each(changes, ports.number_after(state.partner.revision))
    changed = partner.revision > state.partner.revision
    decisive = [event for event in applied if not event.is_description]
    cause = decisive[-1].cause if changed else state.cause
    revision = partner.revision if changed else 0
    rows = [_row(event, row, revision) for row, event in zip(over, applied, strict=True)]
    facts = state.facts + sum(row is None for row in over)
    named = next((Named.of(event.register.data) for event in reversed(applied) if event.is_description), state.named)
    writes = ports.partners.writes(PartnerState(partner, facts, cause, state.etag, state.unknown, named), rows)
    if changed:
        fan_out = FanOut(partner.partner_id, partner.revision, at=ports.timestamp())
        opened += await ports.fan_outs.open(fan_out)
    if partner.is_candidate and not state.partner.is_candidate:
        await ports.indexes.enter_candidate(partner.partner_id)
    unnamed = await names.announce(ports, Whose.PARTNER, partner.partner_id, state.named, named)
    await ports.partners.commit(writes)
    await forget(ports.names, unnamed)
    if not changed:
        return {}
    fan_out_id = fan_out.id
    for lost in opened:  # of tries that lost: this one decides all of their customers
        if lost.id != fan_out_id:  # by that name also where a fact was written meanwhile, and no summary
            await ports.fan_outs.drop(lost)
    await enqueue(ports, fan_out_id)
    return {"fanOut": fan_out_id}


def _fact(of: Event | PartnerFactRow) -> Fact:
    return fact_of(of.kind, of.register.data)


def _row(event: Event, over: PartnerFactRow | None, revision: int) -> PartnerFactRow:
    if event.is_description:
        revision = 0  # it led to none, whatever else was written with it
    if over is None:
        return PartnerFactRow(event.kind, event.key, event.register, revision)
    return PartnerFactRow(event.kind, event.key, event.register, revision, over.etag, over.unknown)
