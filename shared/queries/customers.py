"""Questions about customers."""

import json
from collections.abc import Iterable
from datetime import date

from shared.domain.customer_state import CustomerState
from shared.domain.decision import JsonObject, Outcome, Status
from shared.domain.notification import recorded_decision
from shared.domain.registers import ATTACHED, Kind, Register
from shared.ports import Ports
from shared.queries.bounded import MAX_ANSWER_BYTES, within_page
from shared.queries.decision_answer import Asked, decision_answer
from shared.queries.problems import not_found
from shared.storage.customers import Recorded
from shared.workflow.gather import Gathering

_AT_A_TIME = 50


async def list_customers(ports: Ports, after: str, limit: int) -> JsonObject:
    """Decided customers by id; fewer than ``limit`` where many of the directory are not decided."""
    ids = await ports.indexes.directory(after, limit + 1)
    heads = await ports.customers.heads_of(ids[:limit])
    items = [
        {
            "customerId": head.customer_id,
            "status": head.status,
            "sequence": head.sequence,
            "decidedAt": head.decided_at,
        }
        for head in heads
    ]
    return {"items": items, "next": ids[limit - 1] if len(ids) > limit else None}


async def get_customer(ports: Ports, customer_id: str) -> JsonObject:
    """All facts, each with the event it came from, and the current decision: what may be stored bounds the answer."""
    state = await _known(ports, customer_id)
    return {
        "customerId": customer_id,
        "licences": _facts(state, Kind.LICENCE),
        "projects": _facts(state, Kind.PROJECT),
        "attachments": _facts(state, Kind.ATTACHMENT),
        "decision": state.decision,
        "decidedAt": state.decided_at,
    }


async def get_eligibility(ports: Ports, customer_id: str, on: date | None) -> JsonObject:
    """The decision as of now, or of a date, from the stored facts; nothing is stored."""
    state = await _known(ports, customer_id)
    today = ports.today()
    day = on or today
    book = await ports.rule_books.book(None)
    rule_set = await ports.rule_books.in_force(book, day)
    partners = await Gathering(ports.partners).partners(state.customer.partner_ids, {})
    next_start = book.timeline.next_start(day)
    asked = Asked(rule_set, state.customer, partners, day, next_start, state.size)
    decision = await decision_answer(asked, today, ports.candidates)
    is_recorded = day == today and _outcome(decision) == state.outcome
    return {**decision, "sequence": state.sequence if is_recorded else None}


def _outcome(decision: JsonObject) -> Outcome:
    return Outcome(Status(decision["status"]), tuple(decision["eligibleProjects"]))


async def get_history(ports: Ports, customer_id: str, before: int | None, limit: int) -> JsonObject:
    """The recorded decisions, newest first."""
    await _known(ports, customer_id)
    found: list[Recorded] = []
    while len(found) < limit:  # pages of the store are small: each recorded decision is up to 32 KiB
        some = min(_AT_A_TIME, limit - len(found))
        page = await ports.customers.history(customer_id, before, some)
        found += page
        if len(page) < some or sum(len(each.notification) for each in found) > MAX_ANSWER_BYTES:
            break
        before = _sequence_of(page[-1])
    items = within_page(_recorded_json(each) for each in found)
    oldest = items[-1]["sequence"] if items else 1
    return {"items": items, "next": str(oldest) if oldest > 1 else None}


async def get_recorded(ports: Ports, customer_id: str, sequence: int) -> JsonObject:
    """One recorded decision with the facts it used (null: more than are kept) and its rule set: all a replay needs."""
    recorded = await ports.customers.recorded(customer_id, sequence)
    if recorded is None:
        raise not_found(f"customer {customer_id} has no recorded decision {sequence}")
    answer = _recorded_json(recorded)
    rule_set = await ports.rule_sets.version(answer["ruleSetVersion"])
    document = json.loads(rule_set.document) if rule_set else None
    return {**answer, "facts": recorded.used, "ruleSet": document}


def _sequence_of(recorded: Recorded) -> int:
    return int(json.loads(recorded.notification)["data"]["sequence"])


def _recorded_json(recorded: Recorded) -> JsonObject:
    notification = json.loads(recorded.notification)
    return {
        **recorded_decision(notification),
        "decidedAt": notification["time"],
        "ruleSetSha256": recorded.rule_set_sha256,
    }


async def _known(ports: Ports, customer_id: str) -> CustomerState:
    state = await ports.customers.head(customer_id)
    if state is None:
        raise not_found(f"no event has told of customer {customer_id}")
    return state


def _facts(state: CustomerState, kind: Kind) -> list[JsonObject]:
    registers: Iterable[Register] = state.registers.get(kind, {}).values()
    return [fact_json(kind, register) for register in registers]


def fact_json(kind: Kind, register: Register) -> JsonObject:
    """A fact in the shape of its event's data, with the event it came from."""
    owner = "customerId" if kind in (Kind.LICENCE, Kind.PROJECT, Kind.ATTACHMENT) else "partnerId"
    data = {name: value for name, value in register.data.items() if name != owner}
    if kind is Kind.ATTACHMENT:
        data["attached"] = register.type == ATTACHED
    event = {"source": register.source, "id": register.id, "type": register.type, "time": register.time}
    return {**data, "event": event}
