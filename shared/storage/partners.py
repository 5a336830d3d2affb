"""Partners in the store: one row per fact, and one summary row that every write of the partner goes through.

The summary's ETag orders the partner's writes; a fact's row names the revision it led to, so that a repeated event
finds the fan-out it may have left unfinished.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from shared.domain.cause import Cause
from shared.domain.decision import JsonObject
from shared.domain.facts import PARTNER_FACTS, Kind
from shared.domain.named import NOT_NAMED, Named
from shared.domain.partner import MAX_FACTS, Partner
from shared.domain.partner_copies import MOST_BYTES, Copy
from shared.domain.registers import Register
from shared.domain.trace_context import TraceContext
from shared.domain.unknown import NOTHING, Unknown
from shared.errors import PermanentError
from shared.storage import keys
from shared.storage.decoded import Decoded
from shared.storage.rows import (
    Noun,
    all_rows,
    compressed_json,
    decompressed_json,
    known,
    packed,
    packed_json,
    partitions,
    unknown,
    unpacked,
    unpacked_json,
)
from shared.storage.store import Row, Span, Store, Table, Write

MAX_SUMMARY_BYTES = 896 * 1024
MOST_DECODED = 64_000
"""Entries of the summaries that a process keeps decoded, each of 300 to 400 bytes; a summary itself counts as ten."""

_SUMMARY: Final = known("revision", "facts", *Named._fields, packed=("summary",))
_MEMBERS: Final = frozenset(("cause", "trace", *(each.gathered for each in PARTNER_FACTS)))
_FACT: Final = known("revision", packed=("register",))


@dataclass(frozen=True, slots=True)
class PartnerState:
    """A partner's summary as read: how many facts it sums up and which event last changed it."""

    partner: Partner
    facts: int = 0
    cause: Cause | None = None
    etag: str | None = None
    unknown: Unknown = NOTHING
    named: Named = NOT_NAMED


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


class Partners(Noun):
    """The partners' rows."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._decoded = Decoded(_read_summary, lambda state: 10 + state.partner.entries, MOST_DECODED)

    async def load(self, partner_id: str) -> PartnerState:
        row = await self._store.get(Table.PARTNERS, partner_id, keys.partner_summary(partner_id))
        return self._decoded.of(row) if row else PartnerState(Partner(partner_id))

    async def ids(self, after: str, limit: int) -> list[str]:
        """All of whom anything is stored, by id, after ``after``; a full page has ``limit``."""
        return await partitions(self._store, Table.PARTNERS, keys.after(after), limit)

    async def ids_beginning(self, text: str, limit: int) -> list[str]:
        """Those whose id begins so."""
        return await partitions(self._store, Table.PARTNERS, text, limit, text + keys.END)

    async def load_fact(self, partner_id: str, kind: Kind, key: str) -> PartnerFactRow | None:
        row = await self._store.get(Table.PARTNERS, partner_id, keys.partner_fact(partner_id, kind, key))
        return read_fact(row) if row else None

    async def commit(self, writes: Sequence[Write]) -> None:
        """Make the writes, all or none; raises Conflict."""
        await self._store.commit(Table.PARTNERS, writes)

    async def touch(self, state: PartnerState, at: str) -> None:
        """Write without changing anything, so that a slower writer that read before loses; raises Conflict."""
        partner_id = state.partner.partner_id
        row = Row(partner_id, keys.partner_summary(partner_id), {"touchedAt": at})
        await self._store.merge(Table.PARTNERS, row, state.etag or "")

    async def named(self, partner_id: str) -> Named | None:
        """What it is called, by one read of a few properties; None if nothing is stored of it."""
        row = await self._store.get(Table.PARTNERS, partner_id, keys.partner_summary(partner_id), Named._fields)
        return Named.of(row.properties) if row else None

    async def replace(self, partner_id: str, fact: PartnerFactRow) -> None:
        """Write a fact alone, over the version read: nothing in it may matter to the summary. Raises Conflict."""
        await self._store.commit(Table.PARTNERS, [Write(_fact_row(partner_id, fact), fact.etag)])

    def writes(self, state: PartnerState, facts: Sequence[PartnerFactRow]) -> list[Write]:
        """Of facts with the summary, each over the version it names; raises PermanentError if they are too many."""
        partner_id = state.partner.partner_id
        summary = compressed_json(_document(state))
        if state.facts > MAX_FACTS or len(summary) > MAX_SUMMARY_BYTES:
            raise PermanentError(f"partner {partner_id} has more facts than the {MAX_FACTS} that are kept")
        numbers = {"revision": state.partner.revision, "facts": state.facts}
        named = state.named.columns()
        properties = {**state.unknown.properties, **numbers, **named, **packed("summary", summary)}
        summary_row = Row(partner_id, keys.partner_summary(partner_id), properties)
        return [Write(summary_row, state.etag), *(Write(_fact_row(partner_id, fact), fact.etag) for fact in facts)]

    async def facts(self, partner_id: str, kind: Kind = "") -> AsyncIterator[PartnerFactRow]:
        """All stored facts of a partner, or those of a kind, by kind and key."""
        prefix = keys.partner_fact(partner_id, kind, "").rstrip("~") + "~"
        span = Span(partner_id, key_from=prefix, key_to=prefix + keys.END)
        async for row in all_rows(self._store, Table.PARTNERS, span):
            yield read_fact(row)


def of_copy(partner_id: str, copy: Copy) -> Partner:
    """As a customer has it. Raises DamagedError."""
    if not copy.summary:
        return Partner(partner_id, copy.revision)
    return Partner.of_rows(
        partner_id, copy.revision, decompressed_json(copy.summary), copy.stored, summary=copy.summary
    )


def _read_summary(row: Row) -> PartnerState:
    summary, facts = unpacked("summary", row.properties), row.number("facts")
    document, small = decompressed_json(summary), summary if len(summary) <= MOST_BYTES else b""
    partner = Partner.of_rows(row.partition, row.number("revision"), document, facts, small)
    others = unknown(row, _SUMMARY, document, _MEMBERS)
    return PartnerState(partner, facts, _cause(document), row.etag, others, Named.of(row.properties))


def _fact_row(partner_id: str, fact: PartnerFactRow) -> Row:
    key = keys.partner_fact(partner_id, fact.kind, fact.key)
    register = packed_json("register", fact.register.to_list())
    return Row(partner_id, key, {**fact.unknown.properties, "revision": fact.revision, **register})


def read_fact(row: Row) -> PartnerFactRow:
    """The fact in its row."""
    _, _, kind, key = row.key.split("~", 3)
    register = Register.of(unpacked_json("register", row.properties))
    return PartnerFactRow(kind, key, register, row.number("revision"), row.etag, unknown(row, _FACT))


def _document(state: PartnerState) -> JsonObject:
    partner = state.partner
    cause = state.cause
    trace = {"trace": cause.trace.members()} if cause and cause.trace else {}
    return {
        **state.unknown.members,
        "cause": dict(cause.named) if cause else None,
        **trace,
        **partner.rows(),
    }


def _cause(document: JsonObject) -> Cause | None:
    named = document["cause"]
    return Cause(named, TraceContext.of(document.get("trace", {}))) if named else None
