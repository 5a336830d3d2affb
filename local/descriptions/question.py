"""The schemas of what-if questions and of what a list of them is answered with."""

from collections.abc import Iterator

from local.descriptions.parts import (
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
    titled,
)
from shared.api.check import MAX_KEPT, MAX_PARTNERS

_GIVEN = {"ruleSet": {"type": "object"}, "ruleSetVersion": {"type": "integer"}}
_OVER = "with customerId, each replaces the stored fact of the same key"


def question_schemas() -> Iterator[tuple[str, Schema]]:
    members = {
        "customerId": nullable(named(IDENTIFIER, "a customer over whose stored facts those given are laid")),
        "customer": nullable({**ref("given-customer"), "description": f"facts of the customer; {_OVER}"}),
        "partners": nullable(list_of(ref("given-partner"), f"facts of partners; {_OVER}", maxItems=MAX_PARTNERS)),
        "on": nullable(named(DAY, "the date to decide for; today if left out")),
        "ruleSet": {**nullable(ref("rule-set")), "description": "rules to decide by, instead of those in force"},
        "ruleSetVersion": nullable(number("a stored version to decide by", 1, maximum=999_999_999)),
        "keep": nullable(titled("kept", closed(_keep()))),
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


def _keep() -> Schema:
    members = {
        name: nullable(list_of(IDENTIFIER, f"ids of {name} that no way may change", minItems=0, maxItems=MAX_KEPT))
        for name in ("partners", "projects")
    }
    return record(
        "what no way in wouldHelp or wouldKeep may change: no change names one of these", members, list(members)
    )
