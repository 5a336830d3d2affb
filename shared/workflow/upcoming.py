"""Keeps the lists of customers by day a superset of what is right: by the day on which they lose or gain eligibility,
and by the last day of each exception that they were granted.

The entries that a commit makes right are written before it. Those that it makes wrong are read before it, and deleted
after it as they were read. A handler that makes one right again has loaded the state after that commit, and writes the
row after that: it is another version, and the delete leaves it alone. What a process that died leaves, no reader shows,
and the retention round removes when its day is past.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import NamedTuple

from shared.at_once import at_once
from shared.domain.customer_state import CustomerState
from shared.domain.facts import Attachment, GrantedException
from shared.errors import PassingError
from shared.ports import Ports
from shared.storage import keys
from shared.storage.store import Conflict
from shared.storage.upcoming import OF_OUTCOMES, DayKind, Entry

LISTED_SINCE = 2
"""The first format of decisions whose versions write these rows."""
_PAST = timedelta(days=2)
"""After its day for so long an entry may be that of a customer that is not decided again yet."""


class Moves(NamedTuple):
    """The entries that a decision makes right, and those that it makes wrong."""

    added: Sequence[Entry]
    gone: Sequence[Entry]


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
    """What differs; None, at once, for most events."""
    days = _days(decided)
    are_same = _days(before) == days and (days == _NO_DAYS or _is_listed_the_same(before, decided))
    if are_same and _is_excepted_the_same(before, decided):
        return None
    were, are = entries_of(before), entries_of(decided)
    had, have = set(were), set(are)
    return Moves([each for each in are if each not in had], [each for each in were if each not in have])


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


async def announce(ports: Ports, moved: Moves) -> Sequence[Entry]:
    """Before the commit: write the rows that it makes right; gives those that it makes wrong, as they are."""
    _, gone = await asyncio.gather(at_once(ports.upcoming.add, moved.added), at_once(ports.upcoming.load, moved.gone))
    return [each for each in gone if each]


async def forget(ports: Ports, gone: Sequence[Entry]) -> None:
    """After the commit: delete the rows that it made wrong, unless they were written again."""

    async def one(entry: Entry) -> None:
        with suppress(Conflict, PassingError):  # a row that is left is only in the way
            await ports.upcoming.delete(entry)

    if gone:
        await at_once(one, gone)


def is_past(ports: Ports, entry: Entry) -> bool:
    """Exceptions are listed when they have ended, too."""
    return entry.kind in OF_OUTCOMES and entry.day < ports.today() - _PAST


async def list_again(ports: Ports, customer_id: str) -> bool:
    """Write the rows of a customer that are missing; tells whether any was. One that is wrong by then is left."""
    entries = entries_of((await ports.customers.load(customer_id)).state)
    there = await at_once(ports.upcoming.load, entries)
    missing = [entry for entry, row in zip(entries, there, strict=True) if row is None]
    await at_once(ports.upcoming.add, missing)
    return bool(missing)


async def forget_if_wrong(ports: Ports, entry: Entry) -> bool:
    """Whether the row is wrong. If it is, touch the customer, then delete the row as it was read before that; raises
    Conflict if somebody writes one of them meanwhile.

    A writer that makes it right read the customer after the touch, or loses to it and reads again; then it adds the
    row, which is another version of it, and the delete leaves that alone. Without a decision there is nothing to touch:
    who repairs looks again.
    """
    loaded = await ports.customers.load(entry.customer_id)
    if entry in entries_of(loaded.state):
        return False
    if loaded.state.decision is not None:
        await ports.customers.touch(loaded, ports.timestamp())
    await ports.upcoming.delete(entry)
    return True
