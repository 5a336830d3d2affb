"""What a soak must have come to: the invariant, and what only its end can show of exceptions, erasures and rows."""

import json
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date
from typing import Any

from shared.domain.named_customer import names_customer
from shared.ports import Ports
from shared.storage.quarantined import KEPT
from shared.workflow.steps import ABANDONED_AFTER
from tests.invariant import violations, without_erased
from tests.oracle.oracle import Oracle
from tests.oracle.time_ahead import TimeAhead, time_ahead
from tests.reconciled import wrong_rows
from tests.soak.plan import Change, Figures

MOST_KEPT = 1_000_000


async def judge(
    figures: Figures, ports: Ports, oracle: Oracle, told: Sequence[bytes], erased: Iterable[str], days: Sequence[date]
) -> None:
    """``days`` are the one of the storm and those that were come to since, after all events."""
    found = figures.violations
    await _drop_abandoned(ports)
    found += [each async for each in violations(ports, oracle, oracle.rules, told)]
    found += [each async for each in _not_erased(ports, erased)]
    known = await without_erased(ports, oracle)
    kept, _ = await ports.quarantine.page("", MOST_KEPT)
    left = sorted(each.body for each in kept if each.state == KEPT and not names_any(each.body, erased))
    right = sorted(each for each in oracle.quarantined if not names_any(each, erased))
    if left != right:
        found.append(f"in quarantine are {len(left)}, not {len(right)} messages")
    figures.days = list(_changes(known, days, told, found))
    found += await wrong_rows(ports)  # last: it repairs
    figures.customers, figures.quarantined = len(oracle.customers()), len(left)
    figures.notifications = len(told)
    figures.told_again = len(told) - len({json.loads(each)["id"] for each in told})


async def _drop_abandoned(ports: Ports) -> None:
    """Who decides a customer and loses to another may leave the row of a commit that never was; a day later timers drop
    it. Those of the last day are not wrong yet."""
    async for outbox in ports.work.outboxes():
        state = (await ports.customers.load(outbox.customer_id)).state
        if not outbox.is_committed(state) and not ports.is_older(outbox.at, ABANDONED_AFTER):
            await ports.work.close_outbox(outbox)


def names_any(body: bytes, customer_ids: Iterable[str]) -> bool:
    return any(names_customer(body, each) for each in customer_ids)


async def _not_erased(ports: Ports, erased: Iterable[str]) -> AsyncIterator[str]:
    for customer_id in erased:
        if not await ports.customers.erased_at(customer_id):
            yield f"{customer_id}: is not erased"


def _changes(known: Oracle, days: Sequence[date], told: Iterable[bytes], found: list[str]) -> Iterable[Change]:
    """Of each day but the first; whom it changes is told so on that day, once, and nobody else is told of anything."""
    outcomes = {each: [_ahead(known, each, day) for day in days] for each in known.customers() if _facts(known, each)}
    said: dict[tuple[str, date], set[str]] = {}
    for notification in (json.loads(body) for body in told):
        data = notification["data"]
        if (on := data.get("decidedOn")) and (day := date.fromisoformat(on)) in days[1:]:
            said.setdefault((data["customerId"], day), set()).add(_said(data))
    for number, day in enumerate(days[1:]):
        both = {each: (those[number], those[number + 1]) for each, those in outcomes.items()}
        changed = {each: (was, now) for each, (was, now) in both.items() if _outcome(was) != _outcome(now)}
        for customer_id in outcomes:
            right = {_outcome(now) for _, now in [changed[customer_id]]} if customer_id in changed else set()
            if (was_said := said.get((customer_id, day), set())) != right:
                found.append(f"{customer_id}: was told {sorted(was_said)} on {day}, not {sorted(right)}")
        ended = sum(was.by_exception and not now.by_exception for was, now in changed.values())
        yield Change(day, len(changed), ended)


def _facts(known: Oracle, customer_id: str) -> bool:
    return any(known.facts(customer_id).values())


def _ahead(known: Oracle, customer_id: str, on: date) -> TimeAhead:
    return time_ahead(known.evidence(customer_id), known.timeline, on)


def _outcome(ahead: TimeAhead) -> str:
    return json.dumps([ahead.status, ahead.eligible_projects, ahead.by_exception, ahead.expiring])


def _said(data: dict[str, Any]) -> str:
    return json.dumps([data["status"], data["eligibleProjects"], data["byException"], data["expiring"]])
