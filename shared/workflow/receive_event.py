"""Applies events: their customer, or their partner's customers, are decided again.

Events of one owner that wait in this process at the same time are applied together, by the first of them: one read, one
decision, one write. A message ends only when its own fact is committed and what that made necessary is sent.

A repeated or older event changes nothing, but what an earlier delivery left undone (a notification, a fan-out) is done.
The log says what became of each event and what in it was probably not meant: all that a producer on a queue can see.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

from shared.domain.customer_state import MAX_BYTES, MAX_BYTES_AFTER_NEW_FACT, CustomerState
from shared.domain.events import Event, parse_event
from shared.domain.facts import Attachment, Deployment, GrantedException
from shared.errors import PassingError, PermanentError
from shared.logs import Entry, Log, about, add, cause_fields, known
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.settings import NARROW
from shared.storage.customers import Loaded
from shared.together import Group
from shared.workflow.applied import APPLIED, OF_ERASED, Take, by_stamp, end_of
from shared.workflow.decide import Committed, decide, until_first
from shared.workflow.event_warnings import is_doubtful, warnings_of
from shared.workflow.keep import handled
from shared.workflow.partner_facts import apply_partner_facts
from shared.workflow.relay import relayed
from shared.workflow.sampled import sampled

_KEPT = Entry({"result": "kept"})
"""In the log, of a message that was quarantined or put back."""
_CUSTOMER = "customerId"
_MOST_WARNINGS = 5
"""In the log, of one event."""

_log = Log("event")


async def receive_event(ports: Ports, body: bytes, attempt: int) -> None:
    """Handle one message of the event queue, delivered for the ``attempt``-th time; raises what may pass."""
    with about(queue=Queue.EVENTS.value, attempt=attempt):
        entry = await handled(ports, Queue.EVENTS, body, attempt, _handle)
        if shown := sampled(ports, entry, known()["eventId"]) if entry else _KEPT:
            _log.info("event handled", shown.beside, **shown.fields)


async def _handle(ports: Ports, body: bytes) -> Entry:
    event = parse_event(body, ports.now())
    if event.kind == GrantedException.kind and (older := why_no_exceptions(ports)):
        raise PermanentError(f"{older}; redrive this message when it is gone")
    is_about_customer = event.is_about_customer
    add(**cause_fields(event.cause.named), **{"customer" if is_about_customer else "partner": event.owner_id})
    event = event if is_about_customer else await _naming_none_erased(ports, event)
    with ports.span("process", Queue.EVENTS, event.trace) as trace:
        mine, serve = event if trace is event.trace else replace(event, trace=trace), partial(_serve, ports)
        entry = await ports.together.served((is_about_customer, event.owner_id), mine, serve)
    if entry.fields["result"] == APPLIED and is_doubtful(ports, event):
        warnings = await warnings_of(ports, [("$", event)], _MOST_WARNINGS)
        return entry.adding(warnings=[f"{each.path} {each.message}" for each in warnings])
    return entry


async def _naming_none_erased(ports: Ports, event: Event) -> Event:
    """A deployment is stored without the customer that was erased since. Each delivery of it is: they stay equal."""
    customer_id = event.register.data.get(_CUSTOMER) if event.kind == Deployment.kind else None
    if not customer_id or event.register.time > await ports.customers.erased_at(customer_id):
        return event
    return replace(event, register=event.register.without(_CUSTOMER))


async def _serve(ports: Ports, group: Group[Event, Entry]) -> Sequence[Entry | Exception]:
    """Apply a group's events together; one by one if any of them is at fault, so that it fails alone."""
    first = group.items[0]
    apply = _decide_customer if first.is_about_customer else apply_partner_facts
    try:
        results = await apply(ports, first.owner_id, group.take)
    except PassingError:
        raise
    except Exception as fault:
        if len(group.items) == 1:
            raise
        _log.warning("handled one by one", events=len(group.items), fault=type(fault).__name__)
        return await _one_by_one(ports, group.items, apply)
    return [each.adding(together=len(results)) for each in results] if len(results) > 1 else results


async def _one_by_one(
    ports: Ports, events: Sequence[Event], apply: Callable[[Ports, str, Take], Awaitable[Sequence[Entry]]]
) -> Sequence[Entry | Exception]:
    """By stamp, so that of facts past a cap the latest are refused; what may pass ends it for all that are left."""
    ends: dict[int, Entry | Exception] = {}
    passing: PassingError | None = None
    for event in by_stamp(events):
        try:
            ends[id(event)] = passing or (await apply(ports, event.owner_id, partial(list, [event])))[0]
        except PassingError as fault:
            ends[id(event)] = passing = fault
        except Exception as fault:
            ends[id(event)] = fault
    return [ends[id(event)] for event in events]


def why_no_exceptions(ports: Ports) -> str:
    """Nothing if they are taken."""
    if ports.oldest_version not in NARROW:
        return ""
    return f"version {ports.oldest_version} may run (OLDEST_VERSION) and handles no customer with an exception"


def _is_decided(ports: Ports, state: CustomerState) -> bool:
    return state.decision is not None and not state.evidence.is_of_the_future(ports.today())


async def _forget_attachments(ports: Ports, loaded: Loaded, events: Sequence[Event]) -> None:
    """A delivery that died before the customer was erased may have entered it in a partner's index."""
    partner_ids = [each.register.data["partnerId"] for each in events if each.kind == Attachment.kind]
    if partner_ids:
        from shared.workflow.erase import forget_attachments  # rare, and no event should wait for it

        await forget_attachments(ports, loaded, partner_ids)


async def _described(ports: Ports, loaded: Loaded, state: CustomerState) -> Committed:
    """Nothing that rules read has changed: nothing is decided and nobody is notified."""
    if state is loaded.state:
        return Committed(state, loaded.etag or "", {})
    from shared.workflow.describe import describe  # rare, and no event should wait for it

    return await describe(ports, loaded, state)


async def _decide_customer(ports: Ports, customer_id: str, take: Take) -> Sequence[Entry]:
    """Apply all facts, decide once, commit once, notify; the greatest that changed what rules read is the cause."""
    ends: dict[int, Entry] = {}
    of = 0

    async def attempt() -> Committed:
        nonlocal ends, of
        loaded = await ports.customers.load(customer_id)
        events, state = take(), loaded.state
        taken = [event for event in by_stamp(events) if not state.has_erased(event)]
        for event in taken:
            state = state.applying(event) or state
        kept = {id(event): state.registers[event.kind][event.key] for event in taken}
        ends = {id(event): end_of(event, kept[id(event)]) if id(event) in kept else OF_ERASED for event in events}
        applied = [event for event in taken if kept[id(event)] is event.register]
        if state.is_erased and not taken:
            await _forget_attachments(ports, loaded, events)
        told = [event for event in taken if not event.is_description]
        changed = [event for event in applied if not event.is_description]
        if not told or (not changed and _is_decided(ports, loaded.state)):
            return await _described(ports, loaded, state)
        is_new = state.fact_count > loaded.state.fact_count
        limit = MAX_BYTES_AFTER_NEW_FACT if is_new else MAX_BYTES
        cause = (changed or told)[-1]
        of = id(cause)
        return await decide(ports, loaded, state, cause.cause, ports.gathering(), limit)

    decided = await relayed(ports, await until_first(ports, attempt))
    if decided.fields:
        ends[of] = Entry({**ends[of].fields, **decided.fields}, decided.beside)
    return list(ends.values())
