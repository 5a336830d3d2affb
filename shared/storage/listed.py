"""What lists say of a customer: a few columns of its row, which are read without its facts.

One of them, ``listed``, holds what only this version and later ones know, and when the decision was made that it is of:
an earlier version leaves it as it is when it decides the customer, and then it says nothing any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from shared.domain.customer_state import NOT_IN_LISTS, CustomerState, InLists
from shared.domain.named import NOT_NAMED, Named
from shared.storage.store import Row, Value

LISTED: Final = "listed"
_UNDECIDED = "undecided"
BY_EXCEPTION: Final = "byException"
"""The column with the sequence of the recorded decision by which the customer is eligible by exception, if it is."""
COLUMNS: Final = ("status", "sequence", "decidedAt", "since", "why", BY_EXCEPTION, LISTED, *Named._fields)


@dataclass(frozen=True, slots=True)
class Listed:
    """A customer in a list. ``since`` is the day of the last change of status, None if that is not known.

    ``loses_on`` to ``because`` are of the current decision: None if an earlier version made it.
    """

    customer_id: str
    status: str
    sequence: int
    decided_at: str
    since: str | None
    why: str | None
    by_exception: bool
    loses_on: date | None = None
    gains_on: date | None = None
    spend: str | None = None
    undecided: bool | None = None
    because: str | None = None
    named: Named = NOT_NAMED

    @classmethod
    def of_state(cls, state: CustomerState) -> "Listed":
        indexed, in_lists = state.indexed, state.in_lists
        since = indexed.since.isoformat() if indexed.since else None
        known = (state.customer_id, state.outcome.status.value, state.sequence, state.decided_at, since)
        why, by_exception, named = state.why or None, state.outcome.by_exception, state.named
        if not in_lists.spend:
            return cls(*known, why, by_exception, named=named)
        more = (in_lists.spend, in_lists.undecided, in_lists.because or None, named)
        return cls(*known, why, by_exception, state.loses_on, state.gains_on, *more)

    @classmethod
    def of_row(cls, row: Row) -> "Listed":
        """Of the columns."""
        since, why = _text_or_none(row, "since"), _text_or_none(row, "why")
        decided = (row.partition, row.text("status"), row.number("sequence"), row.text("decidedAt"))
        known = (*decided, since, why, is_by_exception(row))
        listed = _listed(row.properties)
        named = Named.of(row.properties)
        if listed is None:
            return cls(*known, named=named)
        loses_on, gains_on, spend, undecided, because = listed
        return cls(*known, _day(loses_on), _day(gains_on), spend, bool(undecided), because or None, named)


def listed_properties(state: CustomerState) -> dict[str, Value]:
    """The column, if the decision is one that it can be made of."""
    (spend, undecided, because), decision = state.in_lists, state.decision
    if decision is None or not spend:
        return {}
    days = f"{decision.get('losesOn') or ''}~{decision.get('gainsOn') or ''}"
    return {LISTED: f"{state.decided_at}~{days}~{spend}~{_UNDECIDED if undecided else ''}~{because}"}


def in_lists(properties: Mapping[str, Value]) -> InLists:
    """What the column says, if it is of the current decision."""
    listed = _listed(properties)
    return InLists(listed[2], bool(listed[3]), listed[4]) if listed else NOT_IN_LISTS


def _listed(properties: Mapping[str, Value]) -> Sequence[str] | None:
    """The days, the spend, whether it is undecided, and why; ``~`` is in none of them but, perhaps, the last."""
    text = properties.get(LISTED)
    if not isinstance(text, str):
        return None
    decided_at, *listed = text.split("~", 5)
    return listed if decided_at == properties["decidedAt"] else None


def is_by_exception(row: Row) -> bool:
    """Whether the last recorded decision had that; an older version leaves the column with the sequence as it was."""
    return row.properties.get(BY_EXCEPTION, 0) == row.number("sequence") > 0


def _text_or_none(row: Row, name: str) -> str | None:
    """Rows of older versions lack it."""
    return str(row.properties.get(name, "")) or None


def _day(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None
