"""What must be true after the dust has settled, whatever happened before; by the oracle, not by the product.

Arrives: the store's ports, an oracle that saw every message, and all notifications sent. Leaves: each violation, in
words.
"""

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from datetime import date
from itertools import pairwise
from typing import Any

from shared.domain.customer_state import CustomerState
from shared.domain.facts import (
    ATTACHED,
    Attachment,
    Competency,
    Deployment,
    Designation,
    Kind,
    Licence,
    Project,
    Training,
    fact_of,
)
from shared.domain.partner import Partner
from shared.ports import Ports
from shared.storage.heads import Head
from tests.due_rows import due_rows
from tests.oracle.decide import Timeline, decide, next_change
from tests.oracle.oracle import Oracle

CUSTOMER_SHELVES = {Licence.kind: "licences", Project.kind: "projects", Attachment.kind: "attachments"}
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
    for customer_id in oracle.customers():
        state, of_customer = (await ports.customers.load(customer_id)).state, told.pop(customer_id, {})
        head = await ports.heads.load(customer_id)
        for violation in (
            *_customer(state, oracle, rules, ports.today(), of_customer),
            *_indexed(head, state, of_customer),
        ):
            yield f"{customer_id}: {violation}"
        for violation in _next(state, oracle, timeline, due):
            yield f"{customer_id}: {violation}"
        if customer_id not in directory:
            yield f"{customer_id}: is not in the directory"
        async for violation in _partners(ports, oracle, state):
            yield f"{customer_id}: {violation}"
    for customer_id in told:
        yield f"{customer_id}: was told of but never heard of"
    async for violation in _left_over(ports):
        yield violation


def _next(state: CustomerState, oracle: Oracle, timeline: Timeline, due: set[tuple[str, date]]) -> Iterable[str]:
    if state.due_on and (state.customer_id, state.due_on) not in due:
        yield f"nothing will decide it on {state.due_on}"
    changes = next_change(oracle.evidence(state.customer_id), timeline, state.evidence.on)
    if state.due_on != changes:
        yield f"is decided next on {state.due_on}, and its outcome changes on {changes}"


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
    if (state.outcome.status.value, list(state.outcome.eligible_projects)) != expected:
        yield f"is decided {state.outcome}, not {expected}"
    if state.sent != state.sequence:
        yield f"{state.sent} of {state.sequence} recorded decisions are marked as told"
    if sorted(told) != list(range(1, state.sequence + 1)):
        yield f"was told {sorted(told)}, not 1 to {state.sequence}"
        return
    if any(len(set(bodies)) > 1 for bodies in told.values()):
        yield "was told different things under one id"
    said = [_outcome(told[sequence][0]) for sequence in sorted(told)]
    if any(one == other for one, other in pairwise([("unassessed", []), *said])):
        yield f"was told twice in a row of the same outcome: {said}"
    if said and said[-1] != (state.outcome.status.value, list(state.outcome.eligible_projects)):
        yield f"was last told {said[-1]}, not {state.outcome}"


def _indexed(head: Head | None, state: CustomerState, told: dict[int, list[bytes]]) -> Iterable[str]:
    """The row of the population index says what the state does, and of the status since when it was told."""
    if head is None:
        yield "is not in the population index"
        return
    right = state.outcome.status.value, state.sequence, state.due_on
    if (head.status, head.sequence, head.next_change_on) != right:
        yield f"the population index has {head}, not {right}"
    changes = [json.loads(told[sequence][0])["data"] for sequence in sorted(told)]
    days = [data["decidedOn"] for data in changes if data["status"] != data["previousStatus"]]
    if days and str(head.since) != days[-1]:
        yield f"was told on {days[-1]} that it is {head.status}; the population index has {head.since}"


async def _partners(ports: Ports, oracle: Oracle, state: CustomerState) -> AsyncIterator[str]:
    for partner_id in state.customer.partner_ids:
        if state.customer_id not in await ports.indexes.attached(partner_id, "", 100_000):
            yield f"is not in the index of {partner_id}"
        summary = (await ports.partners.load(partner_id)).partner
        rows = [row async for row in ports.partners.facts(partner_id)]
        kept: dict[str, list[Any]] = {shelf: [] for shelf in PARTNER_SHELVES.values()}
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


async def _left_over(ports: Ports) -> AsyncIterator[str]:
    async for outbox in ports.work.outboxes():
        yield f"{outbox.customer_id}: the outbox row of {outbox.sequence} is left"
    async for fan_out in ports.fan_outs.all():
        yield f"the fan-out {fan_out.id} is left"


def _content(partner: Partner) -> tuple[object, ...]:
    return partner.competencies, partner.designations, dict(partner.deployments), dict(partner.trainings)


def _fact(kind: Kind, register: Any) -> dict[str, Any]:
    return {**register.data, "attached": register.type == ATTACHED} if kind == Attachment.kind else dict(register.data)


def _shelves(shelves: dict[str, list[Any]]) -> dict[str, list[str]]:
    return {name: sorted(json.dumps(each, sort_keys=True) for each in facts) for name, facts in shelves.items()}


def _outcome(body: bytes) -> tuple[str, list[str]]:
    data = json.loads(body)["data"]
    return data["status"], data["eligibleProjects"]


def _by_customer(notifications: Iterable[bytes]) -> dict[str, dict[int, list[bytes]]]:
    found: dict[str, dict[int, list[bytes]]] = defaultdict(dict)
    for body in notifications:
        data = json.loads(body)["data"]
        found[data["customerId"]].setdefault(data["sequence"], []).append(body)
    return found
