"""Rule sets as they are told, and what is taken to change them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, NotRequired

from shared.api.bodies import MAX_NAME, MAX_TEXT
from shared.api.shapes import (
    FROM_1,
    LARGE,
    Day,
    Identifier,
    Moment,
    RuleSetDocument,
    Sha256,
    TypedDict,
    among,
    counts,
    ref,
)
from shared.domain.decision import JsonObject, Status, Verdict
from shared.rules.timeline import Timeline
from shared.storage.previews import ACTIVATE, RETIRE
from shared.storage.rule_sets import ACTIVATED, ACTIVE, DRAFT, RETIRED, RulesChange, StoredRuleSet

MOST_CHANGES = 100
MOST_OF_A_CASE = 5
"""Differences told of one golden case."""
REPAIRED = "repaired"
"""In place of an action: the rules went back, and everybody is decided again."""
_ACTION = among([ACTIVATED, RETIRED])
Epoch = Annotated[int, "orders all changes of what is in force", LARGE]
_AUTHOR = "who does this, on one line; the caller's verified name takes its place if there is one"
Author = Annotated[str | None, _AUTHOR, {"maxLength": MAX_NAME}]
Note = Annotated[str | None, "why, on one line", {"maxLength": MAX_TEXT}]
_PREVIEW = (
    "a finished preview of this action on this version, at most 24 hours old, of the rules as they are; its counts are "
    "of customers as they were when it looked at them"
)


class RuleSetItem(TypedDict):
    """A version of the rules, without its document."""

    version: Annotated[int, "1, 2, 3, …", FROM_1]
    state: Annotated[str, "where it is in its life", among([DRAFT, ACTIVE, RETIRED])]
    inForce: Annotated[bool, "whether these are the rules that decide today"]
    effectiveFrom: Annotated[Day, "the first day on which it can be in force"]
    author: Annotated[str, "who made it"]
    note: Annotated[str, "what for"]
    sha256: Annotated[Sha256, "of its canonical JSON"]
    createdAt: Annotated[Moment, "when it was stored"]
    approvals: Annotated[int, "how many count for its next action: `retire` of an active version, else `activate`"]
    decidesFrom: Annotated[Day | None, "the first day on which it decides, by the versions active now; null: on none"]
    decidesUntil: Annotated[Day | None, "the last such day; null: there is none, or no end of it"]


class RuleSetChange(TypedDict):
    """an activation or retirement"""

    action: Annotated[str, "what was done", _ACTION]
    author: Annotated[str, "by whom"]
    verified: Annotated[bool, "true: the author was signed in; false: the name was given"]
    note: Annotated[str, "why"]
    at: Annotated[Moment, "when"]
    epoch: Epoch
    approvedBy: Annotated[list[str], "whose approvals it used up"]


class SupersedingChange(TypedDict):
    """the last change of what is in force, if it came before this one was finished: it decides everybody, and this one
    may never finish"""

    version: Annotated[int, "of the version activated or retired, or in force at a repair", FROM_1]
    action: Annotated[str, "what was done", among([ACTIVATED, RETIRED, REPAIRED])]
    epoch: Epoch


class Progress(TypedDict):
    """how far deciding everybody again has come; null for a draft, and for the first rules, before which nobody was
    decided"""

    epoch: Annotated[int, "of which change", LARGE]
    done: Annotated[int, "customers decided again"]
    of: Annotated[int | None, "how many there are; null while they are still being found"]
    changed: Annotated[int, "customers whose outcome changed"]
    startedAt: Annotated[Moment, "when it started"]
    finishedAt: Annotated[Moment | None, "when it was finished; null before"]
    supersededBy: SupersedingChange | None


class RuleSetApproval(TypedDict):
    """an approval of the version's next action; any change of what is in force voids it"""

    action: Annotated[str, "of what", among([ACTIVATE, RETIRE])]
    by: Annotated[str, "the verified caller"]
    at: Annotated[Moment, "when"]
    note: Annotated[str, "why"]
    epoch: Annotated[int, "of the rules as they were then, and are", LARGE]


class RuleSentence(TypedDict):
    """a sentence of a rule set"""

    path: Annotated[str, "the place in the document that it says"]
    level: Annotated[int, "how many sentences it is below", {"minimum": 0}]
    criterion: Annotated[str | None, "the id of the criterion that it is; null of other parts"]
    title: Annotated[str | None, "that criterion's title"]
    text: Annotated[str, "what it says"]


class RuleSetVersion(RuleSetItem):
    """A version of the rules."""

    verified: Annotated[bool, "whether the author was signed in; only then its activation can be approved"]
    approvedBy: list[RuleSetApproval]
    approvalsNeeded: Annotated[int, "how many `activate` and `retire` need (`APPROVALS`)"]
    changes: Annotated[list[RuleSetChange], "newest first"]
    progress: Progress | None
    document: RuleSetDocument
    sentences: Annotated[list[RuleSentence] | None, "the document as it reads; null if only a later app can read it"]
    cases: Annotated[list[GoldenCase], "the golden cases that were stored with it: they came out as expected"]
    against: Annotated[int | None, "the version that it is compared with, as asked", FROM_1]
    difference: Annotated[list[Annotated[str, "a difference"]] | None, "from that version, in words; null without one"]


class PreviewHeld(TypedDict):
    """what the change was held against; null without `previewId`, or where it changed nothing"""

    id: Annotated[str, "the preview"]
    startedAt: Annotated[Moment, "when it began to look"]
    finishedAt: Annotated[Moment, "when it had looked at everybody"]
    ageSeconds: Annotated[int, "how long before this change it began: events since then are not in its counts"]
    counts: Annotated[dict[str, int], counts("customers by what would change, as counted then")]


class ChangedRuleSet(RuleSetVersion):
    """A version of the rules as it was put in force or taken out of force."""

    preview: PreviewHeld | None


def _most_cases() -> dict[str, int]:
    from shared.rules.cases import MOST_CASES

    return {"maxItems": MOST_CASES}


class Expectation(TypedDict):
    """what must come out; at least one of these"""

    status: NotRequired[
        Annotated[str | None, "whether the customer is eligible", among([Status.ELIGIBLE, Status.INELIGIBLE])]
    ]
    eligibleProjects: NotRequired[Annotated[list[Identifier] | None, "just these", {"uniqueItems": True}]]
    criteria: NotRequired[
        Annotated[dict[str, Annotated[object, among(Verdict)]] | None, "verdicts by criterion, at least one"]
    ]


class GoldenCase(TypedDict):
    """a golden case"""

    title: Annotated[str, "a sentence about the case", {"minLength": 1, "maxLength": 200}]
    on: Day
    facts: Annotated[JsonObject, ref("given-facts")]
    expect: Expectation


class Draft(TypedDict):
    """A rule set to be stored."""

    document: RuleSetDocument
    author: NotRequired[Author]
    note: NotRequired[Note]
    cases: NotRequired[Annotated[list[GoldenCase] | None, "cases that must come out as expected", _most_cases]]


class DraftToCheck(TypedDict):
    """A rule set to be looked at."""

    document: RuleSetDocument
    cases: NotRequired[
        Annotated[list[GoldenCase] | None, "cases to run; those of the version compared with if left out", _most_cases]
    ]
    against: NotRequired[Annotated[int | None, "the version to compare with; that in force today if left out", FROM_1]]


class RuleSetFault(TypedDict):
    """what is wrong, and where"""

    path: Annotated[str, "where"]
    message: Annotated[str, "what is wrong, and what would be right"]


class CheckedCase(TypedDict):
    """a golden case that was run"""

    title: Annotated[str, "a sentence about the case"]
    on: Day
    holds: Annotated[bool, "whether it comes out as expected"]
    errors: Annotated[list[RuleSetFault], f"what came out instead, {MOST_OF_A_CASE} at most"]


class CheckedDraft(TypedDict):
    """What is wrong with a rule set or, if nothing is, how it reads and what it changes."""

    valid: Annotated[bool, "whether `POST rule-sets` would store it, with the cases if any were given"]
    errors: Annotated[list[RuleSetFault], "every fault of the document, and of the cases as they are written"]
    sha256: Annotated[Sha256 | None, "of its canonical JSON; null of what is no rule set"]
    sentences: Annotated[list[RuleSentence] | None, "the document as it reads; null of what is no rule set"]
    against: Annotated[int, "the version that it is compared with", FROM_1]
    difference: Annotated[list[Annotated[str, "a difference"]] | None, "from that version, in words"]
    cases: list[CheckedCase]


class Activation(TypedDict):
    """Who puts it in force, why, and on what condition."""

    author: NotRequired[Author]
    note: NotRequired[Note]
    previewId: NotRequired[Annotated[str | None, _PREVIEW]]
    maxLost: NotRequired[Annotated[int | None, "refuse if by that preview more customers would lose their eligibility"]]


class Retirement(Activation):
    """Who takes it out of force, why, and on what condition."""


class ApprovalGiven(TypedDict):
    """What is approved, and why."""

    action: Annotated[str, "what may be done to the version", among([ACTIVATE, RETIRE])]
    note: NotRequired[Note]


def next_action(stored: StoredRuleSet) -> str:
    return RETIRE if stored.state == ACTIVE else ACTIVATE


def item(stored: StoredRuleSet, timeline: Timeline, today: date, epoch: int) -> RuleSetItem:
    first, last = timeline.days_of(stored.version) or (None, None)
    return {
        "version": stored.version,
        "state": stored.state,
        "inForce": stored.version == timeline.in_force(today),
        "effectiveFrom": stored.effective_from.isoformat(),
        "author": stored.author,
        "note": stored.note,
        "sha256": stored.sha256,
        "createdAt": stored.created_at,
        "approvals": len(stored.approved(next_action(stored), epoch)),
        "decidesFrom": first.isoformat() if first else None,
        "decidesUntil": last.isoformat() if last else None,
    }


def change_told(change: RulesChange) -> RuleSetChange:
    return {
        "action": change.action,
        "author": change.author,
        "verified": change.verified,
        "note": change.note,
        "at": change.at,
        "epoch": change.epoch,
        "approvedBy": list(change.approved_by),
    }


def approvals(stored: StoredRuleSet, epoch: int) -> list[RuleSetApproval]:
    return [
        {"action": each.action, "by": each.by, "at": each.at, "note": each.note, "epoch": each.epoch}
        for each in stored.approved(next_action(stored), epoch)
    ]
