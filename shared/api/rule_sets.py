"""Rule sets: their versions, and storing, activating and retiring them."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, NotRequired

from shared.api.bodies import MAX_NAME, MAX_TEXT, Body
from shared.api.pages import within_page
from shared.api.parameters import Before, Limit, number_in_path
from shared.api.problems import not_found
from shared.api.route import READERS, RULE_MANAGERS, Caller, Noun, Route
from shared.api.shapes import (
    FROM_1,
    LARGE,
    Day,
    Identifier,
    Moment,
    Page,
    RuleSetDocument,
    Sha256,
    TypedDict,
    among,
    counts,
    ref,
)
from shared.domain.decision import JsonObject, Status, Verdict
from shared.ports import Ports
from shared.rule_books import SHIPPED, RuleBook
from shared.storage.previews import ACTIVATE, RETIRE
from shared.storage.rule_sets import ACTIVATED, ACTIVE, DRAFT, RETIRED, RulesChange, StoredRuleSet

NOUN = Noun("Rule sets", "The rules as data: drafts, what is in force, and taking it back.")

Version = Annotated[int, number_in_path("version", "the rule set's version")]

MOST_CHANGES = 100
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


class RuleSetChange(TypedDict):
    """an activation or retirement"""

    action: Annotated[str, "what was done", _ACTION]
    author: Annotated[str, "by whom"]
    note: Annotated[str, "why"]
    at: Annotated[Moment, "when"]
    epoch: Epoch


class SupersedingChange(TypedDict):
    """the last change of what is in force, if it came before this one was finished: it decides everybody, and this one
    may never finish"""

    version: Annotated[int, "of the version activated or retired, or in force at a repair", FROM_1]
    action: Annotated[str, "what was done", among([ACTIVATED, RETIRED, REPAIRED])]
    epoch: Epoch


class Progress(TypedDict):
    """how far deciding everybody again has come; null for a draft"""

    epoch: Annotated[int, "of which change", LARGE]
    done: Annotated[int, "customers decided again"]
    of: Annotated[int | None, "how many there are; null while they are still being found"]
    changed: Annotated[int, "customers whose outcome changed"]
    startedAt: Annotated[Moment, "when it started"]
    finishedAt: Annotated[Moment | None, "when it was finished; null before"]
    supersededBy: SupersedingChange | None


class RuleSetVersion(RuleSetItem):
    """A version of the rules."""

    changes: Annotated[list[RuleSetChange], "newest first"]
    progress: Progress | None
    document: RuleSetDocument


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


class Activation(TypedDict):
    """Who puts it in force, why, and on what condition."""

    author: NotRequired[Author]
    note: NotRequired[Note]
    previewId: NotRequired[Annotated[str | None, _PREVIEW]]
    maxLost: NotRequired[Annotated[int | None, "refuse if by that preview more customers would lose their eligibility"]]


class Retirement(Activation):
    """Who takes it out of force, why, and on what condition."""


def _draft() -> Draft:
    """The shipped rules with another amount, from next year."""
    document = json.loads(SHIPPED.read_bytes())
    document["effectiveFrom"] = "2027-01-01"
    document["criteria"]["criteria"][0]["amount"] = "350000"
    return {"document": document, "author": "Programme office", "note": "A higher threshold from 2027"}


@Route(NOUN, "GET", "rule-sets", READERS, "List the versions of the rules", "Versions, newest first.")
async def list_rule_sets(ports: Ports, before: Before, limit: Limit) -> Page[RuleSetItem]:
    in_force = (await ports.rule_books.book(None)).timeline.in_force(ports.today())
    versions = await ports.rule_sets.versions(before, limit + 1)
    items = within_page(_item(each, in_force) for each in versions[:limit])
    return {"items": items, "next": str(items[-1]["version"]) if len(versions) > len(items) else None}


@Route(
    NOUN,
    "POST",
    "rule-sets",
    RULE_MANAGERS,
    "Store a draft",
    "The draft as it is stored; it never changes.",
    "Every fault of the document is told at once. Cases that fail are told with what came out instead.",
    Body(Draft, {"A higher threshold": _draft}),
    status=201,
    problems=(422,),
)
async def post_rule_set(ports: Ports, body: Draft, caller: Caller = "") -> RuleSetVersion:
    from shared.api.rule_set_changes import store

    return await get_rule_set(ports, await store(ports, body, caller))


@Route(
    NOUN,
    "GET",
    "rule-sets/{version}",
    READERS,
    "One version: document, changes, progress",
    "The version with its document, its activations and retirements, and how far the last has come.",
    problems=(404,),
)
async def get_rule_set(ports: Ports, version: Version) -> RuleSetVersion:
    book = await ports.rule_books.book(None)
    stored = await ports.rule_sets.version(version)
    if stored is None:
        raise not_found(f"there is no rule set version {version}")
    changes = await ports.rule_sets.changes(version, MOST_CHANGES)
    return {
        **_item(stored, book.timeline.in_force(ports.today())),
        "changes": [_change(each) for each in changes],
        "progress": await _progress(ports, book, changes[0]) if changes else None,
        "document": json.loads(stored.document),
    }


@Route(
    NOUN,
    "POST",
    "rule-sets/{version}/activate",
    RULE_MANAGERS,
    "Put a version in force",
    "The version as it stands; every customer is decided again.",
    "In force from its `effectiveFrom`: at once if that has passed, else on that date. "
    "Of active versions with the same `effectiveFrom` the highest is in force. With `previewId` it is rejected "
    "(409) if the rules changed since that preview, or if it counts more than `maxLost` who lose; facts that "
    "changed since are not in its counts, and `preview` in the answer says how old they are. 422 for a rule set "
    "that a version which may run (`OLDEST_VERSION`) cannot read.",
    Body(Activation, {"With author and note": {"author": "Programme office", "note": "Agreed"}}, required=False),
    problems=(404, 409, 422),
)
async def activate_rule_set(ports: Ports, version: Version, body: Activation, caller: Caller = "") -> ChangedRuleSet:
    from shared.api.rule_set_changes import change

    preview = await change(ports, version, ACTIVATE, body, caller)
    return {**await get_rule_set(ports, version), "preview": preview}


@Route(
    NOUN,
    "POST",
    "rule-sets/{version}/retire",
    RULE_MANAGERS,
    "Take a version out",
    "The version as it stands; the one before is in force again, every customer is decided again.",
    "Only an active version can be retired, and not the last one in force (409). Retiring one that is "
    "retired already changes nothing. `previewId` and `maxLost` hold as for `activate`. 422 if a "
    "version which may run (`OLDEST_VERSION`) cannot read what comes into force in its place.",
    Body(Retirement, {"With author and note": {"author": "Programme office", "note": "Taken back"}}, required=False),
    problems=(404, 409, 422),
)
async def retire_rule_set(ports: Ports, version: Version, body: Retirement, caller: Caller = "") -> ChangedRuleSet:
    from shared.api.rule_set_changes import change

    preview = await change(ports, version, RETIRE, body, caller)
    return {**await get_rule_set(ports, version), "preview": preview}


async def _progress(ports: Ports, book: RuleBook, change: RulesChange) -> Progress:
    """Customers decided again; a change that a newer one superseded may stay unfinished."""
    progress = await ports.progress.read(change.epoch)
    superseded = book.epoch > change.epoch and not progress.is_finished
    return {
        "epoch": change.epoch,
        "done": progress.done,
        "of": progress.of,
        "changed": progress.changed,
        "startedAt": change.at,
        "finishedAt": progress.at if progress.is_finished else None,
        "supersededBy": _superseding(book, ports.today()) if superseded else None,
    }


def _superseding(book: RuleBook, today: date) -> SupersedingChange:
    """The last change of what is in force, which decides everybody; a repair is of the version that is in force."""
    version = book.cause.get("ruleSetVersion") or book.timeline.in_force(today) or max(book.active)[0]
    return {"version": version, "action": book.cause.get("action", REPAIRED), "epoch": book.epoch}


def _item(stored: StoredRuleSet, in_force: int | None) -> RuleSetItem:
    return {
        "version": stored.version,
        "state": stored.state,
        "inForce": stored.version == in_force,
        "effectiveFrom": stored.effective_from.isoformat(),
        "author": stored.author,
        "note": stored.note,
        "sha256": stored.sha256,
        "createdAt": stored.created_at,
    }


def _change(change: RulesChange) -> RuleSetChange:
    return {
        "action": change.action,
        "author": change.author,
        "note": change.note,
        "at": change.at,
        "epoch": change.epoch,
    }
