"""Applies events: their customer, or their partner's customers, are decided again.

Events of one owner that wait in this process at the same time are applied together, by the first of them: one read, one
decision, one write. A message ends only when its own fact is committed and what that made necessary is sent.

A repeated or older event changes nothing, but what an earlier delivery left undone (a notification, a fan-out) is done.
The log says what became of each event and what in it was probably not meant: all that a producer on a queue can see.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from shared.domain.events import Event, parse_event
from shared.domain.partner import Partner
from shared.domain.registers import Kind, Register, partner_fact_of
from shared.domain.retried import Retried
from shared.errors import PassingError
from shared.logs import Fields, Log, about, add, cause_fields
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.storage.customers import MAX_STATE_BYTES, MAX_STATE_BYTES_AFTER_NEW_FACT
from shared.storage.partners import PartnerFactRow, PartnerState
from shared.storage.work import FanOut
from shared.together import Group
from shared.workflow.decide import Committed, decide, until_first
from shared.workflow.event_warnings import is_doubtful, warnings_of
from shared.workflow.fan_out import hand_on, hand_on_if_open
from shared.workflow.gather import Gathering
from shared.workflow.keep import kept_on_failure
from shared.workflow.relay import relay

APPLIED, UNCHANGED, KEPT = "applied", "unchanged", "kept"
REPEATED, OUTRANKED = "repeated", "outranked"
"""Why an event changed nothing: it was applied before, or its register keeps a greater one."""

_MOST_WARNINGS = 5
"""In the log, of one event."""
_READS_AT_ONCE = 16
_APPLIED: Fields = {"result": APPLIED}
_REPEATED: Fields = {"result": UNCHANGED, "because": REPEATED}

_log = Log("event")


async def receive_event(ports: Ports, body: bytes, attempt: int) -> None:
    """Handle one message of the event queue, delivered for the ``attempt``-th time; raises what may pass."""
    message = Retried.of(body)
    with about(queue=Queue.EVENTS.value, attempt=attempt):
        result: Fields = {"result": KEPT}
        async with kept_on_failure(ports, Queue.EVENTS, message, attempt):
            event = parse_event(message.read(), ports.now())
            owner = {"customer" if event.is_about_customer else "partner": event.owner_id}
            add(**cause_fields(event.cause.named), **owner)
            with ports.span("process", Queue.EVENTS, event.trace) as trace:
                mine, serve = replace(event, trace=trace), partial(_serve, ports)
                result = await ports.together.served((event.is_about_customer, event.owner_id), mine, serve)
            if result["result"] == APPLIED and is_doubtful(ports, event):
                warnings = await warnings_of(ports, [("$", event)], _MOST_WARNINGS)
                result = {**result, "warnings": [f"{each.path} {each.message}" for each in warnings]}
        _log.info("event handled", **result)


type _Take = Callable[[], Sequence[Event]]
"""The events of one owner to apply, those that came since it was last called included."""


async def _serve(ports: Ports, group: Group[Event, Fields]) -> Sequence[Fields | Exception]:
    """Apply a group's events together; one by one if any of them is at fault, so that it fails alone."""
    first = group.items[0]
    apply = _decide_customer if first.is_about_customer else _apply_partner_facts
    try:
        results = await apply(ports, first.owner_id, group.take)
    except PassingError:
        raise
    except Exception as fault:
        if len(group.items) == 1:
            raise
        _log.warning("handled one by one", events=len(group.items), fault=type(fault).__name__)
        return await _one_by_one(ports, group.items, apply)
    return [{**each, "together": len(results)} for each in results] if len(results) > 1 else results


async def _one_by_one(
    ports: Ports, events: Sequence[Event], apply: Callable[[Ports, str, _Take], Awaitable[Sequence[Fields]]]
) -> Sequence[Fields | Exception]:
    """By stamp, so that of facts past a cap the latest are refused; what may pass ends it for all that are left."""
    ends: dict[int, Fields | Exception] = {}
    passing: PassingError | None = None
    for event in _by_stamp(events):
        try:
            ends[id(event)] = passing or (await apply(ports, event.owner_id, partial(_alone, event)))[0]
        except PassingError as fault:
            ends[id(event)] = passing = fault
        except Exception as fault:
            ends[id(event)] = fault
    return [ends[id(event)] for event in events]


def _alone(event: Event) -> Sequence[Event]:
    return (event,)


def _by_stamp(events: Sequence[Event]) -> Sequence[Event]:
    return sorted(events, key=lambda event: event.register.stamp) if len(events) > 1 else events


async def _decide_customer(ports: Ports, customer_id: str, take: _Take) -> Sequence[Fields]:
    """Lay in all facts, decide once, commit once, notify; the greatest that changed a register is the cause."""
    results: Sequence[Fields] = ()

    async def attempt() -> Committed:
        nonlocal results
        loaded = await ports.customers.load(customer_id)
        events, state = take(), loaded.state
        for event in (ordered := _by_stamp(events)):
            state = state.laid_in(event) or state
        kept = {id(event): state.registers[event.kind][event.key] for event in events}
        results = [_result(event, kept[id(event)]) for event in events]
        applied = [event for event in ordered if kept[id(event)] is event.register]
        if not applied and loaded.state.decision is not None:
            return Committed(loaded.state, loaded.etag or "", {})
        is_new = state.fact_count > loaded.state.fact_count
        limit = MAX_STATE_BYTES_AFTER_NEW_FACT if is_new else MAX_STATE_BYTES
        cause = (applied or ordered)[-1].cause
        return await decide(ports, loaded, state, cause, Gathering(ports.partners), limit)

    await relay(ports, await until_first(ports, attempt))
    return results


async def _apply_partner_facts(ports: Ports, partner_id: str, take: _Take) -> Sequence[Fields]:
    """Write all facts with one summary and fan out once; what an earlier delivery did not fan out is handed on."""

    async def attempt() -> Sequence[Fields]:
        state = await ports.partners.load(partner_id)
        events = take()
        standing = await _standing(ports, events)
        kept = {place: row.register for place, row in standing.items() if row}
        for event in (ordered := _by_stamp(events)):
            if event.register.outranks(kept.get(_place(event))):
                kept[_place(event)] = event.register
        applied = [event for event in ordered if kept[_place(event)] is event.register]
        await _hand_on_left(ports, events, standing)
        more = await _commit_partner_facts(ports, state, applied, standing) if applied else {}
        return [{**_result(event, kept[_place(event)]), **more} for event in events]

    return await until_first(ports, attempt)


type _Place = tuple[Kind, str]


def _place(event: Event) -> _Place:
    return event.kind, event.key


async def _standing(ports: Ports, events: Sequence[Event]) -> Mapping[_Place, PartnerFactRow | None]:
    """The stored fact, if there is one, that each event challenges."""
    turn, places = asyncio.Semaphore(_READS_AT_ONCE), list(dict.fromkeys(map(_place, events)))

    async def one(kind: Kind, key: str) -> PartnerFactRow | None:
        async with turn:
            return await ports.partners.load_fact(events[0].owner_id, kind, key)

    rows = await asyncio.gather(*(one(*place) for place in places))
    return dict(zip(places, rows, strict=True))


async def _hand_on_left(
    ports: Ports, events: Sequence[Event], standing: Mapping[_Place, PartnerFactRow | None]
) -> None:
    """A repeated event's first delivery may have ended before its fan-out was handed on."""
    rows = [row for event in events if (row := standing[_place(event)]) and row.register.stamp == event.register.stamp]
    for revision in dict.fromkeys(row.revision for row in rows if row.revision):
        await hand_on_if_open(ports, FanOut(events[0].owner_id, revision).id)


def _result(event: Event, kept: Register) -> Fields:
    """What became of an event whose register now keeps ``kept``: which other event, if not this one."""
    mine = event.register
    if kept is mine:
        return _APPLIED
    if (mine.time, mine.source, mine.id, mine.data) == (kept.time, kept.source, kept.id, kept.data):
        return _REPEATED
    by = {"byId": kept.id, "bySource": kept.source, "byTime": kept.time}
    return {"result": UNCHANGED, "because": OUTRANKED, **by}


async def _commit_partner_facts(
    ports: Ports, state: PartnerState, applied: Sequence[Event], standing: Mapping[_Place, PartnerFactRow | None]
) -> Fields:
    """All rows name the one revision they led to together; gives the fan-out for the log."""
    partner = state.partner.replacing_each(
        (
            partner_fact_of(row.kind, row.register.data) if (row := standing[_place(event)]) else None,
            partner_fact_of(event.kind, event.register.data),
        )
        for event in applied
    )
    changed = partner.revision > state.partner.revision
    fan_out = FanOut(partner.partner_id, partner.revision, at=ports.timestamp())
    rows = [PartnerFactRow(each.kind, each.key, each.register, partner.revision * changed) for each in applied]
    cause = applied[-1].cause if changed else state.cause
    facts = state.facts + sum(standing[_place(event)] is None for event in applied)
    writes = ports.partners.writes(PartnerState(partner, facts, cause, state.etag), rows)
    if changed:
        await ports.work.open_fan_out(fan_out)
    if _is_candidate(partner) and not _is_candidate(state.partner):
        await ports.indexes.enter_candidate(partner.partner_id)
    await ports.partners.commit(writes)
    if not changed:
        return {}
    with about(fanOut=fan_out.id):
        await hand_on(ports, fan_out.id)
    return {"fanOut": fan_out.id}


def _is_candidate(partner: Partner) -> bool:
    return bool(partner.competencies or partner.designations)
