"""A recompute message: a step of a fan-out, or customers decided again because of a partner, the rules or a date.

A customer whose evidence knows of the reason was decided since and is left alone. One that is not (or not any more)
attached is written all the same, unchanged: that makes a slower writer, attaching it on older evidence, read again. The
partner's index then forgets it. If some of many customers fail, each of those gets a message of its own and is retried
alone; if all wait for the same, or time runs out, the message is tried again, which costs a read for each that is done.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from shared.at_once import at_once
from shared.domain.cause import Cause
from shared.domain.customer_state import CustomerState
from shared.domain.partner_copies import copies_in
from shared.domain.recompute import (
    DayCame,
    FanOutStep,
    PartnerChanged,
    PreviewStep,
    Reason,
    Recompute,
    RulesChanged,
    Upgraded,
    parse_recompute,
)
from shared.errors import LaterVersionError, PassingError
from shared.gathering import Gathering, WithCopies
from shared.logs import Log, about, add, cause_fields
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.storage import keys
from shared.storage.customers import Loaded
from shared.storage.fan_outs import FanOut
from shared.storage.progress import Part
from shared.storage.store import Conflict
from shared.workflow.chains import chain_step
from shared.workflow.decide import Committed, decide, until_first
from shared.workflow.fan_out import fan_out_step
from shared.workflow.keep import handled
from shared.workflow.partner_fan_out import partner_step
from shared.workflow.relay import relay
from shared.workflow.steps import send_recompute

LONGEST = timedelta(minutes=3)
"""After this no further customer is begun: at its time-out the host kills the process with everything in it."""

_log = Log("recompute")


class OutOfTimeError(PassingError):
    """Not all customers of a message were reached."""


async def recompute(ports: Ports, body: bytes, attempt: int) -> None:
    """Handle one message of the recompute queue, delivered for the ``attempt``-th time; raises what may pass."""
    with about(queue=Queue.RECOMPUTE.value, attempt=attempt):
        await handled(ports, Queue.RECOMPUTE, body, attempt, _handle)


async def _handle(ports: Ports, body: bytes) -> None:
    try:
        message = parse_recompute(body)
    except LaterVersionError as fault:
        ports.later.note(fault)
        raise
    match message:
        case FanOutStep(fan_out_id, chain):
            if fan_out := FanOut.of_partner(fan_out_id):
                await partner_step(ports, fan_out, _decide_all)
            elif chain:
                await chain_step(ports, fan_out_id, chain)
            else:
                await fan_out_step(ports, fan_out_id)
        case PreviewStep(question_id, part):
            from shared.workflow.population.walk import step  # rare, and no event should wait for it

            await step(ports, question_id, part)
        case Recompute():
            await _decide_all(ports, message)


async def _decide_all(ports: Ports, message: Recompute) -> None:
    if _is_far_ahead(ports, message.reason):
        _log.warning("date is far ahead", customers=len(message.customer_ids))
        return
    cause = await _cause(ports, message.reason)
    add(**cause_fields(cause.named))
    with ports.span("process", Queue.RECOMPUTE, cause.trace) as trace:
        await _decide_each(ports, message, replace(cause, trace=trace))


def _is_far_ahead(ports: Ports, reason: Reason) -> bool:
    """A sweep by a clock that was ahead sent it: the rows stay, and one finds them again when the day has come."""
    return isinstance(reason, DayCame) and reason.day - ports.today() > timedelta(days=1)


async def _decide_each(ports: Ports, message: Recompute, cause: Cause) -> None:
    began = ports.now()

    async def one(customer_id: str) -> bool | Exception:
        if ports.age(began) > LONGEST:
            return OutOfTimeError(f"not all was done in {LONGEST.seconds} s")
        add(customer=customer_id)  # in this customer's task only
        try:
            return await _decide_one(ports, customer_id, message, cause)
        except Exception as fault:  # told apart below: one bad customer does not stop the others
            return fault

    ends = await at_once(one, message.customer_ids)
    if fault := _fault_of_all(ends):
        raise fault
    faults = {each: end for each, end in zip(message.customer_ids, ends, strict=True) if isinstance(end, Exception)}
    for customer_id, fault in faults.items():
        _log.warning("retried alone", customer=customer_id, fault=type(fault).__name__)
    alone = list(faults)
    _log.info("customers decided again", customers=len(ends) - len(alone), failed=len(alone))
    of = _counted(message.reason)
    if of is not None and message.customer_ids:
        part = Part(message.name, len(ends) - len(alone), ends.count(True), alone)
        alone = await ports.progress.add(of, part, ports.timestamp())
    for customer_id in alone:
        await send_recompute(ports, [customer_id], message.reason, message.chain)


def _fault_of_all(ends: Sequence[bool | Exception]) -> Exception | None:
    """What fails the whole message: the fault of its only customer, one that may pass and all have, no time left."""
    faults = [end for end in ends if isinstance(end, Exception)]
    passing = [fault for fault in faults if isinstance(fault, PassingError)]
    if faults and (len(ends) == 1 or len(passing) == len(ends)):
        return faults[0]
    return next((fault for fault in passing if isinstance(fault, OutOfTimeError)), None)


async def _cause(ports: Ports, reason: Reason) -> Cause:
    """What the decisions name as their cause; the evidence they need is read on the way."""
    match reason:
        case PartnerChanged(partner_id, revision):
            return await ports.kept_partners.cause(partner_id, revision)
        case RulesChanged(epoch):
            return Cause((await ports.rule_books.book(epoch)).cause)
        case DayCame(day):
            if day > ports.today():
                raise PassingError(f"{day} has not come yet by this process's clock")  # the due row must stay
            return Cause({"kind": "date", "date": day.isoformat()})
        case Upgraded(_, decisions):
            if decisions > ports.decisions:
                named = f"decisions have format {decisions}, and this version makes {ports.decisions}"
                raise LaterVersionError(named, named)
            return Cause({"kind": "upgrade", "decisions": decisions})


def _counted(reason: Reason) -> int | str | None:
    """Under what the customers are counted, if they are: all of them are decided for this reason."""
    if isinstance(reason, Upgraded):
        return keys.upgrade(reason.run)
    return reason.epoch if isinstance(reason, RulesChanged) else None


async def _decide_one(ports: Ports, customer_id: str, message: Recompute, cause: Cause) -> bool:
    """Whether a change of rules or an upgrade changed the outcome, now or at an earlier delivery."""
    decided_before = False

    async def attempt() -> Committed | None:
        nonlocal decided_before
        loaded = await ports.customers.load(customer_id)
        if not _is_concerned(loaded.state, message.reason):
            # Deleted first: a writer that then loses to the touch adds the row again.
            await _forget_day(ports, customer_id, message.reason)
            await _touch(ports, loaded, message.reason)
            return None
        evidence = loaded.state.evidence
        decided_before = message.reason.is_known_to(evidence) and not evidence.is_of_the_future(ports.today())
        if decided_before:
            return Committed(loaded.state, loaded.etag or "", {})
        return await decide(ports, loaded, loaded.state, cause, _partners(ports, loaded.state, message.reason))

    committed = await until_first(ports, attempt)
    if committed is None:
        return False
    await relay(ports, committed)
    await _forget_day(ports, customer_id, message.reason)
    if _counted(message.reason) is None:
        return False
    return bool(committed.made) or (decided_before and await _was_recorded_for(ports, committed, cause))


def _partners(ports: Ports, state: CustomerState, reason: Reason) -> Gathering | WithCopies:
    """What decides everybody reads few; other reasons read, and so notice a partner's row that went back."""
    if isinstance(reason, RulesChanged | Upgraded):
        return WithCopies(ports.kept_partners, copies_in(state.copies))
    return ports.kept_partners


async def _forget_day(ports: Ports, customer_id: str, reason: Reason) -> None:
    if isinstance(reason, DayCame):
        await ports.work.forget_due(customer_id, reason.day)  # one elsewhere is moved, and costs a read


async def _was_recorded_for(ports: Ports, customer: Committed, cause: Cause) -> bool:
    """Whether the last recorded decision names this cause."""
    state = customer.state
    if not state.sequence or state.decision is None or state.decision["cause"] != cause.named:
        return False
    last = json.loads(await ports.customers.notification(state.customer_id, state.sequence))
    return bool(last["data"]["cause"] == cause.named)


def _is_concerned(state: CustomerState, reason: Reason) -> bool:
    is_attached = not isinstance(reason, PartnerChanged) or reason.partner_id in state.customer.partner_ids
    return state.decision is not None and is_attached


async def _touch(ports: Ports, loaded: Loaded, reason: Reason) -> None:
    """Write a customer unchanged. If it is detached, delete its row in the partner's index, so that no later fan-out
    finds it; raises Conflict if the customer was written meanwhile.

    The order makes it safe beside an attach, which reads the customer, writes the row, reads the partner and writes the
    customer over the version it read. The row is read before the customer is touched, and deleted only as it was read:

    - An attach that read the customer before the touch loses, and starts again after it.
    - One that read the customer after the touch writes the row after that: it is another version, or there again.

    A process that dies in between leaves the row to the next fan-out.
    """
    state, row = loaded.state, None
    if isinstance(reason, PartnerChanged) and reason.partner_id not in state.evidence.partners:
        row = await ports.indexes.attachment(reason.partner_id, state.customer_id)  # else no attach writes it again
    await ports.customers.touch(loaded, ports.timestamp())
    if row is not None:
        with suppress(Conflict):
            await ports.indexes.delete_attachment(row)
