"""Facts of a what-if question as they mostly are, and asking it."""

import json
from typing import Any

from tests.api.world import Answer, World

type Json = dict[str, Any]

AREA = "finance-and-operations"
LICENCE = {"licenceId": "L-1", "application": "finance", "annualAmount": "300000", "currency": "USD"} | {
    "newDeployment": True
}
PROJECT = {"projectId": "J-1", "applications": ["finance"], "initiatedOn": "2026-04-01", "status": "planned"}
ATTACHMENT = {"partnerId": "P-1", "projectId": None, "attached": True}
CUSTOMER: Json = {"licences": [LICENCE], "projects": [PROJECT], "attachments": [ATTACHMENT]}
GOLD = {"competency": "cloud-business-applications", "area": AREA, "level": "gold", "validFrom": "2025-01-01"}
TRAINING = {"course": "success-by-design", "part": "training", "learnerId": "T-1", "completedOn": "2026-01-10"}
CHECK = TRAINING | {"part": "knowledge-check"}
PARTNER: Json = {"partnerId": "P-1", "competencies": [GOLD], "trainings": [TRAINING, CHECK]}


async def ask(world: World, question: Any) -> Answer:
    return await world.post("check", json.dumps(question).encode())


async def status(world: World, question: Json) -> str:
    answer = await ask(world, question)
    assert answer.status == 200, answer.value
    return str(answer.value["status"])


def node(tree: Json, name: str) -> Json:
    """The first node of that criterion."""
    found = find(tree, name)
    assert found is not None
    return found


def find(tree: Json, name: str) -> Json | None:
    if tree["id"] == name:
        return tree
    return next((found for child in tree.get("children", ()) if (found := find(child, name))), None)
