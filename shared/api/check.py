"""What-if questions: what would be decided if the facts, the date or the rules were others."""

from __future__ import annotations

from typing import Annotated

from shared.api.bodies import Body
from shared.api.route import READERS, Noun, Route
from shared.api.shapes import Decision, ref
from shared.domain.customer_state import MAX_PAIRS
from shared.domain.decision import JsonObject
from shared.ports import Ports
from shared.rules.rule_set import MAX_WORK

NOUN = Noun("What if", "What would come out if the facts, the date or the rules were others. Nothing is stored.")

MAX_QUESTIONS = 250
MAX_FACTS = 2_000
"""Facts given in a question, of the customer and of partners together."""
MAX_PARTNERS = 500
MAX_KEPT = 500
"""Ids of partners that no way may change, and of projects."""
MAX_LOOKED = 50_000
"""Stored facts of the customers that the questions of one list are about, each time they are asked about."""

Question = Annotated[JsonObject, ref("question")]

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


def _licence(licence_id: str, application: str, amount: str) -> JsonObject:
    licence = {"licenceId": licence_id, "application": application, "annualAmount": amount}
    return {**licence, "currency": "USD", "newDeployment": True}


NOBODY_KNOWN: JsonObject = {
    "customer": {
        "licences": [_licence("L-1", "finance", "300000")],
        "projects": [
            {"projectId": "J-1", "applications": ["finance"], "initiatedOn": "2026-04-01", "status": "planned"}
        ],
        "attachments": [{"partnerId": "P-1", "projectId": None, "attached": True}],
    },
    "partners": [_PARTNER],
    "on": "2026-03-01",
}
_MORE_SPEND: JsonObject = {"customerId": "C-1002", "customer": {"licences": [_licence("L-9", "sales", "200000")]}}


@Route(
    NOUN,
    "POST",
    "check",
    READERS,
    "Ask what would come out if",
    "The decision.",
    f"""\
`sequence` and `cause` of the answer are null. No way in `wouldHelp` or `wouldKeep` changes a partner or a project that
`keep` names: none attaches it, and none asks anything of it.

A question has at most {MAX_FACTS:,} facts, {MAX_PARTNERS} partners and a rule set of 64 KiB. One beyond that, one of
more than {MAX_PAIRS:,} pairs of an open project and a partner attached to it, and one that would take more than
{MAX_WORK:,} steps (about criteria times applications times areas times pairs) are answered by 422, and so is one with
more than {MAX_KEPT} ids of partners, or of projects, to keep. An answer is at most
1 MiB: of a large tree the nodes that decided come first, and `omitted` counts the rest.

A list of 1 to {MAX_QUESTIONS} questions is accepted too. It is answered by a list of the same length, each item a
decision or a problem (the JSON Schemas `question` and `checked`); generated clients send one question at a time.
That answer is at most 5 MiB, and each item has the same share of it.""",
    Body(
        Question,
        {
            "A customer that spends more": _MORE_SPEND,
            "Facts of nobody known": NOBODY_KNOWN,
            "With what cannot move": {"customerId": "C-1002", "keep": {"partners": ["P-22"], "projects": ["J-2002"]}},
            "An earlier day, another version": {"customerId": "C-1001", "on": "2025-06-01", "ruleSetVersion": 1},
        },
    ),
    problems=(404, 409, 422),
    answer=Decision,
)
async def check(ports: Ports, body: object) -> JsonObject | list[JsonObject]:
    from shared.api.what_if import answer

    return await answer(ports, body)
