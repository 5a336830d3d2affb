"""Decides a customer and commits state, decision, recorded decision and notification in one atomic write.

A handler with older evidence, or one that loses the conditional write, reads again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from shared.aside import aside
from shared.at_once import all_of
from shared.domain.cause import Cause
from shared.domain.customer_state import CustomerState, Evidence, stored_decision
from shared.domain.gathered import customer_facts
from shared.domain.notification import decision_json, notification_of
from shared.domain.partner_copies import copied
from shared.errors import PassingError, WentBackError
from shared.gathering import Gathering, WithCopies
from shared.logs import Fields, Log
from shared.own_json import compact_bytes
from shared.ports import Ports
from shared.rules.forecast import assess
from shared.rules.rule_set import steps_of_many
from shared.rules.used_facts import used_facts
from shared.storage.customers import MAX_ROW_BYTES, Loaded, Recorded
from shared.storage.names import Entry as Unnamed
from shared.storage.store import Conflict
from shared.storage.upcoming import Entry
from shared.storage.work import Outbox
from shared.workflow.columns import is_entered, numbered
from shared.workflow.in_lists import in_lists
from shared.workflow.names import announce_customer
from shared.workflow.pointers import announce
from shared.workflow.reasons import is_explained, reasons
from shared.workflow.upcoming import moves

ATTEMPTS = 12
_FIRST_PAUSE, _LONGEST_PAUSE = 0.01, 1.0

_log = Log("decision")


@dataclass(frozen=True, slots=True)
class Committed:
    """A customer as it is stored now, with the notifications made on the way by sequence.

    ``recorded``: what the log has to say of the decision that was recorded now, if one was. ``head_etag`` names the
    version of its row in the index that is probably there, if that is known; ``outbox`` is the row of work of a commit
    without a notification; ``gone`` are rows of lists by day that the commit made wrong, ``unnamed`` those of names.
    """

    state: CustomerState
    etag: str
    made: Mapping[int, bytes]
    recorded: Fields = field(default_factory=dict)
    head_etag: str = ""
    outbox: Outbox | None = None
    gone: Sequence[Entry] = ()
    unnamed: Sequence[Unnamed] = ()


async def until_first[T](ports: Ports, attempt: Callable[[], Awaitable[T]]) -> T:
    """Repeat an attempt that loses to other writers, pausing longer and longer at random; then a passing error."""
    for number in range(ATTEMPTS):
        try:
            return await attempt()
        except Conflict:
            await ports.pause(ports.chance.uniform(0, min(_FIRST_PAUSE * 2**number, _LONGEST_PAUSE)))
    raise PassingError(f"other writers were first {ATTEMPTS} times")


async def decide(
    ports: Ports,
    loaded: Loaded,
    facts: CustomerState,
    cause: Cause,
    gathering: Gathering | WithCopies,
    limit: int = MAX_ROW_BYTES,
) -> Committed:
    """Decide ``facts`` (the loaded state, perhaps with an event applied) and commit over the version loaded."""
    before = loaded.state
    entered = await _enter_in_indexes(ports, facts)
    decided, recorded = await _mended(ports, before, _decided(ports, facts, cause, gathering))
    decided = await numbered(ports, before, facts, decided)
    unnamed = await announce_customer(ports, before, decided)
    (outbox, gone), head_etag = await _announce_work(ports, before, decided), entered or before.indexed.etag
    try:
        etag = await ports.customers.commit(decided, loaded.etag, recorded, loaded.room(facts, limit))
    except Conflict:
        if recorded is not None:
            await _count_again(ports, decided)
        raise
    if recorded is None:
        return Committed(decided, etag, {}, head_etag=head_etag, outbox=outbox, gone=gone, unnamed=unnamed)
    statuses = {"status": decided.outcome.status.value, "previousStatus": facts.outcome.status.value}
    within = {"within": expiring.within} if (expiring := decided.outcome.expiring) else {}
    said: Fields = {"sequence": decided.sequence, **statuses, **within, "epoch": decided.evidence.epoch}
    return Committed(
        decided, etag, {decided.sequence: recorded.notification}, said, head_etag, gone=gone, unnamed=unnamed
    )


async def _count_again(ports: Ports, decided: CustomerState) -> None:
    """If the sequence is recorded and no state counts it, no attempt ever succeeds: then the customer is repaired."""
    customer_id = decided.customer_id
    if await ports.customers.recorded(customer_id, decided.sequence) is None:
        return
    if (await ports.customers.load(customer_id)).state.sequence < decided.sequence:
        from shared.workflow.repair_customer import repair_customer  # rare, and no event should wait for it

        _log.warning("recorded decisions are not counted", customer=customer_id, sequence=decided.sequence)
        await repair_customer(ports, customer_id)


async def _mended[T](ports: Ports, state: CustomerState, deciding: Awaitable[T]) -> T:
    """If a row went back, this customer must be found when the row is accepted."""
    try:
        return await deciding
    except WentBackError as fault:
        from shared.workflow.gone_back import mend  # rare, and no event should wait for it

        await mend(ports, state, fault)
        raise


async def _enter_in_indexes(ports: Ports, facts: CustomerState) -> str:
    """Before the rules and the partners are read: any later change of them finds this customer. Gives the ETag of its
    row in the population index if that was inserted."""
    entered = ""
    if not is_entered(ports, facts):
        if facts.decision is None:
            await ports.rule_books.before_first_customer()
        _, entered = await asyncio.gather(
            ports.indexes.enter_in_directory(facts.customer_id),
            ports.heads.enter(facts.customer_id, ports.timestamp()),
        )
    new = [each for each in facts.customer.partner_ids if each not in facts.evidence.partners]
    await ports.indexes.enter_attachments(facts.customer_id, new)
    return entered


async def _decided(
    ports: Ports, facts: CustomerState, cause: Cause, gathering: Gathering | WithCopies
) -> tuple[CustomerState, Recorded | None]:
    """The state with its new decision, which is recorded if the outcome changed."""
    evidence = facts.evidence
    on = evidence.next_on(ports.today())
    book = await ports.rule_books.book(evidence.epoch if is_entered(ports, facts) else None)
    rules = await ports.rule_books.rules(book, on)
    partners = await gathering.partners(facts.customer.partner_ids, evidence.partners, book.epoch)
    customer, rule_set = facts.customer, rules.rule_set
    steps, asked = steps_of_many(rule_set, customer, partners), (customer, partners, on)
    assessment = await aside(steps, lambda: assess(rules, *asked))
    changed = assessment.outcome != facts.outcome
    sequence = facts.sequence + changed
    listed = await in_lists(rules, customer, partners, assessment, facts, steps)
    if listed.undecided:
        assessment = replace(assessment, undecided=True)
    decision = decision_json(facts.customer_id, assessment, None, rule_set.offers, sequence, cause.named)
    if max(evidence.decisions, book.decisions) > ports.decisions:
        await ports.rule_books.note_older()
    made = None
    if changed or not is_explained(facts):
        made = await aside(steps, lambda: reasons(rule_set, *asked, assessment.outcome))
    seen = {each.partner_id: each.revision for each in partners.values()}
    revisions = Evidence(seen, book.epoch, on, ports.decisions)
    decided = CustomerState(  # as replace() would, in a fifth of the time
        facts.customer_id,
        facts.registers,
        revisions,
        stored_decision(decision, assessment.due_on),
        ports.timestamp(),
        sequence,
        facts.sent,
        facts.unknown,
        facts.size,
        facts.indexed,
        made.why if made else facts.why,
        listed,
        facts.erased_at,
        copied(partners.values()),
    )
    if not changed or made is None:
        return decided, None
    notified = notification_of(
        {**decision, **made.members}, facts.outcome, decided.decided_at, cause.trace, ports.source
    )
    used = used_facts(customer_facts(facts.registers), partners.values(), on, rules)
    return decided, Recorded(compact_bytes(notified), rule_set.sha256, used)


async def _announce_work(
    ports: Ports, before: CustomerState, decided: CustomerState
) -> tuple[Outbox | None, Sequence[Entry]]:
    """What the commit will make necessary or right gets its rows first; gives the row of work of a commit without a
    notification, and the rows of lists that it makes wrong."""
    rows: list[Callable[[], Awaitable[None]]] = []
    outbox = Outbox(decided.customer_id, decided.sequence, decided.decided_at)
    is_recorded, number = decided.sequence > before.sequence, decided.indexed.commit
    if not is_recorded and number != before.indexed.commit:
        outbox = replace(outbox, commit=number)
    if is_recorded or outbox.commit:
        rows.append(partial(ports.work.open_outbox, outbox))
    is_new = decided.due_on != before.due_on or decided.evidence.on < before.evidence.on
    if decided.due_on is not None and is_new:
        rows.append(partial(ports.work.add_due, decided.customer_id, decided.due_on))
    gone: Sequence[Entry] = ()
    if moved := moves(before, decided):
        gone, _ = await asyncio.gather(announce(ports.upcoming, *moved), all_of(row() for row in rows))
    else:
        await all_of(row() for row in rows)
    return outbox if outbox.commit else None, gone
