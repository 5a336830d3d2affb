"""Applies an event: its customer, or its partner's customers, are decided again.

A repeated or older event changes nothing, but what an earlier delivery left undone (a notification, a fan-out) is done.
The log says what became of each event and what in it was probably not meant: all that a producer on a queue can see.
"""

from dataclasses import replace

from shared.domain.events import Event, parse_event
from shared.domain.partner import Partner
from shared.domain.registers import Register, partner_fact_of
from shared.domain.unknown import NOTHING
from shared.logs import Fields, Log, about, add, cause_fields
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.storage.customers import MAX_STATE_BYTES, MAX_STATE_BYTES_AFTER_NEW_FACT
from shared.storage.partners import PartnerFactRow, PartnerState
from shared.storage.work import FanOut
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
_APPLIED: Fields = {"result": APPLIED}
_REPEATED: Fields = {"result": UNCHANGED, "because": REPEATED}

_log = Log("event")


async def receive_event(ports: Ports, body: bytes, attempt: int) -> None:
    """Handle one message of the event queue, delivered for the ``attempt``-th time; raises what may pass."""
    with about(queue=Queue.EVENTS.value, attempt=attempt):
        result: Fields = {"result": KEPT}
        async with kept_on_failure(ports, Queue.EVENTS, body, attempt):
            event = parse_event(body, ports.now())
            owner = {"customer" if event.is_about_customer else "partner": event.owner_id}
            add(**cause_fields(event.cause.named), **owner)
            lay_in = _decide_customer if event.is_about_customer else _lay_in_partner_fact
            with ports.span("process", Queue.EVENTS, event.trace) as trace:
                result = await lay_in(ports, replace(event, trace=trace))
            if result is _APPLIED and is_doubtful(ports, event):
                warnings = await warnings_of(ports, [("$", event)], _MOST_WARNINGS)
                result = {**result, "warnings": [f"{each.path} {each.message}" for each in warnings]}
        _log.info("event handled", **result)


async def _decide_customer(ports: Ports, event: Event) -> Fields:
    result = _APPLIED

    async def attempt() -> Committed:
        nonlocal result
        loaded = await ports.customers.load(event.owner_id)
        facts = loaded.state.laid_in(event)
        result = _APPLIED if facts else _unchanged(event, loaded.state.registers[event.kind][event.key])
        if facts is None and loaded.state.decision is not None:
            return Committed(loaded.state, loaded.etag or "", {})
        gathering, state = Gathering(ports.partners), facts or loaded.state
        is_new = state.fact_count > loaded.state.fact_count
        limit = MAX_STATE_BYTES_AFTER_NEW_FACT if is_new else MAX_STATE_BYTES
        return await decide(ports, loaded, state, event.cause, gathering, limit)

    await relay(ports, await until_first(ports, attempt))
    return result


async def _lay_in_partner_fact(ports: Ports, event: Event) -> Fields:
    async def attempt() -> Fields:
        state = await ports.partners.load(event.owner_id)
        standing = await ports.partners.load_fact(event.owner_id, event.kind, event.key)
        if standing is not None and not event.register.outranks(standing.register):
            if standing.revision and standing.register.stamp == event.register.stamp:
                await hand_on_if_open(ports, FanOut(event.owner_id, standing.revision).id)
            return _unchanged(event, standing.register)
        await _commit_partner_fact(ports, event, state, standing)
        return _APPLIED

    return await until_first(ports, attempt)


def _unchanged(event: Event, standing: Register) -> Fields:
    """Which event the register keeps instead, if not this one."""
    mine = event.register
    if (mine.time, mine.source, mine.id, mine.data) == (standing.time, standing.source, standing.id, standing.data):
        return _REPEATED
    by = {"byId": standing.id, "bySource": standing.source, "byTime": standing.time}
    return {"result": UNCHANGED, "because": OUTRANKED, **by}


async def _commit_partner_fact(
    ports: Ports, event: Event, state: PartnerState, standing: PartnerFactRow | None
) -> None:
    old = partner_fact_of(event.kind, standing.register.data) if standing else None
    partner = state.partner.replacing(old, partner_fact_of(event.kind, event.register.data))
    changed = partner.revision > state.partner.revision
    fan_out = FanOut(partner.partner_id, partner.revision, at=ports.timestamp())
    others = standing.unknown if standing else NOTHING
    fact = PartnerFactRow(event.kind, event.key, event.register, partner.revision if changed else 0, others)
    cause = event.cause if changed else state.cause
    facts = state.facts + (standing is None)
    writes = ports.partners.writes(replace(state, partner=partner, facts=facts, cause=cause), fact)
    if changed:
        await ports.work.open_fan_out(fan_out)
    if _is_candidate(partner) and not _is_candidate(state.partner):
        await ports.indexes.enter_candidate(partner.partner_id)
    await ports.partners.commit(writes)
    if changed:
        add(fanOut=fan_out.id)
        await hand_on(ports, fan_out.id)


def _is_candidate(partner: Partner) -> bool:
    return bool(partner.competencies or partner.designations)
