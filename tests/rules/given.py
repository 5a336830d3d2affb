"""Facts and rule sets for the tests, in the shape of a what-if question; what is not said is as in the usual story.

The usual story: C-1 spends 300,000 USD a year on new Finance licences and has an active project J-1 from 2026-04-01
with P-1, gold in finance and operations and trained long before. It is 2026-03-01.
"""

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

from shared.domain.customer import Customer
from shared.domain.decision import Node, Outcome
from shared.domain.gathered import customer_from, partner_from
from shared.domain.partner import Partner
from shared.rules.document import parse_document
from shared.rules.forecast import Rules, assess, walk_of
from shared.rules.rule_set import RuleSet, decide, explain

type Json = dict[str, Any]

ON = date(2026, 3, 1)
FO = "finance-and-operations"
CE = "customer-engagement"
SHIPPED_PATH = Path(__file__).parents[2] / "rule_sets" / "2023-02-13.json"
_SHIPPED: Json = json.loads(SHIPPED_PATH.read_text("utf-8"))


def shipped_document() -> Json:
    """A copy of the shipped document, to change at will."""
    return copy.deepcopy(_SHIPPED)


def rule_set(criteria: Json | None = None, **members: Any) -> RuleSet:
    """The shipped rule set, with other criteria or members if given."""
    document = shipped_document() | members
    if criteria:
        document["criteria"] = criteria
    return RuleSet.compile(parse_document(document), version=1)


def allowing_exceptions(**members: Any) -> Json:
    """The shipped document, for customers with an exception without any of it."""
    document = shipped_document() | members
    granted = {"type": "exception", "id": "granted", "title": "Exception"}
    either = {"type": "any-of", "id": "either", "title": "Either", "criteria": [granted, document["criteria"]]}
    return document | {"criteria": either}


def licence(**data: Any) -> Json:
    usual = {"licenceId": "L-1", "application": "finance", "annualAmount": "300000", "currency": "USD"}
    return usual | {"newDeployment": True} | data


def project(**data: Any) -> Json:
    return {"projectId": "J-1", "applications": ["finance"], "initiatedOn": "2026-04-01", "status": "active"} | data


def attachment(**data: Any) -> Json:
    return {"partnerId": "P-1", "projectId": "J-1", "attached": True} | data


def granted(**data: Any) -> Json:
    usual = {"exceptionId": "E-1", "reason": "agreed", "approvedBy": "Ada Lovelace"}
    return usual | {"validFrom": "2026-01-01", "validUntil": "2026-12-31"} | data


def competency(**data: Any) -> Json:
    usual = {"competency": "cloud-business-applications", "area": FO, "level": "gold", "validFrom": "2025-01-01"}
    return usual | data


def designation(**data: Any) -> Json:
    usual = {"designation": "solutions-partner-business-applications", "active": True, "validFrom": "2025-01-01"}
    return usual | data


def deployment(number: int = 1, **data: Any) -> Json:
    return {"deploymentId": f"D-{number}", "area": FO, "liveOn": "2025-06-01", "eligible": True} | data


def training(**data: Any) -> Json:
    usual = {"course": "success-by-design", "part": "training", "learnerId": "A-1", "completedOn": "2025-06-01"}
    return usual | data


def trained(**data: Any) -> list[Json]:
    """Both parts of the course."""
    return [training(**data), training(**data | {"part": "knowledge-check"})]


def customer(**facts: Any) -> Json:
    return {"licences": [licence()], "projects": [project()], "attachments": [attachment()]} | facts


def partner(partner_id: str = "P-1", **facts: Any) -> Json:
    usual = {"competencies": [competency()], "designations": [], "deployments": [], "trainings": trained()}
    return {"partnerId": partner_id} | usual | facts


def read(customer_facts: Json, *partner_facts: Json) -> tuple[Customer, dict[str, Partner]]:
    return customer_from(customer_facts), {each["partnerId"]: partner_from(each) for each in partner_facts}


def reasons(rules: RuleSet, customer_facts: Json, *partner_facts: Json, on: date = ON) -> Node:
    return explain(rules, *read(customer_facts, *partner_facts), on)


def outcome(rules: RuleSet, customer_facts: Json, *partner_facts: Json, on: date = ON) -> Outcome:
    return decide(rules, *read(customer_facts, *partner_facts), on)


def next_change_on(rules: RuleSet, customer: Customer, partners: dict[str, Partner], on: date) -> date | None:
    """The next change where no other rule set comes into force."""
    return assess(Rules(rules), customer, partners, on).next_change_on


def dates_ahead(rules: RuleSet, customer: Customer, partners: dict[str, Partner], on: date) -> list[date]:
    """The dates to walk where no other rule set comes into force."""
    return [day for _, days in walk_of(Rules(rules), customer, partners, on).dates for day in days]


def criterion(kind: str, name: str | None = None, **members: Any) -> Json:
    return {"type": kind, "id": name or kind, "title": f"Title of {name or kind}", **members}


def for_each_project(inner: Json) -> Json:
    return criterion("any-project", "project", criterion=inner)


def for_each_partner(inner: Json) -> Json:
    return for_each_project(criterion("any-partner", "partner", criterion=inner))


def in_each_area(inner: Json) -> Json:
    area = criterion("any-area", "area", criterion=inner)
    return for_each_partner(criterion("every-application", "application", criterion=area))


def nodes(tree: Node) -> list[Node]:
    """The tree's nodes, parents first."""
    return [tree, *(below for child in tree.children for below in nodes(child))]


def only(tree: Node, name: str) -> Node:
    """The one node of that criterion."""
    (found,) = [each for each in nodes(tree) if each.id == name]
    return found
