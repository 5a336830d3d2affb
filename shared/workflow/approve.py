"""Approves an action on a version of the rules: by verified callers other than its author, for the rules as they are.

An approval names the epoch of the rules at which it was given and counts at that alone. Every change of the rules makes
another epoch in one transaction, and so uses up, or voids, all approvals there are. An approval is written over the
rules' row: of it and a change at the same time one is first, and the other looks again.
"""

from dataclasses import dataclass, replace

from shared.domain.who import Who
from shared.ports import Ports
from shared.storage.change_log import APPROVED, RULE_SET, LogEntry
from shared.storage.rule_sets import ACTIVE, RETIRED, Approval, RulesState, StoredRuleSet
from shared.workflow.change_rules import ChangedSinceError, changeable, state_of
from shared.workflow.decide import until_first

STATES = {"activate": ACTIVE, "retire": RETIRED}
"""What each action that is approved makes of a version."""


class NothingToApproveError(Exception):
    """The action would change nothing of a version in this ``state``."""

    def __init__(self, state: str) -> None:
        super().__init__(f"it is {state}")
        self.state = state


class UnknownAuthorError(Exception):
    """The version's author was not verified: whoever approves it may be the author."""


class OwnVersionError(Exception):
    """The caller is the version's author."""


class ApprovedAlreadyError(Exception):
    """The caller has approved this action on the rules as they are."""


@dataclass(frozen=True, slots=True)
class Approving:
    """Who approves which action, why and when."""

    who: Who
    action: str
    note: str
    at: str


async def approve(ports: Ports, version: int, action: str, who: Who, note: str = "") -> None:
    """Approve ``activate`` or ``retire``, once for the rules as they are. Raises what the change itself would raise if
    it could not be made, and the errors above; ChangedSinceError if the rules change meanwhile."""
    approving, seen = Approving(who, action, note, ports.timestamp()), list[int]()

    async def attempt() -> None:
        state, stored = await state_of(ports, version)
        seen.append(state.epoch)
        if state.epoch != seen[0]:  # another caller changed what this one approves
            raise ChangedSinceError
        if len(seen) > 1 and _is_stored(stored, state, approving):  # and the answer was lost
            return
        await _check(ports, state, stored, approving)
        await ports.rule_sets.commit(
            state, _approved(state, stored, approving), logged=_entry(state, version, approving)
        )

    await until_first(ports, attempt)


def _is_stored(stored: StoredRuleSet, state: RulesState, approving: Approving) -> bool:
    approvals = stored.approved(approving.action, state.epoch)
    return any(each.at == approving.at and approving.who.is_same(each.who) for each in approvals)


async def _check(ports: Ports, state: RulesState, stored: StoredRuleSet, approving: Approving) -> None:
    """First whether it can be done at all, so that nobody looks for approvals in vain."""
    to = STATES[approving.action]
    if stored.state == to or (to == RETIRED and stored.state != ACTIVE):
        raise NothingToApproveError(stored.state)
    await changeable(ports, state, stored, to)
    if to == ACTIVE and not stored.verified:
        raise UnknownAuthorError
    if stored.verified and approving.who.is_same(stored.who):
        raise OwnVersionError
    if any(approving.who.is_same(each.who) for each in stored.approved(approving.action, state.epoch)):
        raise ApprovedAlreadyError


def _approved(state: RulesState, stored: StoredRuleSet, approving: Approving) -> StoredRuleSet:
    """With one more; those of other epochs count no more, and go."""
    kept = [each for each in stored.approvals if each.epoch == state.epoch]
    who = approving.who
    new = Approval(approving.action, state.epoch, approving.at, who.name, who.id, approving.note)
    return replace(stored, approvals=(*kept, new))


def _entry(state: RulesState, version: int, approving: Approving) -> LogEntry:
    who, detail = approving.who, approving.action
    logged = APPROVED, RULE_SET, str(version), who.name, True, approving.note, detail
    return LogEntry(approving.at, *logged, epoch=state.epoch)
