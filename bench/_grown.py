"""Customers and partners with many facts, written as the product stores them instead of event by event."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from shared.domain.events import parse_event
from shared.domain.facts import Training, fact_of
from shared.ports import Ports
from shared.storage.partners import PartnerFactRow
from shared.storage.store import TRANSACTION_ROWS
from tests import events

_NOW = datetime(2026, 6, 1, tzinfo=UTC)


def _id(number: int) -> str:
    """One that compresses as little as an id does."""
    return f"M-{sha256(str(number).encode()).hexdigest()[:12]}"


async def grow_customer(ports: Ports, customer_id: str, facts: int) -> None:
    """Give a customer licences of no amount until it has so many facts: its outcome stays."""
    loaded = await ports.customers.load(customer_id)
    if (missing := facts - loaded.state.fact_count) <= 0:
        return
    licence = parse_event(events.spend("any", "0", "L-any"), _NOW)
    licences = dict(loaded.state.registers[licence.kind])
    for name in map(_id, range(missing)):
        data = {**licence.register.data, "licenceId": name}
        licences[licence.key.replace("L-any", name)] = replace(licence.register, data=data)
    registers = {**loaded.state.registers, licence.kind: licences}
    await ports.customers.commit(replace(loaded.state, registers=registers), loaded.etag)


async def grow_partner(ports: Ports, partner_id: str, facts: int) -> None:
    """Give a partner trainings, each of another learner on another day, until it has so many facts."""
    state, rows = await ports.partners.load(partner_id), []
    training = parse_event(events.trained("any"), _NOW).register
    for number in range(facts - state.facts):
        day = (date(1990, 1, 1) + timedelta(days=number % 13_000)).isoformat()
        data = {**training.data, "learnerId": _id(number), "completedOn": day}
        key = f"success-by-design~training~{data['learnerId']}~{day}"
        rows.append(PartnerFactRow(Training.kind, key, replace(training, data=data), 1))
    if not rows:
        return
    learned = [(None, fact_of(row.kind, row.register.data)) for row in rows]
    full = replace(state, partner=state.partner.replacing_each(learned), facts=state.facts + len(rows))
    for some in itertools.batched(ports.partners.writes(full, rows), TRANSACTION_ROWS, strict=False):
        await ports.partners.commit(some)
