"""Keeps the lists of customers by day a superset of what is right: by the day on which they lose or gain eligibility,
and by the last day of each exception that they were granted.

How is in ``shared/workflow/pointers.py``. What a process that died leaves, the retention round removes when its day is
past.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

from shared.domain.customer_state import CustomerState
from shared.domain.facts import Attachment, GrantedException
from shared.ports import Ports
from shared.storage import keys
from shared.storage.upcoming import OF_OUTCOMES, DayKind, Entry
from shared.workflow import pointers
from shared.workflow.pointers import add_missing

LISTED_SINCE = 2
"""The first format of decisions whose versions write these rows."""
_PAST = timedelta(days=2)
"""After its day for so long an entry may be that of a customer that is not decided again yet."""


class Moves(NamedTuple):
    """The entries that a customer has before a decision, and after it."""

    before: Sequence[Entry]
    after: Sequence[Entry]


def entries_of(state: CustomerState) -> list[Entry]:
    """Those that a customer has; the rows by outcome of one that an older version decided may be missing."""
    if state.decision is None:
        return []
    customer_id = state.customer_id
    found = [Entry(DayKind.EXCEPTION, keys.everybody(customer_id), day, customer_id) for day in _last_days(state)]
    if state.evidence.decisions < LISTED_SINCE:
        return found
    days = ((DayKind.LOSES, state.loses_on), (DayKind.GAINS, state.gains_on))
    return found + [Entry(kind, scope, day, customer_id) for kind, day in days if day for scope in _scopes(state)]


def _last_days(state: CustomerState) -> Iterator[date]:
    """Of exceptions, revoked ones too, each once."""
    granted = state.registers.get(GrantedException.kind)
    yield from map(date.fromisoformat, {each.data["validUntil"] for each in granted.values()} if granted else ())


def _scopes(state: CustomerState) -> Iterator[str]:
    yield keys.everybody(state.customer_id)
    for partner_id in state.customer.partner_ids:
        yield keys.of_partner(partner_id)


def moves(before: CustomerState, decided: CustomerState) -> Moves | None:
    """None, at once, for most events: all are the same."""
    days = _days(decided)
    are_same = _days(before) == days and (days == _NO_DAYS or _is_listed_the_same(before, decided))
    if are_same and _is_excepted_the_same(before, decided):
        return None
    return Moves(entries_of(before), entries_of(decided))


_NO_DAYS = (None, None)


def _days(state: CustomerState) -> tuple[str | None, str | None]:
    decision = state.decision
    return (decision.get("losesOn"), decision.get("gainsOn")) if decision else _NO_DAYS


def _is_listed_the_same(before: CustomerState, decided: CustomerState) -> bool:
    """An event of another kind leaves the attachments as they were read."""
    attachments = (each.registers.get(Attachment.kind) for each in (before, decided))
    return before.evidence.decisions >= LISTED_SINCE and len({id(each) for each in attachments}) == 1


def _is_excepted_the_same(before: CustomerState, decided: CustomerState) -> bool:
    """The same of exceptions; a state without a decision has no rows."""
    was, now = (each.registers.get(GrantedException.kind) for each in (before, decided))
    return was is now and (now is None or before.decision is not None)


def is_past(ports: Ports, entry: Entry) -> bool:
    """Exceptions are listed when they have ended, too."""
    return entry.kind in OF_OUTCOMES and entry.day < ports.today() - _PAST


async def list_again(ports: Ports, customer_id: str) -> bool:
    """Write the rows of a customer that are missing; tells whether any was."""
    return await add_missing(ports.upcoming, entries_of((await ports.customers.load(customer_id)).state))


async def forget_if_wrong(ports: Ports, entry: Entry) -> bool:
    """Whether the row is wrong; then it is deleted. Raises Conflict if somebody writes it, or the customer."""
    loaded = await ports.customers.load(entry.customer_id)
    touch = partial(ports.customers.touch, loaded, ports.timestamp()) if loaded.state.decision else None
    return await pointers.forget_if_wrong(ports.upcoming, entry, entries_of(loaded.state), touch)
