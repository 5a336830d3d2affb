"""Stores, activates and retires rule sets; each change of what is in force decides all customers again.

The fan-out's row is written first, then the epoch, the version's state and the logged change in one transaction. Where
approvals are needed, they are those of the epoch before, which the transaction ends (``approve.py``).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from shared.domain.cause import Cause
from shared.domain.decision import JsonObject
from shared.errors import MemberError, PermanentError
from shared.own_json import compact_bytes
from shared.ports import Ports
from shared.rules.document import RuleSetDocument, parse_document, sha256_of
from shared.rules.timeline import Timeline
from shared.settings import OLDEST_VERSION
from shared.storage.change_log import DRAFTED, RULE_SET, LogEntry
from shared.storage.fan_outs import FanOut
from shared.storage.previews import ACTIVATE, RETIRE
from shared.storage.rule_sets import (
    ACTIVATED,
    ACTIVE,
    DRAFT,
    RETIRED,
    RulesChange,
    RulesState,
    StoredRuleSet,
)
from shared.workflow.decide import until_first
from shared.workflow.steps import enqueue, enqueue_if_open

type Active = tuple[tuple[int, date], ...]
"""Active versions, each with the date it is effective from."""


class NoSuchVersionError(LookupError):
    """There is no rule set of this version."""


class LastActiveError(Exception):
    """No other rule set is in force today: the one that is cannot be retired."""


class UnreadableError(Exception):
    """A version that may run cannot read the rule set; ``errors`` say what of it."""

    def __init__(self, reader: str, errors: Sequence[MemberError]) -> None:
        super().__init__(f"{reader} cannot read this rule set")
        self.errors = tuple(errors)


class ChangedSinceError(Exception):
    """What is in force changed since it was looked at."""


class ApprovalsMissingError(Exception):
    """The change needs so many approvals and has those of ``approved_by``."""

    def __init__(self, stored: StoredRuleSet, needed: int, approved_by: Sequence[str]) -> None:
        super().__init__(f"version {stored.version} has {len(approved_by)} of {needed} approvals")
        self.stored, self.needed, self.approved_by = stored, needed, tuple(approved_by)


@dataclass(frozen=True, slots=True)
class ChangeNote:
    """Who makes a change, and why; the ``author`` is ``verified``, with this id if it is known, or was given."""

    author: str = ""
    note: str = ""
    verified: bool = False
    author_id: str = ""


async def store_draft(
    ports: Ports, document: RuleSetDocument, note: ChangeNote, cases: Sequence[JsonObject] = ()
) -> StoredRuleSet:
    """Store a document as the next version, with its golden cases; it is never changed again."""

    async def attempt() -> StoredRuleSet:
        await ports.rule_books.seed_where_new()
        state = await ports.rule_sets.load() or RulesState(0, await _latest(ports), (), {})
        draft = StoredRuleSet(
            state.latest + 1,
            DRAFT,
            document.effective_from,
            note.author,
            note.note,
            sha256_of(document.value),
            compact_bytes(document.value),
            ports.timestamp(),
            verified=note.verified,
            author_id=note.author_id,
            cases=tuple(cases),
        )
        entry = _entry(DRAFTED, draft.version, note, draft.created_at)
        await ports.rule_sets.commit(replace(state, latest=draft.version), draft, logged=entry)
        return draft

    return await until_first(ports, attempt)


async def _latest(ports: Ports) -> int:
    """Where the row that says so is lost, versions may be left."""
    return max((each.version for each in await ports.rule_sets.versions(None, 1)), default=0)


async def activate(ports: Ports, version: int, note: ChangeNote = ChangeNote(), seen: int | None = None) -> None:
    """Put a version in force from its date; nothing changes if it is active already. Raises UnreadableError if this
    version or the oldest that may run beside it cannot read it, ChangedSinceError if the rules are no longer at epoch
    ``seen``, ApprovalsMissingError."""
    await _change(ports, version, ACTIVE, note, seen)


async def retire(ports: Ports, version: int, note: ChangeNote = ChangeNote(), seen: int | None = None) -> None:
    """Take an active version out of force; nothing changes if it is not active. Raises LastActiveError if no other is
    in force, UnreadableError if a version that may run cannot read what comes in its place, ChangedSinceError if the
    rules are no longer at epoch ``seen``, ApprovalsMissingError."""
    await _change(ports, version, RETIRED, note, seen)


async def _change(ports: Ports, version: int, to: str, note: ChangeNote, seen: int | None = None) -> None:
    async def attempt() -> None:
        state, stored = await state_of(ports, version)
        if stored.state == to or (to == RETIRED and stored.state == DRAFT):
            await enqueue_if_open(ports, FanOut(None, state.epoch).id)
            return
        if seen is not None and state.epoch != seen:
            raise ChangedSinceError
        active = await changeable(ports, state, stored, to)
        approved_by = _approved_by(ports, state, stored, to)
        epoch, action = ports.number_after(state.epoch), ACTIVATED if to == ACTIVE else RETIRED
        fan_out = FanOut(None, epoch, at=ports.timestamp())
        await ports.fan_outs.open(fan_out)
        cause = Cause({"kind": "rule-set", "ruleSetVersion": version, "action": action, "epoch": epoch})
        changed = replace(state, epoch=epoch, active=active, cause=dict(cause.named))
        of_whom = note.verified, approved_by
        change = RulesChange(epoch, version, action, note.author, note.note, ports.timestamp(), *of_whom)
        entry = replace(_entry(action, version, note, change.at), epoch=epoch)
        await ports.rule_sets.commit(changed, replace(stored, state=to), change, entry)
        await enqueue(ports, fan_out.id)

    await until_first(ports, attempt)


def _approved_by(ports: Ports, state: RulesState, stored: StoredRuleSet, to: str) -> tuple[str, ...]:
    """Whose approvals the change uses up, by making another epoch; raises ApprovalsMissingError."""
    approvals = stored.approved(ACTIVATE if to == ACTIVE else RETIRE, state.epoch)
    approved_by = tuple(each.by for each in approvals)
    if len(approved_by) < ports.approvals:
        raise ApprovalsMissingError(stored, ports.approvals, approved_by)
    return approved_by


def _entry(action: str, version: int, note: ChangeNote, at: str) -> LogEntry:
    return LogEntry(at, action, RULE_SET, str(version), note.author, note.verified, note.note)


async def changeable(ports: Ports, state: RulesState, stored: StoredRuleSet, to: str) -> Active:
    """The active versions once it is active, or retired; raises UnreadableError, LastActiveError."""
    if to == ACTIVE:
        refuse_unreadable(ports, stored)
    active = active_after(state.active, stored, to, ports.today())
    if to == RETIRED:
        await _refuse_unreadable_instead(ports, state.active, active, stored)
    return active


def refuse_unreadable(ports: Ports, stored: StoredRuleSet) -> None:
    """Raises UnreadableError if this version, or the oldest that may run beside it, cannot read it."""
    from shared.rules.released import READS, unreadable  # no event should wait for it

    document = json.loads(stored.document)
    try:
        parse_document(document)
    except PermanentError as fault:
        raise UnreadableError("this version", fault.errors) from fault
    oldest = ports.oldest_version
    if oldest and (errors := unreadable(READS[oldest], document)):
        raise UnreadableError(f"version {oldest}, the oldest that may run ({OLDEST_VERSION}),", errors)


async def _refuse_unreadable_instead(ports: Ports, before: Active, after: Active, retired: StoredRuleSet) -> None:
    """What comes into force in its place: it may have been activated when no older version could run."""
    on = max(ports.today(), retired.effective_from)
    instead = Timeline(after).in_force(on)
    if instead and Timeline(before).in_force(on) == retired.version:
        stored = await ports.rule_sets.version(instead)
        if stored is not None:
            refuse_unreadable(ports, stored)


def active_after(active: Active, stored: StoredRuleSet, to: str, today: date) -> Active:
    """The active versions once one of them is activated or retired; raises LastActiveError."""
    others = tuple(each for each in active if each[0] != stored.version)
    if to == ACTIVE:
        return (*others, (stored.version, stored.effective_from))
    if not any(effective_from <= today for _, effective_from in others):
        raise LastActiveError
    return others


async def state_of(ports: Ports, version: int) -> tuple[RulesState, StoredRuleSet]:
    """The rules and a version of them; raises NoSuchVersionError."""
    await ports.rule_books.seed_where_new()
    state = await ports.rule_sets.load()
    if state is None:
        raise NoSuchVersionError("no rule set is stored yet")
    stored = await ports.rule_sets.version(version)
    if stored is None:
        raise NoSuchVersionError(f"there is no rule set version {version}")
    return state, stored
