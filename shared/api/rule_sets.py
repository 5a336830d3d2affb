"""Rule sets: their versions, and storing, activating and retiring them."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated

from shared.api.bodies import Body
from shared.api.pages import within_page
from shared.api.parameters import Before, Limit, Parameter, before_number, number_in_path
from shared.api.problems import not_found
from shared.api.route import READERS, RULE_APPROVERS, RULE_MANAGERS, Noun, Route, Signed
from shared.api.rule_set_shapes import (
    MOST_CHANGES,
    REPAIRED,
    Activation,
    ApprovalGiven,
    ChangedRuleSet,
    CheckedDraft,
    Draft,
    DraftToCheck,
    Progress,
    Retirement,
    RuleSetItem,
    RuleSetVersion,
    SupersedingChange,
    approvals,
    change_told,
    item,
)
from shared.api.shapes import FROM_1, Page
from shared.ports import Ports
from shared.rule_books import SHIPPED, RuleBook
from shared.storage.previews import ACTIVATE, RETIRE
from shared.storage.rule_sets import FIRST_EPOCH, RulesChange

NOUN = Noun("Rule sets", "The rules as data: drafts, what is in force, and taking it back.")

Version = Annotated[int, number_in_path("version", "the rule set's version")]


_AGAINST = Annotated[int, "another version, to be compared with", FROM_1]
Against = Annotated[int | None, Parameter("against", before_number, _AGAINST)]


def _document() -> DraftToCheck:
    """The shipped rules with another amount, from next year."""
    document = json.loads(SHIPPED.read_bytes())
    document["effectiveFrom"] = "2027-01-01"
    document["criteria"]["criteria"][0]["amount"] = "350000"
    return {"document": document}


def _draft() -> Draft:
    return {"document": _document()["document"], "author": "Programme office", "note": "A higher threshold from 2027"}


@Route(NOUN, "GET", "rule-sets", READERS, "List the versions of the rules", "Versions, newest first.")
async def list_rule_sets(ports: Ports, before: Before, limit: Limit) -> Page[RuleSetItem]:
    book = await ports.rule_books.book(None)
    versions = await ports.rule_sets.versions(before, limit + 1)
    items = within_page(item(each, book.timeline, ports.today(), book.epoch) for each in versions[:limit])
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
async def post_rule_set(ports: Ports, body: Draft, signed: Signed = None) -> RuleSetVersion:
    from shared.api.rule_set_changes import store

    return await get_rule_set(ports, await store(ports, body, signed))


@Route(
    NOUN,
    "GET",
    "rule-sets/{version}",
    READERS,
    "One version: document, changes, progress",
    "The version with its document, also as sentences, its golden cases, its activations and retirements, and how far "
    "the last has come; with `against`, the difference from another version in words.",
    problems=(404,),
)
async def get_rule_set(ports: Ports, version: Version, against: Against = None) -> RuleSetVersion:
    from shared.api.rule_set_reading import compared_with, difference_from, readable, told_cases, told_sentences

    book = await ports.rule_books.book(None)
    stored = await ports.rule_sets.version(version)
    if stored is None:
        raise not_found(f"there is no rule set version {version}")
    other = await compared_with(ports, against) if against else None
    changes = await ports.rule_sets.changes(version, MOST_CHANGES)
    document = readable(stored)
    return {
        **item(stored, book.timeline, ports.today(), book.epoch),
        "verified": stored.verified,
        "approvedBy": approvals(stored, book.epoch),
        "approvalsNeeded": ports.approvals,
        "changes": [change_told(each) for each in changes],
        "progress": await _progress(ports, book, changes[0]) if changes and changes[0].epoch != FIRST_EPOCH else None,
        "document": json.loads(stored.document),
        "sentences": told_sentences(document) if document else None,
        "cases": told_cases(stored),
        "against": against,
        "difference": difference_from(other, document) if other else None,
    }


@Route(
    NOUN,
    "POST",
    "rule-sets/check",
    READERS,
    "Look at a draft before it is stored",
    "What is wrong with it or, if nothing is, how it reads and what it changes.",
    "Nothing is stored. Every fault of the document is told with its place. Without `cases` the golden cases of the "
    "version compared with are run: those that do not hold are what the draft would decide otherwise.",
    Body(DraftToCheck, {"A higher threshold": _document}),
    problems=(404,),
)
async def check_rule_set(ports: Ports, body: DraftToCheck) -> CheckedDraft:
    from shared.api.rule_set_reading import check_draft

    return await check_draft(ports, body)


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
    "that a version which may run (`OLDEST_VERSION`) cannot read. With the setting `APPROVALS` 409 until so many have "
    "approved it; it uses the approvals up.",
    Body(Activation, {"With author and note": {"author": "Programme office", "note": "Agreed"}}, required=False),
    problems=(404, 409, 422),
)
async def activate_rule_set(ports: Ports, version: Version, body: Activation, signed: Signed = None) -> ChangedRuleSet:
    from shared.api.rule_set_changes import change

    preview = await change(ports, version, ACTIVATE, body, signed)
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
    "version which may run (`OLDEST_VERSION`) cannot read what comes into force in its place. Approvals are needed as "
    "for `activate`.",
    Body(Retirement, {"With author and note": {"author": "Programme office", "note": "Taken back"}}, required=False),
    problems=(404, 409, 422),
)
async def retire_rule_set(ports: Ports, version: Version, body: Retirement, signed: Signed = None) -> ChangedRuleSet:
    from shared.api.rule_set_changes import change

    preview = await change(ports, version, RETIRE, body, signed)
    return {**await get_rule_set(ports, version), "preview": preview}


@Route(
    NOUN,
    "POST",
    "rule-sets/{version}/approve",
    RULE_APPROVERS,
    "Approve an activation or a retirement",
    "The version as it stands, with the approvals that count.",
    "The caller has to be verified (403 with keys), other than the version's author, and not to have approved it "
    "already (409). The approval is for this version, this action and the rules as they are: any change of what is in "
    "force voids it, and the caller may then approve again. With the setting `APPROVALS` `activate` and `retire` need "
    "so many, and use them up. What could not be done is not approved either: the answers are those of `activate` and "
    "`retire`. A version whose author is not verified cannot be approved for `activate`.",
    Body(ApprovalGiven, {"An activation": {"action": ACTIVATE, "note": "Agreed"}}),
    problems=(404, 409, 422),
)
async def approve_rule_set(
    ports: Ports, version: Version, body: ApprovalGiven, signed: Signed = None
) -> RuleSetVersion:
    from shared.api.approving import approve

    await approve(ports, version, body, signed)
    return await get_rule_set(ports, version)


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
