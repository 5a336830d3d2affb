"""The routes about rule sets and their life."""

import json
from collections.abc import Iterator

from shared.api_description.json_schema import (
    DAY,
    IDENTIFIER,
    Schema,
    closed,
    flag,
    large_number,
    list_of,
    moment,
    named,
    nullable,
    number,
    one_of,
    record,
    ref,
    text,
    titled,
)
from shared.api_description.operation import BEFORE, LIMIT, Body, Operation, in_path, page_of
from shared.api_description.rule_set_schema import rule_set_schemas
from shared.domain.decision import JsonObject, Verdict
from shared.queries.bodies import MAX_NAME, MAX_TEXT
from shared.queries.rule_sets import REPAIRED
from shared.rule_books import SHIPPED
from shared.rules.cases import MOST_CASES
from shared.storage.rule_sets import ACTIVATED, ACTIVE, DRAFT, RETIRED
from shared.workflow.preview import CHANGES

TELLS = "The rules as data: drafts, what is in force, and taking it back."

VERSION = in_path("version", number("the rule set's version", 1, maximum=9_999_999_998), 1)

_ITEM = {
    "version": number("1, 2, 3, …", 1),
    "state": one_of("where it is in its life", [DRAFT, ACTIVE, RETIRED]),
    "inForce": flag("whether these are the rules that decide today"),
    "effectiveFrom": named(DAY, "the first day on which it can be in force"),
    "author": text("who made it"),
    "note": text("what for"),
    "sha256": text("of its canonical JSON", pattern="^[0-9a-f]{64}$"),
    "createdAt": moment("when it was stored"),
}
_CHANGE = {
    "action": one_of("what was done", [ACTIVATED, RETIRED]),
    "author": text("by whom"),
    "note": text("why"),
    "at": moment("when"),
    "epoch": large_number("orders all changes of what is in force", 1),
}
_SUPERSEDING = {
    "version": number("of the version activated or retired, or in force at a repair", 1),
    "action": one_of("what was done", [ACTIVATED, RETIRED, REPAIRED]),
    "epoch": _CHANGE["epoch"],
}
_HOW_FAR = "how far deciding everybody again has come; null for a draft"
_PROGRESS = {
    "epoch": large_number("of which change", 1),
    "done": number("customers decided again"),
    "of": nullable(number("how many there are; null while they are still being found")),
    "changed": number("customers whose outcome changed"),
    "startedAt": moment("when it started"),
    "finishedAt": nullable(moment("when it was finished; null before")),
    "supersededBy": nullable(
        titled(
            "superseding-change",
            record(
                "the last change of what is in force, if it came before this one was finished: it decides everybody, "
                "and this one may never finish",
                _SUPERSEDING,
            ),
        )
    ),
}
_VERSION = {
    **_ITEM,
    "changes": list_of(titled("rule-set-change", record("an activation or retirement", _CHANGE)), "newest first"),
    "progress": nullable(titled("progress", record(_HOW_FAR, _PROGRESS))),
    "document": ref("rule-set"),
}
_HELD = {
    "id": text("the preview"),
    "startedAt": moment("when it began to look"),
    "finishedAt": moment("when it had looked at everybody"),
    "ageSeconds": number("how long before this change it began: events since then are not in its counts"),
    "counts": record("customers by what would change, as counted then", {kind: number(kind) for kind in CHANGES}),
}
_HELD_AGAINST = "what the change was held against; null without `previewId`, or where it changed nothing"
_CHANGED = {**_VERSION, "preview": nullable(titled("preview-held", record(_HELD_AGAINST, _HELD)))}
_TEXTS = {
    "author": nullable(
        text(
            "who does this, on one line; the caller's verified name takes its place if there is one", maxLength=MAX_NAME
        )
    ),
    "note": nullable(text("why, on one line", maxLength=MAX_TEXT)),
}
_EXPECT = {
    "status": nullable(one_of("whether the customer is eligible", ["eligible", "ineligible"])),
    "eligibleProjects": nullable(list_of(IDENTIFIER, "just these", uniqueItems=True)),
    "criteria": {
        "type": ["object", "null"],
        "description": "verdicts by criterion, at least one",
        "additionalProperties": {"enum": [each.value for each in Verdict]},
    },
}


def _case() -> Schema:
    told = "what must come out; at least one of these"
    expect = titled("expectation", closed(record(told, _EXPECT, optional=list(_EXPECT))))
    title = text("a sentence about the case", minLength=1, maxLength=200)
    members = {"title": title, "on": DAY, "facts": ref("given-facts"), "expect": expect}
    return titled("golden-case", closed(record("a golden case", members)))


def schemas() -> Iterator[tuple[str, Schema]]:
    yield from rule_set_schemas()
    yield "rule-set-item", record("A version of the rules, without its document.", _ITEM)
    yield "rule-set-version", record("A version of the rules.", _VERSION)
    yield "changed-rule-set", record("A version of the rules as it was put in force or taken out of force.", _CHANGED)
    cases = nullable(list_of(_case(), "cases that must come out as expected", maxItems=MOST_CASES))
    draft = {"document": ref("rule-set"), **_TEXTS, "cases": cases}
    yield "draft", closed(record("A rule set to be stored.", draft, optional=("author", "note", "cases")))
    held = (
        "a finished preview of this action on this version, at most 24 hours old, of the rules as they are; its counts "
        "are of customers as they were when it looked at them"
    )
    change = {
        **_TEXTS,
        "previewId": nullable(text(held)),
        "maxLost": nullable(number("refuse if by that preview more customers would lose their eligibility")),
    }
    for name, does in (("activation", "puts it in force"), ("retirement", "takes it out of force")):
        yield name, closed(record(f"Who {does}, why, and on what condition.", change, list(change)))


def _draft() -> JsonObject:
    """The shipped rules with another amount, from next year."""
    document = json.loads(SHIPPED.read_bytes())
    document["effectiveFrom"] = "2027-01-01"
    document["criteria"]["criteria"][0]["amount"] = "350000"
    return {"document": document, "author": "Programme office", "note": "A higher threshold from 2027"}


OPERATIONS = (
    Operation(
        "list_rule_sets",
        "GET",
        "rule-sets",
        "List the versions of the rules",
        page_of(ref("rule-set-item")),
        told="Versions, newest first.",
        parameters=(LIMIT, BEFORE),
    ),
    Operation(
        "get_rule_set",
        "GET",
        "rule-sets/{version}",
        "One version: document, changes, progress",
        ref("rule-set-version"),
        told="The version with its document, its activations and retirements, and how far the last has come.",
        parameters=(VERSION,),
        problems=(404,),
    ),
    Operation(
        "post_rule_set",
        "POST",
        "rule-sets",
        "Store a draft",
        ref("rule-set-version"),
        told="The draft as it is stored; it never changes.",
        description="Every fault of the document is told at once. Cases that fail are told with what came out instead.",
        body=Body(ref("draft"), {"A higher threshold": _draft()}),
        status=201,
        problems=(422,),
    ),
    Operation(
        "activate_rule_set",
        "POST",
        "rule-sets/{version}/activate",
        "Put a version in force",
        ref("changed-rule-set"),
        told="The version as it stands; every customer is decided again.",
        description="In force from its `effectiveFrom`: at once if that has passed, else on that date. "
        "Of active versions with the same `effectiveFrom` the highest is in force. With `previewId` it is rejected "
        "(409) if the rules changed since that preview, or if it counts more than `maxLost` who lose; facts that "
        "changed since are not in its counts, and `preview` in the answer says how old they are. 422 for a rule set "
        "that a version which may run (`OLDEST_VERSION`) cannot read.",
        parameters=(VERSION,),
        body=Body(
            ref("activation"),
            {"With author and note": {"author": "Programme office", "note": "Agreed"}},
            required=False,
        ),
        problems=(404, 409, 422),
    ),
    Operation(
        "retire_rule_set",
        "POST",
        "rule-sets/{version}/retire",
        "Take a version out",
        ref("changed-rule-set"),
        told="The version as it stands; the one before is in force again, every customer is decided again.",
        description="Only an active version can be retired, and not the last one in force (409). Retiring one that is "
        "retired already changes nothing. `previewId` and `maxLost` hold as for `activate`. 422 if a "
        "version which may run (`OLDEST_VERSION`) cannot read what comes into force in its place.",
        parameters=(VERSION,),
        body=Body(
            ref("retirement"),
            {"With author and note": {"author": "Programme office", "note": "Taken back"}},
            required=False,
        ),
        problems=(404, 409, 422),
    ),
)
