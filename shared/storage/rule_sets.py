"""Rule sets in the store: an immutable document per version, and one row that says which are in force and the epoch.

The epoch goes up with every activation and retirement, in the transaction that makes it; it never goes back, even when
an older version comes into force again.
"""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from shared.domain.decision import JsonObject
from shared.domain.unknown import NOTHING, Unknown
from shared.storage import keys
from shared.storage.blobs import packed, unpacked
from shared.storage.formats import known, unknown, with_unknown
from shared.storage.store import ANY, Conflict, Row, Span, Store, Table, Value, Write

DRAFT, ACTIVE, RETIRED = "draft", "active", "retired"
ACTIVATED = "activated"

_STATE: Final = known("epoch", "latest", "decisions", "upgrade", packed="state")
_MEMBERS: Final = frozenset(("active", "cause"))
_VERSION: Final = known(
    *("version", "state", "effectiveFrom", "author", "note", "sha256", "createdAt"), packed="document"
)


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
class StoredRuleSet:
    """One version with its document's exact bytes."""

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


@dataclass(frozen=True, slots=True)
class RulesChange:
    """One activation or retirement: who, when, why, and the epoch it made."""

    epoch: int
    version: int
    action: str
    author: str
    note: str
    at: str


@dataclass(frozen=True, slots=True)
class Older:
    """When last a version decided whose decisions are of an older format than others are by then."""

    at: str
    etag: str


@dataclass(frozen=True, slots=True)
class Upgrading:
    """How far the ``run`` of an upgrade had come when last looked at: customers done, of how many if that is known."""

    run: int
    done: int = 0
    of: int | None = None
    finished: bool = False


class RuleSets:
    """The rule sets' rows."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def load(self) -> RulesState | None:
        """The state of the rules, or None before the first rule set was stored."""
        row = await self._store.get(Table.RULES, keys.RULES, keys.RULES_EPOCH)
        if row is None:
            return None
        properties: Mapping[str, Any] = row.properties
        document = json.loads(unpacked("state", properties))
        active = tuple((version, date.fromisoformat(day)) for version, day, *_ in document["active"])
        others = unknown(row, _STATE, document, _MEMBERS)
        upgraded = properties.get("decisions", 1), properties.get("upgrade", 0)
        return RulesState(
            properties["epoch"], properties["latest"], active, document["cause"], row.etag, *upgraded, others
        )

    async def commit(self, state: RulesState, rule_set: StoredRuleSet, change: RulesChange | None = None) -> None:
        """Write the state of the rules with one version, over the versions they were read at; raises Conflict."""
        writes = [Write(_state_row(state), state.etag), Write(_rule_set_row(rule_set), rule_set.etag)]
        if change is not None:
            writes.append(Write(_change_row(change)))
        await self._store.commit(Table.RULES, writes)

    async def save(self, state: RulesState) -> None:
        """Write the state of the rules alone; raises Conflict."""
        await self._store.write(Table.RULES, _state_row(state), state.etag)

    async def note_older(self, at: str) -> None:
        """Note that a version whose decisions are of an older format is about to write one."""
        await self._store.merge(Table.RULES, Row(keys.RULES, keys.OLDER, {"at": at}), ANY)

    async def older(self) -> Older | None:
        row = await self._store.get(Table.RULES, keys.RULES, keys.OLDER)
        return Older(str(row.properties["at"]), row.etag) if row else None

    async def forget_older(self, older: Older) -> None:
        """Unless it was noted again since it was read."""
        with contextlib.suppress(Conflict):
            await self._store.delete(Table.RULES, keys.RULES, keys.OLDER, older.etag)

    async def save_upgrading(self, upgrading: Upgrading) -> None:
        of = {} if upgrading.of is None else {"of": upgrading.of}
        properties: dict[str, Value] = {
            "run": upgrading.run,
            "done": upgrading.done,
            "finished": upgrading.finished,
            **of,
        }
        await self._store.merge(Table.RULES, Row(keys.RULES, keys.UPGRADE, properties), ANY)

    async def upgrading(self) -> Upgrading | None:
        row = await self._store.get(Table.RULES, keys.RULES, keys.UPGRADE)
        if row is None:
            return None
        properties: Mapping[str, Any] = row.properties
        return Upgrading(properties["run"], properties["done"], properties.get("of"), properties["finished"])

    async def changes(self, version: int, limit: int) -> list[RulesChange]:
        """Activations and retirements of one version, newest first."""
        prefix = keys.rules_change(version, 0)[: -len(keys.countdown(0))]
        span = Span(keys.RULES, key_from=prefix, key_to=prefix + keys.END)
        return [_change(row) for row in await self._store.query(Table.RULES, span, limit)]

    async def version(self, version: int) -> StoredRuleSet | None:
        row = await self._store.get(Table.RULES, keys.RULES, keys.rule_set_version(version))
        return _rule_set(row) if row else None

    async def versions(self, before: int | None, limit: int) -> list[StoredRuleSet]:
        """Versions newest first, below ``before``."""
        newest = before - 1 if before is not None else keys.NEWEST
        span = Span(keys.RULES, key_from=keys.rule_set_version(newest), key_to=keys.rule_set_version(0))
        return [_rule_set(row) for row in await self._store.query(Table.RULES, span, limit)]


def _state_row(state: RulesState) -> Row:
    active = [[version, day.isoformat()] for version, day in state.active]
    document = json.dumps({**state.unknown.members, "active": active, "cause": state.cause}).encode()
    upgraded = {"decisions": state.decisions, "upgrade": state.upgrade} if state.upgrade else {}
    properties: dict[str, Value] = {
        "epoch": state.epoch,
        "latest": state.latest,
        **upgraded,
        **packed("state", document),
    }
    return Row(keys.RULES, keys.RULES_EPOCH, with_unknown(state.unknown, properties))


def _rule_set_row(rule_set: StoredRuleSet) -> Row:
    properties: dict[str, Value] = {
        "version": rule_set.version,
        "state": rule_set.state,
        "effectiveFrom": rule_set.effective_from.isoformat(),
        "author": rule_set.author,
        "note": rule_set.note,
        "sha256": rule_set.sha256,
        "createdAt": rule_set.created_at,
        **packed("document", rule_set.document),
    }
    return Row(keys.RULES, keys.rule_set_version(rule_set.version), with_unknown(rule_set.unknown, properties))


def _rule_set(row: Row) -> StoredRuleSet:
    properties: Mapping[str, Any] = row.properties
    return StoredRuleSet(
        properties["version"],
        properties["state"],
        date.fromisoformat(properties["effectiveFrom"]),
        properties["author"],
        properties["note"],
        properties["sha256"],
        unpacked("document", properties),
        properties["createdAt"],
        row.etag,
        unknown(row, _VERSION),
    )


def _change_row(change: RulesChange) -> Row:
    properties: dict[str, Value] = {
        "epoch": change.epoch,
        "version": change.version,
        "action": change.action,
        "author": change.author,
        "note": change.note,
        "at": change.at,
    }
    return Row(keys.RULES, keys.rules_change(change.version, change.epoch), properties)


def _change(row: Row) -> RulesChange:
    properties: Mapping[str, Any] = row.properties
    return RulesChange(*(properties[name] for name in ("epoch", "version", "action", "author", "note", "at")))
