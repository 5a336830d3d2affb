"""What must be true after the dust has settled, whatever happened before; by the oracle, not by the product.

Arrives: the store's ports, an oracle that saw every message, and all notifications sent. Leaves: each violation, in
words.
"""

import copy
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from shared.domain.customer_state import CustomerState
from shared.domain.facts import (
    ATTACHED,
    DESCRIBED,
    Attachment,
    Competency,
    Deployment,
    Designation,
    GrantedException,
    Kind,
    Licence,
    Project,
    Training,
    fact_of,
)
from shared.domain.partner import Partner
from shared.domain.partner_copies import copies_in
from shared.ports import Ports
from shared.storage.heads import Head
from shared.storage.keys import LOGGED, RULES, recorded_decision
from shared.storage.partners import of_copy
from shared.storage.upcoming import OF_OUTCOMES, DayKind
from shared.workflow.search import search
from tests.due_rows import due_rows
from tests.names import customers_of, plain, says
from tests.naming import rows_that_say
from tests.oracle.decide import Timeline, decide, in_force, is_undecided
from tests.oracle.oracle import Oracle
from tests.oracle.time_ahead import TimeAhead, time_ahead
from tests.upcoming_lists import entries, exceptions_by_end, upcoming

type Described = dict[str, dict[str, tuple[str | None, str | None]]]
"""Names and owners of customers and of partners, by id."""

type Foreseen = tuple[DayKind, str, str, str]
"""A kind, a partner or "" for all, a day and a customer."""

_EXPIRE = ("work progress~", "work chain~", f"rules {RULES} {LOGGED}")
"""Rows that may name an erased customer: the erasure itself is in the change log."""
SAID_BEFORE = "was told of another outcome before:"
CUSTOMER_SHELVES = {
    Licence.kind: "licences",
    Project.kind: "projects",
    Attachment.kind: "attachments",
    GrantedException.kind: "exceptions",
}
PARTNER_SHELVES = {
    Competency.kind: "competencies",
    Designation.kind: "designations",
    Deployment.kind: "deployments",
    Training.kind: "trainings",
}


async def violations(
    ports: Ports, oracle: Oracle, rules: dict[str, Any], notifications: Iterable[bytes]
) -> AsyncIterator[str]:
    """Every way in which the system is not as it must be; ``rules`` is the document in force today."""
    told = _by_customer(notifications)
    due = {(row.customer_id, row.day) for row in await due_rows(ports)}
    timeline = await _timeline(ports)
    directory = set(await ports.indexes.directory("", 100_000))
    known = sorted({*oracle.customers(), *oracle.described()})
    states = {each: (await ports.customers.load(each)).state for each in known}
    foreseen: list[Foreseen] = []
    oracle = await without_erased(ports, oracle)
    for customer_id, state in states.items():
        of_customer = told.pop(customer_id, {})
        if state.is_erased:
            found = [each async for each in _erased(ports, state, oracle, of_customer)]
        elif not any(oracle.facts(customer_id).values()):
            found = [*_only_described(state), *_sequences(state, of_customer)]
        else:
            head = await ports.heads.load(customer_id)
            ahead = time_ahead(oracle.evidence(customer_id), timeline, state.evidence.on)
            found = [
                *_customer(state, oracle, rules, ports.today(), of_customer),
                *_indexed(head, state, of_customer),
                *_next(state, ahead, due),
                *_undecided(state, oracle, timeline),
                *_near(state, time_ahead(oracle.evidence(customer_id), timeline, ports.today())),
                *([] if customer_id in directory else ["is not in the directory"]),
                *[each async for each in _partners(ports, oracle, state)],
            ]
            foreseen += _foreseen(customer_id, ahead, oracle.facts(customer_id)["attachments"])
        for violation in found:
            yield f"{customer_id}: {violation}"
    for customer_id in told:
        yield f"{customer_id}: was told of but never heard of"
    async for violation in _by_day(ports, foreseen):
        yield violation
    async for violation in _by_end(ports, oracle):
        yield violation
    async for violation in _names(ports, oracle):
        yield violation
    async for violation in _left_over(ports):
        yield violation


async def without_erased(ports: Ports, oracle: Oracle) -> Oracle:
    """What it knows but for what the erasures of customers took away."""
    until = {each: await ports.customers.erased_at(each) for each in await ports.customers.ids("", 100_000)}
    oracle = copy.deepcopy(oracle) if any(until.values()) else oracle
    for customer_id, erased_at in until.items():
        if erased_at:
            oracle.erase(customer_id, datetime.fromisoformat(erased_at))
    return oracle


async def _erased(
    ports: Ports, state: CustomerState, oracle: Oracle, told: dict[int, list[bytes]]
) -> AsyncIterator[str]:
    """Nothing is known of it that came later, it was told last that it is erased, and no other row names it."""
    if any(oracle.facts(state.customer_id).values()) or state.customer_id in oracle.described():
        yield f"is erased, and facts came after {state.erased_at}"
    for violation in _sequences(state, told):
        yield violation
    last = recorded_decision(state.customer_id, state.sequence)
    own = [f"customers {state.customer_id} {key}" for key in (last, f"state~{state.customer_id}")]
    named = await rows_that_say(ports.store, state.customer_id)
    for row in named:
        if row not in own and not row.startswith(_EXPIRE):
            yield f"is erased, and named by {row}"


def _only_described(state: CustomerState) -> Iterable[str]:
    if state.decision is not None:
        yield f"is decided {state.outcome}, and nothing but a description is known of it"


def _foreseen(customer_id: str, ahead: TimeAhead, attachments: Iterable[dict[str, Any]]) -> Iterable[Foreseen]:
    """The lists by day that the customer is in: that of all, and those of its partners."""
    partners = {each["partnerId"] for each in attachments if each["attached"]}
    for kind, day in ((DayKind.LOSES, ahead.loses_on), (DayKind.GAINS, ahead.gains_on)):
        if day is not None:
            yield from ((kind, partner, day.isoformat(), customer_id) for partner in ("", *sorted(partners)))


async def _by_day(ports: Ports, foreseen: list[Foreseen]) -> AsyncIterator[str]:
    """What is answered of who loses or gains eligibility, by day: of all, and of each partner of which there are rows,
    right or not."""
    partners = {each.scope.partition("~")[2] for each in await entries(ports) if each.scope.startswith("partner~")}
    for kind in OF_OUTCOMES:
        for partner in ("", *sorted(partners | {each[1] for each in foreseen} - {""})):
            right = sorted((day, customer_id) for *of, day, customer_id in foreseen if of == [kind, partner])
            if (answered := await upcoming(ports, kind, partner)) != right:
                yield f"who {kind} eligibility {f'with {partner} ' if partner else ''}is {answered}, not {right}"


async def _by_end(ports: Ports, oracle: Oracle) -> AsyncIterator[str]:
    """What is answered of exceptions by their last day."""
    granted = ((each, fact) for each in oracle.customers() for fact in oracle.facts(each)["exceptions"])
    right = sorted((fact["validUntil"], customer_id, fact["exceptionId"]) for customer_id, fact in granted)
    if (answered := await exceptions_by_end(ports)) != right:
        yield f"exceptions end {answered}, not {right}"


def _next(state: CustomerState, ahead: TimeAhead, due: set[tuple[str, date]]) -> Iterable[str]:
    """What it says of the time after the day it was decided on."""
    if state.due_on and (state.customer_id, state.due_on) not in due:
        yield f"nothing will decide it on {state.due_on}"
    if state.due_on != ahead.next_change_on:
        yield f"is decided next on {state.due_on}, and its outcome changes on {ahead.next_change_on}"
    decision = state.decision or {}
    said = decision.get("losesOn"), decision.get("gainsOn")
    right = tuple(day and day.isoformat() for day in (ahead.loses_on, ahead.gains_on))
    if said != right:
        yield f"loses, gains eligibility on {said}, not {right}"


def _near(state: CustomerState, today: TimeAhead) -> Iterable[str]:
    expiring = (state.decision or {}).get("expiring")
    if expiring != today.expiring:
        yield f"has {expiring} as its loss, not {today.expiring}"


async def _timeline(ports: Ports) -> Timeline:
    """The documents of the rule sets that are active, each with its start, the highest version last."""
    rules = await ports.rule_sets.load()
    stored = [await ports.rule_sets.version(version) for version, _ in sorted(rules.active)] if rules else []
    return [(each.effective_from, json.loads(each.document)) for each in stored if each]


def _customer(
    state: CustomerState, oracle: Oracle, rules: dict[str, Any], today: date, told: dict[int, list[bytes]]
) -> Iterable[str]:
    kept = {
        shelf: [_fact(kind, each) for each in state.registers.get(kind, {}).values()]
        for kind, shelf in CUSTOMER_SHELVES.items()
    }
    if _shelves(kept) != _shelves(oracle.facts(state.customer_id)):
        yield "its facts are not those of the greatest events"
    expected = decide(oracle.evidence(state.customer_id), rules, today)
    outcome = state.outcome
    if (outcome.status.value, list(outcome.eligible_projects), outcome.by_exception) != expected:
        yield f"is decided {state.outcome}, not {expected}"
    yield from _sequences(state, told)


def _undecided(state: CustomerState, oracle: Oracle, timeline: Timeline) -> Iterable[str]:
    """As of the day of the decision: it changes without one."""
    on = state.evidence.on
    right = is_undecided(oracle.evidence(state.customer_id), in_force(timeline, on), on)
    if state.decision and state.decision["undecided"] is not right:
        yield f"is decided with undecided {state.decision['undecided']}, not {right}"


def _sequences(state: CustomerState, told: dict[int, list[bytes]]) -> Iterable[str]:
    if state.sent != state.sequence:
        yield f"{state.sent} of {state.sequence} recorded decisions are marked as told"
    if sorted(told) != list(range(1, state.sequence + 1)):
        yield f"was told {sorted(told)}, not 1 to {state.sequence}"
        return
    if any(len(set(bodies)) > 1 for bodies in told.values()):
        yield "was told different things under one id"
    yield from _told(state, [json.loads(told[sequence][0]) for sequence in sorted(told)])


def _told(state: CustomerState, notifications: list[dict[str, Any]]) -> Iterable[str]:
    """Each tells of another outcome than the one before and says what that was; the last, of the current one."""
    said = [("unassessed", [], False, None), *(_outcome(each["data"]) for each in notifications)]
    if any(one == other for one, other in pairwise(said)):
        yield f"was told twice in a row of the same outcome: {said}"
    if said[1:] and said[-1] != _outcome(state.decision or _UNASSESSED):
        yield f"was last told {said[-1]}, not {state.outcome}"
    for notification, before, after in zip(notifications, said, said[1:], strict=False):
        kind = "expiring" if before[:3] == after[:3] else "erased" if after[0] == "unassessed" else "changed"
        if notification["type"] != f"fasttrack.eligibility.{kind}.v1":
            yield f"was told {notification['type']} of {after} after {before}"
        said_before = (
            notification["data"]["previousStatus"] if kind == "erased" else _outcome(notification["data"], "previous")
        )
        if said_before != (before[0] if kind == "erased" else before):
            yield f"{SAID_BEFORE} {notification['data']}, not of {before}"


def _indexed(head: Head | None, state: CustomerState, told: dict[int, list[bytes]]) -> Iterable[str]:
    """The row of the population index says what the state does, and of the status since when it was told."""
    if head is None:
        yield "is not in the population index"
        return
    decision = state.decision or {}
    days = tuple(day and date.fromisoformat(day) for day in (decision.get("losesOn"), decision.get("gainsOn")))
    right = state.outcome.status.value, state.sequence, state.due_on, *days
    if (head.status, head.sequence, head.next_change_on, head.loses_on, head.gains_on) != right:
        yield f"the population index has {head}, not {right}"
    changes = [json.loads(told[sequence][0])["data"] for sequence in sorted(told)]
    changes = [data for data in changes if data["status"] != "unassessed"]
    since = [data["decidedOn"] for data in changes if data["status"] != data["previousStatus"]]
    if since and str(head.since) != since[-1]:
        yield f"was told on {since[-1]} that it is {head.status}; the population index has {head.since}"


async def _partners(ports: Ports, oracle: Oracle, state: CustomerState) -> AsyncIterator[str]:
    for partner_id in state.customer.partner_ids:
        if state.customer_id not in await ports.indexes.attached(partner_id, "", 100_000):
            yield f"is not in the index of {partner_id}"
        summary = (await ports.partners.load(partner_id)).partner
        rows = [row async for row in ports.partners.facts(partner_id)]
        kept: dict[str, list[Any]] = {shelf: [] for shelf in PARTNER_SHELVES.values()}
        rows = [row for row in rows if row.kind not in DESCRIBED]
        for row in rows:
            kept[PARTNER_SHELVES[row.kind]].append(_fact(row.kind, row.register))
        if _shelves(kept) != _shelves(oracle.partner_facts(partner_id)):
            yield f"the facts of {partner_id} are not those of the greatest events"
        whole = Partner.of(partner_id, [fact_of(row.kind, row.register.data) for row in rows])
        if _content(whole) != _content(summary):
            yield f"the summary of {partner_id} is not that of its facts"
        if state.evidence.partners.get(partner_id) != summary.revision:
            used = state.evidence.partners.get(partner_id)
            yield f"was decided on revision {used} of {partner_id}, not {summary.revision}"
        copy = copies_in(state.copies).get(partner_id)
        if copy and copy.revision == summary.revision and not of_copy(partner_id, copy).decides_as(summary):
            yield f"has a copy of {partner_id} that is not revision {copy.revision}"


async def _names(ports: Ports, oracle: Oracle) -> AsyncIterator[str]:
    """Customers and partners are called what the greatest description says, and are found by that."""
    customers, partners = oracle.described(), oracle.described("partnerId")
    for customer_id, right in customers.items():
        if (named := (await ports.customers.load(customer_id)).state.named) != right:
            yield f"{customer_id}: is called {named}, not {right}"
    for partner_id, right in partners.items():
        if (named := (await ports.partners.load(partner_id)).named) != right:
            yield f"{partner_id}: is called {named}, not {right}"
    decided = {each.customer_id for each in [await ports.customers.listed(each) for each in customers] if each}
    async for violation in _found(ports, {"customer": customers, "partner": partners}):
        yield violation
    for owner in {plain(owner) for _, owner in customers.values() if owner}:
        right_ids = sorted(each for each, (_, of) in customers.items() if of and plain(of) == owner and each in decided)
        if (listed := await customers_of(ports, owner)) != right_ids:
            yield f"customers of {owner!r} are {listed}, not {right_ids}"


async def _found(ports: Ports, described: Described) -> AsyncIterator[str]:
    """By whole names: who is found by one is just who is called so, or goes on so."""
    for wanted in {plain(name) for each in described.values() for name, _ in each.values() if name and plain(name)}:
        right = {
            (kind, each)
            for kind, all_of in described.items()
            for each, (name, _) in all_of.items()
            if says(name, wanted)
        }
        hits, more = await search(ports, wanted)
        found = {(hit.whose.value, hit.id) for hit in hits}
        if found != right and not (more and found < right):
            yield f"{wanted!r} finds {sorted(found)}, not {sorted(right)}"


async def _left_over(ports: Ports) -> AsyncIterator[str]:
    async for outbox in ports.work.outboxes():
        yield f"{outbox.customer_id}: the outbox row of {outbox.sequence} is left"
    async for fan_out in ports.fan_outs.all():
        yield f"the fan-out {fan_out.id} is left"
    async for erasure in ports.erasures.all():
        yield f"{erasure.customer_id}: its erasure is not over"


def _content(partner: Partner) -> tuple[object, ...]:
    return partner.competencies, partner.designations, dict(partner.deployments), dict(partner.trainings)


def _fact(kind: Kind, register: Any) -> dict[str, Any]:
    return {**register.data, "attached": register.type == ATTACHED} if kind == Attachment.kind else dict(register.data)


def _shelves(shelves: dict[str, list[Any]]) -> dict[str, list[str]]:
    return {name: sorted(json.dumps(each, sort_keys=True) for each in facts) for name, facts in shelves.items()}


def _outcome(data: dict[str, Any], of: str = "") -> tuple[str, list[str], bool, Any]:
    """The outcome that a decision has; as notifications of older versions have it, without the last two."""
    status, projects, *added = (f"{of}{name}" if of else f"{name[0].lower()}{name[1:]}" for name in _MEMBERS)
    by_exception, expiring = map(data.get, added)
    return data[status], data[projects], bool(by_exception), expiring


_UNASSESSED = {"status": "unassessed", "eligibleProjects": []}
_MEMBERS = ("Status", "EligibleProjects", "ByException", "Expiring")


def _by_customer(notifications: Iterable[bytes]) -> dict[str, dict[int, list[bytes]]]:
    found: dict[str, dict[int, list[bytes]]] = defaultdict(dict)
    for body in notifications:
        data = json.loads(body)["data"]
        found[data["customerId"]].setdefault(data["sequence"], []).append(body)
    return found
