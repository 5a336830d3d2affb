"""Applies events about one partner: their facts, one summary and one fan-out to the customers attached."""

import asyncio
from collections.abc import Mapping, Sequence

from shared.domain.events import Event
from shared.domain.partner import Partner
from shared.domain.registers import Kind, Register, partner_fact_of
from shared.logs import Fields, about
from shared.ports import Ports
from shared.storage.partners import PartnerFactRow, PartnerState
from shared.storage.work import FanOut
from shared.workflow.applied import Take, by_stamp, end_of
from shared.workflow.decide import until_first
from shared.workflow.fan_out import hand_on, hand_on_if_open

_AT_ONCE = 16

type Place = tuple[Kind, str]
type Facts = Mapping[Place, PartnerFactRow | None]


async def apply_partner_facts(ports: Ports, partner_id: str, take: Take) -> Sequence[Fields]:
    """Write all facts with one summary and fan out once; what an earlier delivery did not fan out is handed on.

    Facts are read first and once: the write is over the versions read, of each fact and of the summary.
    """
    standing: dict[Place, PartnerFactRow | None] = {}
    read_over: str | None = ""
    opened: list[FanOut] = []

    async def attempt() -> Sequence[Fields]:
        nonlocal read_over
        for _ in range(2):  # more may come while the first are read
            events = take()
            standing.update(await _standing(ports, [each for each in events if _place(each) not in standing]))
        state = await ports.partners.load(partner_id)
        if state.etag == read_over:  # so what has changed since the last attempt is one of the facts
            standing.update(await _standing(ports, events))
        read_over = state.etag
        return await _apply(ports, state, events, standing, opened)

    return await until_first(ports, attempt)


async def _apply(
    ports: Ports, state: PartnerState, events: Sequence[Event], standing: Facts, opened: list[FanOut]
) -> Sequence[Fields]:
    kept = {place: row.register for place, row in standing.items() if row}
    for event in (ordered := by_stamp(events)):
        if event.register.outranks(kept.get(_place(event))):
            kept[_place(event)] = event.register
    applied = [event for event in ordered if kept[_place(event)] is event.register]
    more = await _commit(ports, state, applied, standing, opened) if applied else {}
    await _hand_on_left(ports, events, standing)
    return [{**end_of(event, kept[_place(event)]), **more} for event in events]


def _place(event: Event) -> Place:
    return event.kind, event.key


async def _standing(ports: Ports, events: Sequence[Event]) -> Facts:
    """The stored fact, if there is one, that each event challenges."""
    if len(events) <= 1:  # as most come: no task for it
        return {_place(each): await ports.partners.load_fact(each.owner_id, each.kind, each.key) for each in events}
    turn, places = asyncio.Semaphore(_AT_ONCE), list(dict.fromkeys(map(_place, events)))

    async def one(kind: Kind, key: str) -> PartnerFactRow | None:
        async with turn:
            return await ports.partners.load_fact(events[0].owner_id, kind, key)

    return dict(zip(places, await asyncio.gather(*(one(*place) for place in places)), strict=True))


async def _hand_on_left(ports: Ports, events: Sequence[Event], standing: Facts) -> None:
    """A repeated event's first delivery may have ended before its fan-out was handed on."""
    rows = [row for event in events if (row := standing[_place(event)]) and _is_of(row.register, event)]
    if not rows:
        return
    for revision in dict.fromkeys(row.revision for row in rows if row.revision):
        await hand_on_if_open(ports, FanOut(events[0].owner_id, revision).id)


def _is_of(register: Register, event: Event) -> bool:
    """What most tells two events apart comes first: a stamp takes hashing."""
    return register.id == event.register.id and register.stamp == event.register.stamp


async def _commit(
    ports: Ports, state: PartnerState, applied: Sequence[Event], standing: Facts, opened: list[FanOut]
) -> Fields:
    """All rows name the one revision they led to together; gives the fan-out for the log."""
    changes = (
        (
            partner_fact_of(row.kind, row.register.data) if (row := standing[_place(event)]) else None,
            partner_fact_of(event.kind, event.register.data),
        )
        for event in applied
    )
    partner = state.partner.replacing_each(changes, ports.least_number)
    changed = partner.revision > state.partner.revision
    fan_out = FanOut(partner.partner_id, partner.revision, at=ports.timestamp())
    cause = applied[-1].cause if changed else state.cause
    facts = state.facts + sum(standing[_place(event)] is None for event in applied)
    rows = [_row(event, standing[_place(event)], partner.revision if changed else 0) for event in applied]
    writes = ports.partners.writes(PartnerState(partner, facts, cause, state.etag, state.unknown), rows)
    if changed:
        await ports.work.open_fan_out(fan_out)
        opened.append(fan_out)
    if _is_candidate(partner) and not _is_candidate(state.partner):
        await ports.indexes.enter_candidate(partner.partner_id)
    await ports.partners.commit(writes)
    if not changed:
        return {}
    for lost in opened[:-1]:  # of tries that lost: this one decides all of their customers
        if lost.id != fan_out.id:  # else a fact was written meanwhile, and no summary: both led to one revision
            await ports.work.close_fan_out(lost)
    with about(fanOut=fan_out.id):
        await hand_on(ports, fan_out.id)
    return {"fanOut": fan_out.id}


def _row(event: Event, over: PartnerFactRow | None, revision: int) -> PartnerFactRow:
    if over is None:
        return PartnerFactRow(event.kind, event.key, event.register, revision)
    return PartnerFactRow(event.kind, event.key, event.register, revision, over.etag, over.unknown)


def _is_candidate(partner: Partner) -> bool:
    return bool(partner.competencies or partner.designations)
