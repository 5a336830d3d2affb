"""Customers in the store: one row of state each, and one row per recorded decision in the same partition.

A recorded decision's row holds the exact bytes of its notification and the facts it used: it is history and outbox in
one, written in the transaction that writes the state it came from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from shared.at_once import at_once
from shared.domain.customer_state import CustomerState, Evidence, Indexed
from shared.domain.decision import UNASSESSED, Expiring, JsonObject
from shared.domain.facts import DESCRIBED, FACTS, CustomerDescription
from shared.domain.named import NOT_NAMED, Named
from shared.domain.registers import Register
from shared.domain.unknown import NOTHING, Unknown
from shared.errors import PassingError, PermanentError
from shared.storage import keys
from shared.storage.listed import BY_EXCEPTION, COLUMNS, LISTED, Listed, in_lists, is_by_exception, listed_properties
from shared.storage.rows import (
    Noun,
    compressed,
    compressed_json,
    decompressed,
    decompressed_json,
    delete_some,
    known,
    others_of,
    packed,
    packed_json,
    partitions,
    unpacked,
    unpacked_json,
)
from shared.storage.store import Row, Span, Table, Value, Write

MAX_ROW_BYTES = 1016 * 1024
"""What a row of 1 MiB has room for beside its other properties: no decision may need more."""
MAX_USED_BYTES = 256 * 1024
"""The facts a recorded decision used are kept with it up to this size, compressed."""

WHOLE_OUTCOME_SINCE = 2
"""The first format of decisions that have ``expiring`` and ``byException``."""
_OF_VERSIONS: Final = (
    "commit",
    "since",
    "headEtag",
    "why",
    "expiring",
    "erasedAt",
    BY_EXCEPTION,
    LISTED,
    *Named._fields,
)
_DESCRIPTION: Final = "description"
"""The property with the register of that kind: 0.2.0 reads no state that has one among the others."""
_COPIES: Final = "partners"
_MOST_BESIDE_COPIES = 512 * 1024
"""A greater state leaves them out: it needs the row's room."""
_PROPERTIES: Final = known(
    *("status", "sequence", "sent", "decidedAt", *_OF_VERSIONS),
    packed=("state", _DESCRIPTION, _COPIES),
)
_MEMBERS: Final = frozenset(("registers", "evidence", "decision", "decisions"))
_KINDS: Final = frozenset(FACTS)
_DELETED_AT_ONCE = 500
_LOOKED_AT_ONCE = 16
_WITHOUT_FACTS = ("notification0", "ruleSetSha256")
"""A notification, of 32 KiB at most, takes one property."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A customer's state as read; ``etag`` is None when there is no row yet."""

    state: CustomerState
    etag: str | None

    def room(self, facts: CustomerState, limit: int) -> int:
        """The bytes ``facts`` may take: a fact may always be replaced by one that takes no more, whatever the limit."""
        return limit if facts.fact_count > self.state.fact_count else max(limit, self.state.size)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded decision: its exact notification, its rule set's SHA-256, and the facts it used unless too many."""

    notification: bytes
    rule_set_sha256: str = ""
    used: JsonObject | None = None


class Customers(Noun):
    """The customers' rows."""

    async def load(self, customer_id: str) -> Loaded:
        row = await self._store.get(Table.CUSTOMERS, customer_id, keys.customer_state(customer_id))
        if row is None:
            return Loaded(CustomerState(customer_id), None)
        return Loaded(read_state(row), row.etag)

    async def commit(
        self, state: CustomerState, etag: str | None, recorded: Recorded | None = None, limit: int = MAX_ROW_BYTES
    ) -> str:
        """Write the state over version ``etag`` (None: insert), with the recorded decision if there is one, atomically;
        gives the new ETag. Raises Conflict, or PermanentError past ``limit`` bytes."""
        row = Row(state.customer_id, keys.customer_state(state.customer_id), _properties(state, limit))
        if recorded is None:
            return await self._store.write(Table.CUSTOMERS, row, etag)
        key = keys.recorded_decision(state.customer_id, state.sequence)
        record = Row(state.customer_id, key, _record(recorded))
        return (await self._store.commit(Table.CUSTOMERS, [Write(row, etag), Write(record)]))[0]

    async def touch(self, loaded: Loaded, at: str) -> None:
        """Write without changing anything, so that a slower writer that read before loses; raises Conflict."""
        customer_id = loaded.state.customer_id
        row = Row(customer_id, keys.customer_state(customer_id), {"touchedAt": at})
        if loaded.etag is None:
            await self.commit(loaded.state, None)
        else:
            await self._store.merge(Table.CUSTOMERS, row, loaded.etag)

    async def mark_sent(self, customer_id: str, sequence: int, etag: str, head_etag: str = "") -> str:
        """Note that recorded decisions up to ``sequence`` were notified, and which version of the row in the index is
        that of the last commit, if it is known; gives the new ETag or raises Conflict."""
        noted: dict[str, Value] = {"headEtag": head_etag} if head_etag else {}
        row = Row(customer_id, keys.customer_state(customer_id), {"sent": sequence, **noted})
        return await self._store.merge(Table.CUSTOMERS, row, etag)

    async def renumber(self, customer_id: str, indexed: Indexed, etag: str) -> str:
        """Give the last commit another number; gives the new ETag or raises Conflict."""
        row = Row(customer_id, keys.customer_state(customer_id), _indexed_properties(indexed))
        return await self._store.merge(Table.CUSTOMERS, row, etag)

    async def notification(self, customer_id: str, sequence: int) -> bytes:
        """The exact notification of one recorded decision."""
        row = await self._store.get(Table.CUSTOMERS, customer_id, keys.recorded_decision(customer_id, sequence))
        if row is None:
            raise PassingError(f"recorded decision {sequence} of customer {customer_id} is not there: ./dev repair")
        return _notification(row)

    async def recorded(self, customer_id: str, sequence: int) -> Recorded | None:
        """One recorded decision with the facts it used."""
        row = await self._store.get(Table.CUSTOMERS, customer_id, keys.recorded_decision(customer_id, sequence))
        return _recorded(row) if row else None

    async def history(self, customer_id: str, before: int | None, limit: int) -> list[Recorded]:
        """Recorded decisions without the facts they used, newest first, below sequence ``before``."""
        span = _recorded_from(customer_id, before - 1 if before else keys.NEWEST)
        return [_recorded(row) for row in await self._store.query(Table.CUSTOMERS, span, limit, _WITHOUT_FACTS)]

    async def listed(self, customer_id: str) -> Listed | None:
        """The customer if it is decided, by one read of a few properties: a span over customers would go through their
        recorded decisions too."""
        row = await self._store.get(Table.CUSTOMERS, customer_id, keys.customer_state(customer_id), COLUMNS)
        is_decided = row is not None and row.properties["status"] != UNASSESSED.status.value
        return Listed.of_row(row) if row and is_decided else None

    async def sighted(self, customer_id: str) -> tuple[str, Named] | None:
        """Its status and what it is called, by one read of a few properties; None if nobody has told of it."""
        select = ("status", *Named._fields)
        row = await self._store.get(Table.CUSTOMERS, customer_id, keys.customer_state(customer_id), select)
        if row is None:
            return None
        status, named = row.text("status"), Named.of(row.properties)
        return None if status == UNASSESSED.status.value and named == NOT_NAMED else (status, named)

    async def ids(self, after: str, limit: int) -> list[str]:
        """All of whom anything is stored, a state or not, by id, after ``after``: those of the next ``limit`` rows."""
        rows = await self._store.query(Table.CUSTOMERS, Span(partition_from=keys.after(after)), limit, ["RowKey"])
        return list(dict.fromkeys(row.partition for row in rows))

    async def ids_beginning(self, text: str, limit: int) -> list[str]:
        """Those whose id begins so."""
        return await partitions(self._store, Table.CUSTOMERS, text, limit, text + keys.END)

    async def forget_recorded(self, customer_id: str, below: int) -> None:
        """Delete the recorded decisions with a smaller sequence."""
        span = _recorded_from(customer_id, below - 1)
        while below > 1 and not await delete_some(self._store, Table.CUSTOMERS, span, _DELETED_AT_ONCE):
            pass

    async def any_known(self) -> bool:
        """Whether any is decided, or was: not if it was erased, or only described; one whose state is lost counts."""
        after = ""
        while ids := await self.ids(after, _LOOKED_AT_ONCE):
            if not all(await at_once(self._is_unassessed, ids)):
                return True
            after = ids[-1]
        return False

    async def _is_unassessed(self, customer_id: str) -> bool:
        row = await self._store.get(Table.CUSTOMERS, customer_id, keys.customer_state(customer_id), ["status"])
        return row is not None and row.properties["status"] == UNASSESSED.status.value

    async def newest_recorded(self, customer_id: str) -> int:
        """The greatest sequence that has a recorded decision, whatever the state says; 0 if none has."""
        span = _recorded_from(customer_id, keys.NEWEST)
        rows = await self._store.query(Table.CUSTOMERS, span, 1, ["RowKey"])
        return keys.counted_down(rows[0].key.rpartition("~")[2]) if rows else 0

    async def head(self, customer_id: str) -> CustomerState | None:
        """The state of a customer that is decided, or None."""
        loaded = await self.load(customer_id)
        return loaded.state if loaded.state.decision is not None else None

    async def erased_at(self, customer_id: str) -> str:
        """Up to which time its events are not taken any more; "" if it was never erased."""
        row = await self._store.get(Table.CUSTOMERS, customer_id, keys.customer_state(customer_id), ["erasedAt"])
        return str(row.properties.get("erasedAt", "")) if row else ""


def _recorded_from(customer_id: str, newest: int) -> Span:
    first, end = keys.recorded_decision(customer_id, newest), keys.recorded_decision(customer_id, 0)
    return Span(customer_id, key_from=first, key_to=end)


def _properties(state: CustomerState, limit: int) -> dict[str, Value]:
    registers = {
        kind: {key: each.to_list() for key, each in registers.items()}
        for kind, registers in state.registers.items()
        if kind not in DESCRIBED
    }
    evidence = state.evidence
    document = {
        **state.unknown.members,
        "registers": {**state.unknown.registers, **registers},
        "evidence": [evidence.partners, evidence.epoch, evidence.on.isoformat()],
        "decision": state.decision,
        **({"decisions": evidence.decisions} if evidence.decisions > 1 else {}),
    }
    data = compressed_json(document)
    if len(data) > limit:
        raise PermanentError(f"the facts of customer {state.customer_id} take {len(data)} bytes; {limit} are kept")
    return {
        **state.unknown.properties,
        "status": state.outcome.status.value,
        "sequence": state.sequence,
        "sent": state.sent,
        "decidedAt": state.decided_at,
        **(_indexed_properties(state.indexed) if state.indexed.commit else {}),
        **({"why": state.why} if state.why else {}),
        **({"erasedAt": state.erased_at} if state.erased_at else {}),
        **_outcome_properties(state),
        **listed_properties(state),
        **_description_properties(state),
        **packed("state", data),
        **(packed(_COPIES, state.copies) if state.copies and len(data) <= _MOST_BESIDE_COPIES else {}),
    }


def _description_properties(state: CustomerState) -> dict[str, Value]:
    description = state.registers.get(CustomerDescription.kind)
    return {**state.named.columns(), **packed_json(_DESCRIPTION, description[""].to_list())} if description else {}


def _described(properties: Mapping[str, Value]) -> dict[str, dict[str, Register]]:
    if f"{_DESCRIPTION}0" not in properties:
        return {}
    return {CustomerDescription.kind: {"": Register.of(unpacked_json(_DESCRIPTION, properties))}}


def _indexed_properties(indexed: Indexed) -> dict[str, Value]:
    since = indexed.since.isoformat() if indexed.since else ""
    return {"commit": indexed.commit, "since": since, "headEtag": indexed.etag}


def _outcome_properties(state: CustomerState) -> dict[str, Value]:
    """What an older version that decides the customer leaves as it is, with the decision that has it."""
    found: dict[str, Value] = {BY_EXCEPTION: state.sequence} if state.outcome.by_exception else {}
    if expiring := state.outcome.expiring:
        found["expiring"] = f"{state.sequence}~{expiring.loses_on}~{expiring.within}"
    return found


def _decision(row: Row, document: JsonObject) -> JsonObject | None:
    """With what else the last recorded decision had in its outcome if an older version, which knows none of it, has
    decided since and recorded nothing."""
    decision: JsonObject | None = document["decision"]
    if decision is None or document.get("decisions", 1) >= WHOLE_OUTCOME_SINCE:
        return decision
    sequence, loses_on, within = str(row.properties.get("expiring") or "0~~").split("~")
    kept: JsonObject = {}
    if int(sequence) == row.number("sequence"):
        kept["expiring"] = Expiring(date.fromisoformat(loses_on), int(within)).to_json()
    if is_by_exception(row):
        kept["byException"] = True
    return {**decision, **kept} if kept else decision


def _record(recorded: Recorded) -> dict[str, Value]:
    used = compressed_json(recorded.used)
    return {
        "ruleSetSha256": recorded.rule_set_sha256,
        **packed("notification", compressed(recorded.notification)),
        **(packed("used", used) if len(used) <= MAX_USED_BYTES else {}),
    }


def _recorded(row: Row) -> Recorded:
    used = unpacked_json("used", row.properties) if "used0" in row.properties else None
    return Recorded(_notification(row), str(row.properties.get("ruleSetSha256", "")), used)


def _notification(row: Row) -> bytes:
    return decompressed(unpacked("notification", row.properties))


def read_state(row: Row) -> CustomerState:
    """The state in its row."""
    data = unpacked("state", row.properties)
    document = decompressed_json(data)
    partners, epoch, on, *_ = document["evidence"]
    return CustomerState(
        row.partition,
        {
            kind: {key: Register.of(fields) for key, fields in registers.items()}
            for kind, registers in document["registers"].items()
            if kind in _KINDS
        }
        | _described(row.properties),
        Evidence(partners, epoch, date.fromisoformat(on), document.get("decisions", 1)),
        _decision(row, document),
        row.text("decidedAt"),
        row.number("sequence"),
        row.number("sent"),
        _unknown(row, document),
        len(data),
        _indexed(row.properties),
        str(row.properties.get("why", "")),
        in_lists(row.properties),
        str(row.properties.get("erasedAt", "")),
        unpacked(_COPIES, row.properties),
    )


def _indexed(properties: Mapping[str, Value]) -> Indexed:
    """Rows of older versions have none of it."""
    if "commit" not in properties:
        return Indexed()
    since = str(properties["since"])
    return Indexed(int(properties["commit"]), date.fromisoformat(since) if since else None, str(properties["headEtag"]))


def _unknown(row: Row, document: JsonObject) -> Unknown:
    properties = others_of(row.properties, _PROPERTIES)
    members, kinds = others_of(document, _MEMBERS), others_of(document["registers"], _KINDS)
    return Unknown(properties, members, kinds) if properties or members or kinds else NOTHING
