"""The routes about previews: what putting a version of the rules in force would change."""

from collections.abc import Iterator

from shared.api_description.json_schema import (
    DAY,
    IDENTIFIER,
    Schema,
    closed,
    flag,
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
from shared.api_description.operation import LIMIT, Body, Operation, Parameter, after, in_path, page_of
from shared.api_description.rule_sets import VERSION
from shared.domain.decision import Status
from shared.storage.previews import ACTIVATE, FINISHED, RETIRE, RUNNING
from shared.workflow.preview import CHANGES, LOST

TELLS = "What activating or retiring a version of the rules would change, before it is done. Nothing is stored or sent."

PREVIEW = in_path("id", named(IDENTIFIER, "the preview"), "0123456789abcdef")


def _tally(description: str) -> Schema:
    counts = {"gained": number("who would become eligible"), "lost": number("who would no longer be")}
    tally = titled("tally", record("counts", counts))
    return {"type": "object", "description": description, "additionalProperties": tally}


def _preview() -> Schema:
    members = {
        "id": IDENTIFIER,
        "version": number("the version previewed", 1),
        "sha256": text("of the version's canonical JSON", pattern="^[0-9a-f]{64}$"),
        "state": one_of("whether it is done", [RUNNING, FINISHED]),
        "action": one_of("what is previewed", [ACTIVATE, RETIRE]),
        "on": named(DAY, "the date decided for"),
        "outOfDate": flag("true: the rules changed while it ran, so it ended before everybody was looked at"),
        "done": number("customers looked at"),
        "startedAt": moment("when it started"),
        "finishedAt": nullable(moment("when it was finished; null before")),
        "comesIntoForce": flag("false: another version would be in force on that date"),
        "inForceThen": nullable(number("the version in force on that date then; null of previews of an older app", 1)),
        "difference": list_of(text("a difference"), "to the rules in force on that date, in words"),
        "counts": record("customers by what would change", {kind: number(kind) for kind in CHANGES}),
        "byCriterion": _tally("customers who would gain or lose, by the criteria that decide"),
        "byPartner": _tally("customers who would gain or lose, by partner"),
    }
    return record("What activating or retiring a version would change.", members)


_CONCERNED = {
    "customerId": IDENTIFIER,
    "status": one_of("the status then", [each.value for each in Status]),
    "previousStatus": one_of("the status now", [each.value for each in Status]),
    "eligibleProjects": list_of(IDENTIFIER, "eligible projects then, the first twenty"),
    "criteria": list_of(text("a criterion's id"), "the criteria that decide"),
}


def schemas() -> Iterator[tuple[str, Schema]]:
    yield "preview", _preview()
    action = nullable(one_of("what to preview; activate if left out", [ACTIVATE, RETIRE]))
    yield "preview-request", closed(record("What to preview.", {"action": action}, ["action"]))
    yield "preview-customer", record("A customer for whom something would change.", _CONCERNED)


OPERATIONS = (
    Operation(
        "post_preview",
        "POST",
        "rule-sets/{version}/preview",
        "Preview what activating or retiring a version would change",
        ref("preview"),
        told="The preview has started; `Location` tells where to follow it.",
        description="Decides every customer, as it is when it is looked at, under the rules in force and under those "
        "that would then be. Nothing is sent, and nothing of customers is stored. When the rules change while it runs, "
        "it ends as `outOfDate`.",
        parameters=(VERSION,),
        body=Body(ref("preview-request"), {"Of putting it in force": {"action": ACTIVATE}}, required=False),
        status=202,
        problems=(404, 409),
        headers={"Location": text("where the preview is")},
    ),
    Operation(
        "get_preview",
        "GET",
        "rule-sets/{version}/previews/{id}",
        "How far a preview has come, and what it found",
        ref("preview"),
        parameters=(VERSION, PREVIEW),
        problems=(404,),
    ),
    Operation(
        "list_preview_customers",
        "GET",
        "rule-sets/{version}/previews/{id}/customers",
        "Who would gain, lose, or change",
        page_of(ref("preview-customer")),
        told="Customers by id.",
        parameters=(
            VERSION,
            PREVIEW,
            Parameter("change", one_of("which change", CHANGES), required=True, example=LOST),
            LIMIT,
            after(IDENTIFIER),
        ),
        problems=(404,),
    ),
)
