"""Repairs one customer: its rows, its count of recorded decisions, and its decision, which is made again."""

import json
from dataclasses import replace

from shared.domain.cause import REPAIR
from shared.domain.customer_state import CustomerState
from shared.domain.decision import UNASSESSED, JsonObject, Node, Outcome, Status, Verdict
from shared.domain.notification import is_erasure, is_notified, notification_of
from shared.logs import Entry, cause_fields
from shared.own_json import compact_bytes
from shared.ports import Ports
from shared.rules.summary import summary_of
from shared.storage.customers import Loaded, Recorded
from shared.workflow.decide import Committed, decide, until_first
from shared.workflow.erase import ask_for_erasure
from shared.workflow.index import reindex_customer
from shared.workflow.reasons import reasons_of
from shared.workflow.relay import log_recorded


async def repair_customer(ports: Ports, customer_id: str) -> None:
    """Whatever differs, the same is done; a second time it changes nothing but the cause. The notification of another
    outcome is left to the sweep of outboxes, which knows the way."""

    async def attempt() -> Committed | None:
        loaded = await _with_erasure(ports, await ports.customers.load(customer_id))
        if loaded.state.is_erased:
            await ask_for_erasure(ports, customer_id)
            return None
        newest = await ports.customers.newest_recorded(customer_id)
        if loaded.state.registers and not loaded.state.has_facts and newest <= loaded.state.sequence:
            return None  # only described: nothing is decided
        if not loaded.state.registers and not newest:
            await ports.indexes.enter_in_directory(customer_id)
            return None
        await _enter(ports, loaded.state)
        loaded = await _with_record(ports, loaded)
        facts = await _as_recorded(ports, loaded.state)
        facts = replace(facts, indexed=replace(facts.indexed, since=None))  # as the recorded decisions say
        return await decide(ports, _as_if_new(loaded), facts, REPAIR, ports.gathering())

    committed = await until_first(ports, attempt)
    if committed is None:
        return
    if committed.recorded:
        log_recorded(ports, Entry(committed.recorded).adding(customer=customer_id, **cause_fields(REPAIR.named)))
    await reindex_customer(ports, customer_id)
    if committed.outbox is not None:
        await ports.work.close_outbox(committed.outbox)


async def _with_erasure(ports: Ports, loaded: Loaded) -> Loaded:
    """Erased, if that is the last that is recorded: its row is lost, or of the time before."""
    state = loaded.state
    newest = await ports.customers.newest_recorded(state.customer_id)
    recorded = await ports.customers.recorded(state.customer_id, newest) if newest > state.sequence else None
    notified: JsonObject = json.loads(recorded.notification) if recorded else {}
    if not notified or not is_erasure(notified):
        return loaded
    sent = await _sent_by_rows(ports, state.customer_id, newest)
    erased = replace(state, sent=sent).erased(newest, notified["time"], notified["data"]["erasedAt"])
    return Loaded(erased, await ports.customers.commit(erased, loaded.etag))


async def _enter(ports: Ports, state: CustomerState) -> None:
    """In the indexes, before the rules and the partners are read."""
    await ports.indexes.enter_in_directory(state.customer_id)
    await ports.heads.enter(state.customer_id, ports.timestamp())
    await ports.indexes.enter_attachments(state.customer_id, state.customer.partner_ids)
    await ports.rule_books.book(None)


def _as_if_new(loaded: Loaded) -> Loaded:
    """So that what has to be done later gets all its rows again, not only what changes."""
    return replace(loaded, state=replace(loaded.state, decision=None, sequence=loaded.state.sent))


async def _with_record(ports: Ports, loaded: Loaded) -> Loaded:
    """The last recorded decision is there: if it was lost, what the state keeps of it is recorded in its place."""
    state = loaded.state
    newest = await ports.customers.newest_recorded(state.customer_id)
    if state.decision is None or newest >= state.sequence:
        return loaded
    before = await ports.customers.recorded(state.customer_id, state.sequence - 1)
    previous = _notified(json.loads(before.notification)["data"], UNASSESSED) if before else UNASSESSED
    reasons = await reasons_of(ports, state) or await _no_reasons(ports, state)
    decision = {**(state.current_decision or {}), "sequence": state.sequence, **reasons}
    notified = notification_of(decision, previous, state.decided_at, source=ports.source)
    etag = await ports.customers.commit(state, loaded.etag, Recorded(compact_bytes(notified)))
    return replace(loaded, etag=etag)


async def _no_reasons(ports: Ports, state: CustomerState) -> JsonObject:
    """What its decision was made by is gone as well: the root alone, with the verdict that its status says."""
    book = await ports.rule_books.book(None)
    rule_set = await ports.rule_books.in_force(book, ports.today())
    root = rule_set.document.criteria
    verdict = Verdict.MET if state.outcome.status is Status.ELIGIBLE else Verdict.UNMET
    tree = Node(root.id, root.title, verdict, root.requires or None, "no longer known")
    return {**summary_of(rule_set, tree, state.outcome, ports.today()).members(), "criteria": tree.to_json()}


async def _as_recorded(ports: Ports, state: CustomerState) -> CustomerState:
    """The state that the last recorded decision reports; the next sequence number is one that none has."""
    customer_id = state.customer_id
    newest = await ports.customers.newest_recorded(customer_id)
    recorded = await ports.customers.recorded(customer_id, newest) if newest else None
    if recorded is None:
        return state
    notified: JsonObject = json.loads(recorded.notification)["data"]
    if state.decision is None:
        return replace(state, decision=notified, sequence=newest, sent=await _sent_by_rows(ports, customer_id, newest))
    outcome = _notified(notified, state.outcome)
    decision = {
        **state.decision,
        "status": outcome.status.value,
        "eligibleProjects": list(outcome.eligible_projects),
        "byException": outcome.by_exception,
        "expiring": outcome.expiring.to_json() if outcome.expiring else None,
    }
    return replace(state, decision=decision, sequence=newest, sent=await _sent(ports, state, newest))


async def _sent(ports: Ports, state: CustomerState, newest: int) -> int:
    """Up to the last one that is lost: it can no longer be sent."""
    lost = state.sent
    for sequence in range(state.sent + 1, newest):
        if await ports.customers.recorded(state.customer_id, sequence) is None:
            lost = sequence
    return lost


async def _sent_by_rows(ports: Ports, customer_id: str, newest: int) -> int:
    """Where no state counts them: up to the last one that no row says is to be notified."""
    while newest and await ports.work.is_in_outbox(customer_id, newest):
        newest -= 1
    return newest


def _notified(notified: JsonObject, current: Outcome) -> Outcome:
    """The outcome of a notification; where its list was cut, the current one if that begins the same."""
    if is_notified(current, notified):
        return current
    return Outcome.of(notified)
