"""The route that takes what-if questions."""

from collections.abc import Iterator

from shared.api_description.json_schema import (
    DAY,
    IDENTIFIER,
    Schema,
    closed,
    list_of,
    named,
    nullable,
    number,
    record,
    ref,
)
from shared.api_description.operation import Body, Operation
from shared.domain.customer_state import MAX_PAIRS
from shared.domain.decision import JsonObject
from shared.queries.check import MAX_QUESTIONS
from shared.queries.question import MAX_FACTS, MAX_PARTNERS
from shared.rules.rule_set import MAX_WORK

TELLS = "What would come out if the facts, the date or the rules were others. Nothing is stored."


def schemas() -> Iterator[tuple[str, Schema]]:
    facts = {name: nullable(schema) for name, schema in _facts().items()}
    members = {
        "customerId": nullable(named(IDENTIFIER, "a customer over whose stored facts those given are laid")),
        **facts,
        "on": nullable(named(DAY, "the date to decide for; today if left out")),
        "ruleSet": {**nullable(ref("rule-set")), "description": "rules to decide by, instead of those in force"},
        "ruleSetVersion": nullable(number("a stored version to decide by", 1, maximum=999_999_999)),
    }
    question = record(
        "A what-if question; without customerId the facts given are all there is.", members, list(members)
    )
    not_both = {"not": {"required": ["ruleSet", "ruleSetVersion"], "properties": _GIVEN}}
    yield "question", closed(question) | not_both
    yield (
        "checked",
        {
            "description": "The decision, or a list of decisions and problems in the order of the questions.",
            "oneOf": [ref("decision"), list_of({"oneOf": [ref("decision"), ref("problem")]}, minItems=1)],
        },
    )


_GIVEN = {"ruleSet": {"type": "object"}, "ruleSetVersion": {"type": "integer"}}


def _facts() -> dict[str, Schema]:
    told = "with customerId, each replaces the stored fact of the same key"
    return {
        "customer": {**ref("given-customer"), "description": f"facts of the customer; {told}"},
        "partners": list_of(ref("given-partner"), f"facts of partners; {told}", maxItems=MAX_PARTNERS),
    }


_PARTNER: JsonObject = {
    "partnerId": "P-1",
    "competencies": [
        {
            "competency": "cloud-business-applications",
            "area": "finance-and-operations",
            "level": "gold",
            "validFrom": "2025-01-01",
        }
    ],
    "trainings": [
        {"course": "success-by-design", "part": part, "learnerId": "E-1", "completedOn": "2025-06-01"}
        for part in ("training", "knowledge-check")
    ],
}
NOBODY_KNOWN: JsonObject = {
    "customer": {
        "licences": [
            {
                "licenceId": "L-1",
                "application": "finance",
                "annualAmount": "300000",
                "currency": "USD",
                "newDeployment": True,
            }
        ],
        "projects": [
            {"projectId": "J-1", "applications": ["finance"], "initiatedOn": "2026-04-01", "status": "planned"}
        ],
        "attachments": [{"partnerId": "P-1", "projectId": None, "attached": True}],
    },
    "partners": [_PARTNER],
    "on": "2026-03-01",
}
_MORE_SPEND: JsonObject = {
    "customerId": "C-1002",
    "customer": {
        "licences": [
            {
                "licenceId": "L-9",
                "application": "sales",
                "annualAmount": "200000",
                "currency": "USD",
                "newDeployment": True,
            }
        ]
    },
}

_DESCRIPTION = f"""\
`sequence` and `cause` of the answer are null.

A question has at most {MAX_FACTS:,} facts, {MAX_PARTNERS} partners and a rule set of 64 KiB. One beyond that, one of
more than {MAX_PAIRS:,} pairs of an open project and a partner attached to it, and one that would take more than
{MAX_WORK:,} steps (about criteria times applications times areas times pairs) are answered by 422. An answer is at most
1 MiB: of a large tree the nodes that decided come first, and `omitted` counts the rest.

A list of 1 to {MAX_QUESTIONS} questions is accepted too. It is answered by a list of the same length, each item a
decision or a problem (the JSON Schemas `question` and `checked`); generated clients send one question at a time.
That answer is at most 5 MiB, and each item has the same share of it."""

OPERATIONS = (
    Operation(
        "check",
        "POST",
        "check",
        "Ask what would come out if",
        ref("decision"),
        told="The decision.",
        description=_DESCRIPTION,
        body=Body(
            ref("question"),
            {
                "A customer that spends more": _MORE_SPEND,
                "Facts of nobody known": NOBODY_KNOWN,
                "An earlier day, another version": {"customerId": "C-1001", "on": "2025-06-01", "ruleSetVersion": 1},
            },
        ),
        problems=(404, 409, 422),
    ),
)
