"""Numbers the commits that change a column of a customer's row in the population index."""

import json
from dataclasses import replace
from datetime import date

from shared.domain.customer_state import CustomerState, Indexed
from shared.domain.decision import Status
from shared.ports import Ports
from shared.storage.heads import INDEXED_SINCE, told_of

_PAGE = 50
_PAGES = 20
"""Of recorded decisions that are read for the last change of status: they may differ in projects alone."""


def is_entered(ports: Ports, state: CustomerState) -> bool:
    """Whether the index had a row before the rules were read that the state was decided by."""
    return state.decision is not None and state.evidence.decisions >= min(INDEXED_SINCE, ports.decisions)


async def numbered(ports: Ports, before: CustomerState, facts: CustomerState, decided: CustomerState) -> CustomerState:
    """What was ``decided``, with the next number if it changes a column of ``before``; ``facts`` is what was decided.

    A state that an older version decided may differ from its row: that counts as a change.
    """
    if before.evidence.decisions >= INDEXED_SINCE and told_of(before) == told_of(decided):
        return decided
    since = await _since(ports, facts, decided)
    return replace(decided, indexed=Indexed(ports.later_number(facts.indexed.commit), since))


async def _since(ports: Ports, facts: CustomerState, decided: CustomerState) -> date | None:
    if decided.outcome.status != facts.outcome.status:
        return decided.evidence.on
    if facts.indexed.since is not None and facts.evidence.decisions >= INDEXED_SINCE:
        return facts.indexed.since
    return await recorded_since(ports, facts)


async def recorded_since(ports: Ports, state: CustomerState) -> date | None:
    """The day of the last change to the state's status, by its recorded decisions; None if none of them is there."""
    found, before, status = None, None, state.outcome.status
    for _ in range(_PAGES):
        page = await ports.customers.history(state.customer_id, before, _PAGE)
        for recorded in page:
            data = json.loads(recorded.notification)["data"]
            if Status(data["status"]) != status:
                return found
            found, before = date.fromisoformat(data["decidedOn"]), data["sequence"]
            if Status(data["previousStatus"]) != status:
                return found
        if len(page) < _PAGE:
            return found
    return found
