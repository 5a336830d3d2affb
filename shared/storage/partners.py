"""Partners in the store: one row per fact, and one summary row that every write of the partner goes through.

The summary's ETag orders the partner's writes; a fact's row names the revision it led to, so that a repeated event
finds the fan-out it may have left unfinished.
"""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from shared.domain.cause import Cause
from shared.domain.decision import JsonObject
from shared.domain.facts import Competency, Designation
from shared.domain.partner import MAX_FACTS, Partner
from shared.domain.registers import Kind, Register
from shared.domain.trace_context import TraceContext
from shared.domain.unknown import NOTHING, Unknown
from shared.errors import PermanentError
from shared.storage import keys
from shared.storage.blobs import compressed, packed, packed_json, unpacked_json
from shared.storage.formats import known, unknown, with_unknown
from shared.storage.store import Row, Span, Store, Table, Write

MAX_SUMMARY_BYTES = 896 * 1024
_PAGE = 1000

_SUMMARY: Final = known("revision", "facts", packed="summary")
_MEMBERS: Final = frozenset(("cause", "trace", "competencies", "designations", "deployments", "trainings"))
_FACT: Final = known("revision", packed="register")


@dataclass(frozen=True, slots=True)
class PartnerState:
    """A partner's summary as read: how many facts it sums up and which event last changed it."""

    partner: Partner
    facts: int = 0
    cause: Cause | None = None
    etag: str | None = None
    unknown: Unknown = NOTHING


@dataclass(frozen=True, slots=True)
class PartnerFactRow:
    """One fact; ``revision`` is the summary's that it led to (0: it changed nothing there), ``etag`` names the version
    that was read (None: there was none)."""

    kind: Kind
    key: str
    register: Register
    revision: int = 0
    etag: str | None = field(default=None, compare=False)
    unknown: Unknown = NOTHING


class Partners:
    """The partners' rows."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def load(self, partner_id: str) -> PartnerState:
        row = await self._store.get(Table.PARTNERS, partner_id, keys.partner_summary(partner_id))
        if row is None:
            return PartnerState(Partner(partner_id))
        properties: Mapping[str, Any] = row.properties
        document = unpacked_json("summary", properties)
        partner = _partner(partner_id, properties["revision"], document, properties["facts"])
        others = unknown(row, _SUMMARY, document, _MEMBERS)
        return PartnerState(partner, properties["facts"], _cause(document), row.etag, others)

    async def ids(self, after: str, limit: int) -> list[str]:
        """All of whom anything is stored, by id, after ``after``; a full page has ``limit``."""
        found: list[str] = []
        while len(found) < limit:
            span = Span(partition_from=f"{after}{keys.NEXT}" if after else "")
            rows = await self._store.query(Table.PARTNERS, span, limit, ["RowKey"])
            found += dict.fromkeys(row.partition for row in rows)
            if len(rows) < limit:
                break
            after = rows[-1].partition
        return found[:limit]

    async def load_fact(self, partner_id: str, kind: Kind, key: str) -> PartnerFactRow | None:
        row = await self._store.get(Table.PARTNERS, partner_id, keys.partner_fact(partner_id, kind, key))
        return read_fact(row) if row else None

    async def commit(self, writes: Sequence[Write]) -> None:
        """Make the writes, all or none; raises Conflict."""
        await self._store.commit(Table.PARTNERS, writes)

    def writes(self, state: PartnerState, facts: Sequence[PartnerFactRow]) -> list[Write]:
        """Of facts with the summary, each over the version it names; raises PermanentError if they are too many."""
        partner_id = state.partner.partner_id
        summary = compressed(_document(state))
        if state.facts > MAX_FACTS or len(summary) > MAX_SUMMARY_BYTES:
            raise PermanentError(f"partner {partner_id} has more facts than the {MAX_FACTS} that are kept")
        properties = {"revision": state.partner.revision, "facts": state.facts, **packed("summary", summary)}
        summary_row = Row(partner_id, keys.partner_summary(partner_id), with_unknown(state.unknown, properties))
        return [Write(summary_row, state.etag), *(Write(_fact_row(partner_id, fact), fact.etag) for fact in facts)]

    async def facts(self, partner_id: str) -> AsyncIterator[PartnerFactRow]:
        """All stored facts of a partner, by kind and key."""
        prefix = keys.partner_fact(partner_id, "", "").rstrip("~") + "~"
        key_from = prefix
        while True:
            rows = await self._store.query(Table.PARTNERS, Span(partner_id, "", "", key_from, prefix + keys.END), _PAGE)
            for row in rows:
                yield read_fact(row)
            if len(rows) < _PAGE:
                return
            key_from = rows[-1].key + keys.NEXT


def _fact_row(partner_id: str, fact: PartnerFactRow) -> Row:
    key = keys.partner_fact(partner_id, fact.kind, fact.key)
    properties = {"revision": fact.revision, **packed_json("register", fact.register.to_list())}
    return Row(partner_id, key, with_unknown(fact.unknown, properties))


def read_fact(row: Row) -> PartnerFactRow:
    """The fact in its row."""
    properties: Mapping[str, Any] = row.properties
    _, _, kind, key = row.key.split("~", 3)
    register = Register.of(unpacked_json("register", properties))
    return PartnerFactRow(Kind(kind), key, register, properties["revision"], row.etag, unknown(row, _FACT))


def _document(state: PartnerState) -> JsonObject:
    partner = state.partner
    cause = state.cause
    trace = {"trace": cause.trace.members()} if cause and cause.trace else {}
    return {
        **state.unknown.members,
        "cause": dict(cause.named) if cause else None,
        **trace,
        "competencies": [
            [each.competency, each.area, each.level, *_days(each.valid_from, each.valid_until)]
            for each in partner.competencies
        ],
        "designations": [
            [each.designation, each.active, *_days(each.valid_from, each.valid_until)] for each in partner.designations
        ],
        "deployments": [[area, *_days(live_on), count] for (area, live_on), count in partner.deployments.items()],
        "trainings": [
            [course, part, *_days(completed_on, expires_on), count]
            for (course, part, completed_on, expires_on), count in partner.trainings.items()
        ],
    }


def _cause(document: JsonObject) -> Cause | None:
    named = document["cause"]
    return Cause(named, TraceContext.of(document.get("trace", {}))) if named else None


def _partner(partner_id: str, revision: int, document: JsonObject, facts: int) -> Partner:
    competencies = [
        Competency(name, area, level, *_dates(since, until))
        for name, area, level, since, until in document["competencies"]
    ]
    designations = [
        Designation(name, active, *_dates(since, until)) for name, active, since, until in document["designations"]
    ]
    deployments = {(area, *_dates(live_on)): count for area, live_on, count in document["deployments"]}
    trainings = {
        (course, part, *_dates(completed_on, expires_on)): count
        for course, part, completed_on, expires_on, count in document["trainings"]
    }
    held = (frozenset(competencies), frozenset(designations), Counter(deployments), Counter(trainings))
    return Partner(partner_id, revision, *held, stored=facts)


def _days(*dates: date | None) -> list[str | None]:
    return [each.isoformat() if each else None for each in dates]


def _dates(*days: str | None) -> list[Any]:
    return [date.fromisoformat(each) if each else None for each in days]
