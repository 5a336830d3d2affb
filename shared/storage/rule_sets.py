"""Rule sets in the store: an immutable document per version, and one row that says which are in force and the epoch.

The epoch goes up with every activation and retirement, in the transaction that makes it; it never goes back, even when
an older version comes into force again.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from inspect import get_annotations
from typing import Any, Final

from shared.domain.decision import JsonObject
from shared.domain.unknown import NOTHING, Unknown
from shared.domain.who import Who
from shared.own_json import compact_bytes
from shared.storage import keys
from shared.storage.change_log import LogEntry, log_row
from shared.storage.rows import Form, Noun, RowsOf, known, packed, packed_json, unknown, unpacked, unpacked_json
from shared.storage.store import Row, Span, Table, Value, Write

DRAFT, ACTIVE, RETIRED = "draft", "active", "retired"
ACTIVATED = "activated"

FIRST_EPOCH = 1
"""Of the shipped rules, before which nobody was decided."""
_STATE: Final = known("epoch", "latest", "decisions", "upgrade", packed=("state",))
_MEMBERS: Final = frozenset(("active", "cause"))


@dataclass(frozen=True, slots=True)
class RulesState:
    """Which versions are active, by (version, effective from); ``cause`` is what the last change of it was.

    Decisions are of format ``decisions`` since the ``upgrade``-th run of deciding everybody for that.
    """

    epoch: int
    latest: int
    active: tuple[tuple[int, date], ...]
    cause: JsonObject
    etag: str | None = None
    decisions: int = 1
    upgrade: int = 0
    unknown: Unknown = NOTHING


@dataclass(frozen=True, slots=True)
class Approval:
    """One verified caller's approval of an action on a version, at an epoch of the rules: at any other it counts for
    nothing."""

    action: str
    epoch: int
    at: str
    by: str
    by_id: str = ""
    note: str = ""

    @property
    def who(self) -> Who:
        return Who(self.by, True, self.by_id)


@dataclass(frozen=True, slots=True)
class StoredRuleSet:
    """One version with its document's exact bytes and its golden cases; ``verified``: whether its author was, of
    ``author_id`` if that is known."""

    version: int
    state: str
    effective_from: date
    author: str
    note: str
    sha256: str
    document: bytes
    created_at: str = ""
    etag: str | None = None
    unknown: Unknown = NOTHING
    verified: bool = False
    author_id: str = ""
    approvals: tuple[Approval, ...] = ()
    cases: Sequence[JsonObject] = ()

    @property
    def who(self) -> Who:
        return Who(self.author, self.verified, self.author_id)

    def approved(self, action: str, epoch: int) -> list[Approval]:
        """The approvals that count for an action while the rules are at an epoch."""
        return [each for each in self.approvals if (each.action, each.epoch) == (action, epoch)]


@dataclass(frozen=True, slots=True)
class RulesChange:
    """One activation or retirement: who (``verified`` or not), when, why, whose approvals it used up, and the epoch it
    made."""

    epoch: int
    version: int
    action: str
    author: str
    note: str
    at: str
    verified: bool = False
    approved_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Older:
    """When last a version decided whose decisions are of an older format than others are by then."""

    at: str
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Upgrading:
    """How far the ``run`` of an upgrade had come when last looked at: customers done, of how many if that is known."""

    run: int
    done: int = 0
    of: int | None = None
    finished: bool = False


def _approval(value: Mapping[str, Any]) -> Approval:
    """Without what a later version may add."""
    return Approval(**{name: value[name] for name in get_annotations(Approval) if name in value})


_VERSIONS: Final = RowsOf(
    StoredRuleSet,
    Table.RULES,
    lambda each: (keys.RULES, keys.rule_set_version(each.version)),
    sparse=("verified", "author_id", "approvals", "cases"),
    forms={
        "cases": Form(packed_json, lambda name, found: tuple(unpacked_json(name, found)), in_pieces=True),
        "approvals": Form(
            lambda name, approvals: packed(name, compact_bytes([asdict(each) for each in approvals])),
            lambda name, found: tuple(map(_approval, json.loads(unpacked(name, found)))),
            in_pieces=True,
        ),
    },
)
_CHANGES: Final = RowsOf(
    RulesChange,
    Table.RULES,
    lambda each: (keys.RULES, keys.rules_change(each.version, each.epoch)),
    sparse=("verified", "approved_by"),
    forms={
        "approved_by": Form(
            lambda name, names: packed(name, compact_bytes(list(names))),
            lambda name, found: tuple(json.loads(unpacked(name, found))),
            in_pieces=True,
        )
    },
)
_OLDER: Final = RowsOf(Older, Table.RULES, lambda _: (keys.RULES, keys.OLDER))
_UPGRADING: Final = RowsOf(Upgrading, Table.RULES, lambda _: (keys.RULES, keys.UPGRADE), sparse=("of",))


class RuleSets(Noun):
    """The rule sets' rows."""

    async def load(self) -> RulesState | None:
        """The state of the rules, or None before the first rule set was stored."""
        row = await self._store.get(Table.RULES, keys.RULES, keys.RULES_EPOCH)
        if row is None:
            return None
        document = json.loads(unpacked("state", row.properties))
        active = tuple((version, date.fromisoformat(day)) for version, day, *_ in document["active"])
        upgraded = row.number("decisions", 1), row.number("upgrade", 0)
        others = unknown(row, _STATE, document, _MEMBERS)
        numbers = row.number("epoch"), row.number("latest")
        return RulesState(*numbers, active, document["cause"], row.etag, *upgraded, others)

    async def commit(
        self,
        state: RulesState,
        rule_set: StoredRuleSet,
        change: RulesChange | None = None,
        logged: LogEntry | None = None,
    ) -> None:
        """Write the state of the rules with one version, over the versions they were read at, and what is logged of
        that; raises Conflict."""
        writes = [Write(_state_row(state), state.etag), Write(_VERSIONS.row(rule_set), rule_set.etag)]
        if change is not None:
            writes.append(Write(_CHANGES.row(change)))
        if logged is not None:
            writes.append(Write(log_row(logged)))
        await self._store.commit(Table.RULES, writes)

    async def save(self, state: RulesState) -> None:
        """Write the state of the rules alone; raises Conflict."""
        await self._store.write(Table.RULES, _state_row(state), state.etag)

    async def note_older(self, at: str) -> None:
        """Note that a version whose decisions are of an older format is about to write one."""
        await _OLDER.merge(self._store, Older(at))

    async def older(self) -> Older | None:
        return await _OLDER.get(self._store, keys.RULES, keys.OLDER)

    async def forget_older(self, older: Older) -> None:
        """Unless it was noted again since it was read."""
        await _OLDER.drop(self._store, older, older.etag)

    async def save_upgrading(self, upgrading: Upgrading) -> None:
        await _UPGRADING.merge(self._store, upgrading)

    async def upgrading(self) -> Upgrading | None:
        return await _UPGRADING.get(self._store, keys.RULES, keys.UPGRADE)

    async def changes(self, version: int, limit: int) -> list[RulesChange]:
        """Activations and retirements of one version, newest first."""
        prefix = keys.rules_change(version, 0)[: -len(keys.countdown(0))]
        span = Span(keys.RULES, key_from=prefix, key_to=prefix + keys.END)
        return await _CHANGES.page(self._store, span, limit)

    async def version(self, version: int) -> StoredRuleSet | None:
        return await _VERSIONS.get(self._store, keys.RULES, keys.rule_set_version(version))

    async def versions(self, before: int | None, limit: int) -> list[StoredRuleSet]:
        """Versions newest first, below ``before``."""
        newest = before - 1 if before is not None else keys.NEWEST
        span = Span(keys.RULES, key_from=keys.rule_set_version(newest), key_to=keys.rule_set_version(0))
        return await _VERSIONS.page(self._store, span, limit)


def _state_row(state: RulesState) -> Row:
    active = [[version, day.isoformat()] for version, day in state.active]
    document = json.dumps({**state.unknown.members, "active": active, "cause": state.cause}).encode()
    is_first = state.decisions == 1 and not state.upgrade
    upgraded = {} if is_first else {"decisions": state.decisions, "upgrade": state.upgrade}
    numbers: dict[str, Value] = {"epoch": state.epoch, "latest": state.latest, **upgraded}
    properties = {**state.unknown.properties, **numbers, **packed("state", document)}
    return Row(keys.RULES, keys.RULES_EPOCH, properties)
