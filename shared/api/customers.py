"""Customers: their facts, whether they are eligible and why, and what was decided before."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from datetime import date
from typing import Annotated, cast

from shared import own_json
from shared.api.customer_lists import NOUN
from shared.api.pages import MAX_ANSWER_BYTES, within_page
from shared.api.parameters import NUMBERS, Before, Limit, Parameter, before_number, day, id_in_path, number_in_path
from shared.api.problems import not_found
from shared.api.route import READERS, Route
from shared.api.shapes import Day, Decision, Identifier, Moment, Page, TypedDict, has_facts, ref
from shared.domain.customer_state import CustomerState
from shared.domain.decision import JsonObject, Outcome
from shared.domain.facts import CUSTOMER_FACTS, FACTS, CustomerDescription, Kind
from shared.domain.notification import is_erasure, recorded_decision
from shared.domain.registers import Register
from shared.ports import Ports
from shared.storage.customers import Recorded

CustomerId = Annotated[str, id_in_path("the customer", "C-1001")]
SequenceNumber = Annotated[int, number_in_path("sequence", "which one")]
Against = Annotated[
    int | None, Parameter("against", before_number, Annotated[int, "compared with this recorded decision", NUMBERS])
]
On = Annotated[date | None, Parameter("on", day, Annotated[Day, "the date to decide for; today if left out"])]
CurrentDecision = Annotated[JsonObject, ref("current-decision")]
Description = Annotated[JsonObject, ref("description")]
RecordedDecision = Annotated[JsonObject, ref("recorded-decision")]
KeptDecision = Annotated[JsonObject, ref("kept-decision")]

_AT_A_TIME = 50
_NOT_THERE = {"summary": None, "criteria": None}


@has_facts(CUSTOMER_FACTS)
class Customer(TypedDict):
    """A customer's facts, and the current decision."""

    customerId: Identifier
    description: Description | None
    decision: CurrentDecision | None
    decidedAt: Annotated[Moment, "when the customer was decided last"]


@Route(
    NOUN,
    "GET",
    "customers/{id}",
    READERS,
    "One customer: facts and current decision",
    "Each fact with the event it came from, and the current decision.",
    "Reasons are not stored with the current decision. Those answered, in `summary` and `criteria`, are made when you "
    "ask, of what the decision was made by: these facts, its partners' facts and its rule set, as of `decidedOn`. They "
    "are null for the moment between a change of one of these partners and the decision that follows from it; "
    "`GET customers/{id}/eligibility` decides by what is known now, as of today, and has all reasons.",
    problems=(404,),
)
async def get_customer(ports: Ports, customer_id: CustomerId) -> Customer:
    """What may be stored bounds the answer."""
    from shared.workflow.reasons import reasons_of  # no event should wait for it

    state = await known_customer(ports, customer_id)
    decision, reasons = state.current_decision, await reasons_of(ports, state)
    answer = {
        "customerId": customer_id,
        **{each.gathered: _facts(state, each.kind) for each in CUSTOMER_FACTS},
        "description": next(iter(_facts(state, CustomerDescription.kind)), None),
        "decision": decision and {**decision, **(reasons or _NOT_THERE)},
        "decidedAt": state.decided_at,
    }
    return cast(Customer, answer)


@Route(
    NOUN,
    "GET",
    "customers/{id}/eligibility",
    READERS,
    "Decide a customer now, or as of a date",
    "The decision with the whole tree of reasons.",
    "Decides from the stored facts by the rules in force on that date. Stores nothing. A past date is "
    "judged by the facts and rules known today (`knownAsOf`); what was decided then is in the history.",
    problems=(404, 409),
)
async def get_eligibility(ports: Ports, customer_id: CustomerId, on: On) -> Decision:
    from shared.api.decision_answer import Asked, decision_answer

    state = await known_customer(ports, customer_id)
    today = ports.today()
    on = on or today
    book = await ports.rule_books.book(None)
    rules = await ports.rule_books.rules(book, on)
    partners = await ports.gathering().partners(state.customer.partner_ids, {})
    asked = Asked(rules, state.customer, partners, on, state.size)
    decision = await decision_answer(asked, today, ports.candidates)
    is_recorded = on == today and Outcome.of(decision) == state.outcome
    return {**decision, "sequence": state.sequence if is_recorded else None}


@Route(
    NOUN,
    "GET",
    "customers/{id}/history",
    READERS,
    "The decisions recorded for a customer",
    "Recorded decisions, newest first; of a customer that was erased, those since then.",
    problems=(404,),
)
async def get_history(ports: Ports, customer_id: CustomerId, before: Before, limit: Limit) -> Page[RecordedDecision]:
    await known_customer(ports, customer_id)
    found: list[Recorded] = []
    while len(found) < limit:  # pages of the store are small: each recorded decision is up to 32 KiB
        some = min(_AT_A_TIME, limit - len(found))
        page = await ports.customers.history(customer_id, before, some)
        found += page
        if len(page) < some or sum(len(each.notification) for each in found) > MAX_ANSWER_BYTES:
            break
        before = _sequence_of(page[-1])
    since = list(itertools.takewhile(lambda each: not is_erasure(own_json.read(each.notification)), found))
    items = within_page(_recorded_json(each) for each in since)
    oldest = items[-1]["sequence"] if items else 1
    is_all = oldest == 1 or (len(items) == len(since) and len(since) < len(found))
    return {"items": items, "next": None if is_all else str(oldest)}


@Route(
    NOUN,
    "GET",
    "customers/{id}/history/{sequence}",
    READERS,
    "One recorded decision with all it was decided from",
    "The decision, the facts it used, its rule set and those known then to come into force later: all that deciding it "
    "again needs.",
    "With `against`, `difference` says what has changed since that other recorded decision: the outcome, what was "
    "decided by, each criterion and each fact.",
    problems=(404,),
)
async def get_recorded(
    ports: Ports, customer_id: CustomerId, sequence: SequenceNumber, against: Against = None
) -> KeptDecision:
    """``facts`` are null if they were more than are kept."""
    recorded = await _recorded(ports, customer_id, sequence)
    answer = _recorded_json(recorded)
    later = [each["ruleSetVersion"] for each in (recorded.used or {}).get("laterRuleSets", ())]
    rule_set, *others = await _documents(ports, [answer["ruleSetVersion"], *later])
    more: JsonObject = {"laterRuleSets": others} if others else {}
    if against:
        more["difference"] = await _difference(ports, customer_id, {**answer, "facts": recorded.used}, against)
    return {**answer, "facts": recorded.used, "ruleSet": rule_set, **more}


async def _difference(ports: Ports, customer_id: str, decision: JsonObject, against: int) -> list[str]:
    from shared.rules.decisions_compared import difference  # no event should wait for it

    other = await _recorded(ports, customer_id, against)
    return difference({**_recorded_json(other), "facts": other.used}, decision)


async def _recorded(ports: Ports, customer_id: str, sequence: int) -> Recorded:
    recorded = await ports.customers.recorded(customer_id, sequence)
    if recorded is None or is_erasure(own_json.read(recorded.notification)):
        raise not_found(f"customer {customer_id} has no recorded decision {sequence}")
    return recorded


async def _documents(ports: Ports, versions: Sequence[int | None]) -> list[JsonObject | None]:
    """Those of rule sets; null for one that is not stored, or that would make the answer too long."""
    found: list[JsonObject | None] = []
    room = MAX_ANSWER_BYTES
    for version in versions:
        stored = await ports.rule_sets.version(version) if version and room > 0 else None
        room -= len(stored.document) if stored else 0
        found.append(json.loads(stored.document) if stored and room > 0 else None)
    return found


def _sequence_of(recorded: Recorded) -> int:
    return int(own_json.read(recorded.notification)["data"]["sequence"])


def _recorded_json(recorded: Recorded) -> JsonObject:
    notification = own_json.read(recorded.notification)
    return {
        **recorded_decision(notification),
        "decidedAt": notification["time"],
        "ruleSetSha256": recorded.rule_set_sha256,
    }


async def known_customer(ports: Ports, customer_id: str) -> CustomerState:
    state = (await ports.customers.load(customer_id)).state
    if state.decision is not None:
        return state
    if state.registers:
        raise not_found(f"customer {customer_id} is described; no event has told more of it, so nothing is decided")
    if state.erased_at:
        until = state.erased_at
        raise not_found(f"customer {customer_id} was erased; events of a time up to {until} are not taken")
    raise not_found(f"no event has told of customer {customer_id}")


def _facts(state: CustomerState, kind: Kind) -> list[JsonObject]:
    return [fact_json(kind, register) for register in state.registers.get(kind, {}).values()]


def fact_json(kind: Kind, register: Register) -> JsonObject:
    """A fact in the shape of its event's data, with the event it came from."""
    data = {name: value for name, value in register.whole_data.items() if name != FACTS[kind].whose}
    event = {"source": register.source, "id": register.id, "type": register.type, "time": register.time}
    return {**data, "event": event}
