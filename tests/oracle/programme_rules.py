"""Nothing arrives; the rule set the contract prints leaves, with every application of the programme."""

from .decide import Json

CUSTOMER_ENGAGEMENT = (
    "customer-insights",
    "customer-service",
    "field-service",
    "marketing",
    "relationship-sales",
    "sales",
    "viva-sales",
)
FINANCE_AND_OPERATIONS = ("commerce", "finance", "human-resources", "supply-chain-management")


def criterion(kind: str, name: str, **members: object) -> Json:
    return {"type": kind, "id": name, "title": name, **members}


def training(name: str, part: str) -> Json:
    return criterion("training-before-project", name, course="success-by-design", part=part)


def qualified_area() -> Json:
    designated = criterion("designation", "solutions-partner", designation="solutions-partner-business-applications")
    deployed = criterion("deployments-at-least", "deployments", count=2)
    route = criterion("all-of", "solutions-partner-route", criteria=[designated, deployed])
    competency = criterion("competency", "cba", competency="cloud-business-applications", levels=["gold", "silver"])
    return criterion("any-of", "area-qualified", criteria=[competency, route])


def qualified_partner() -> Json:
    area = criterion("any-area", "area", criterion=qualified_area())
    parts = [
        criterion("every-application", "every-application", criterion=area),
        training("sbd-training", "training"),
        training("sbd-check", "knowledge-check"),
    ]
    return criterion(
        "any-partner", "qualified-partner", criterion=criterion("all-of", "partner-qualified", criteria=parts)
    )


def criteria() -> Json:
    covered = criterion("covers-eligible-application", "covered-application")
    project = criterion("all-of", "covered-project", criteria=[covered, qualified_partner()])
    spend = criterion("annual-spend-at-least", "annual-spend", amount="300000")
    return criterion("all-of", "eligible", criteria=[spend, criterion("any-project", "project", criterion=project)])


def applications() -> list[Json]:
    listed = [(name, ["customer-engagement"]) for name in CUSTOMER_ENGAGEMENT]
    listed += [(name, ["finance-and-operations"]) for name in FINANCE_AND_OPERATIONS]
    listed.append(("project-operations", ["customer-engagement", "finance-and-operations"]))
    return [{"id": name, "title": name, "areas": areas} for name, areas in sorted(listed)]


def programme_rules() -> Json:
    return {
        "schema": "fasttrack.rule-set/v1",
        "effectiveFrom": "2023-02-13",
        "currency": "USD",
        "exchangeRates": {"EUR": "1.08"},
        "warnDaysBefore": [90, 30, 7],
        "applications": applications(),
        "criteria": criteria(),
        "benefits": [{"id": "solution-blueprint-review", "title": "Solution Blueprint review"}],
        "selfGuidedResources": [{"id": "techtalks", "title": "Product TechTalks", "url": "https://example.com/talks"}],
    }
