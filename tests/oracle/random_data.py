"""A scene and whose event it is arrive; the `data` of one event leaves, its values where the rules turn."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

type Data = dict[str, Any]

ENGAGEMENT = ("sales", "customer-service", "field-service", "customer-insights", "relationship-sales")
OPERATIONS = ("finance", "supply-chain-management", "commerce", "human-resources")
BOTH = ("project-operations",)
UNLISTED = ("business-central", "power-apps", "0")
AREAS = ("customer-engagement", "finance-and-operations")


@dataclass(frozen=True)
class Scene:
    """What every builder draws from."""

    draw: Random
    today: date
    customers: list[str]
    partners: list[str]

    def day(self, days: int) -> str:
        return (self.today + timedelta(days=days)).isoformat()

    def end(self, begins: int = -400) -> str | None:
        """The last day of an interval: often none, often around today, sometimes before it begins."""
        days = self.draw.choices((None, -1, 0, 1, 2, 365, begins + 364, begins - 1), (66, 4, 7, 5, 3, 9, 4, 2))[0]
        if self.draw.random() < 0.02:
            return "9999-12-31"
        return None if days is None else self.day(days)

    def chance(self, share: float) -> bool:
        return self.draw.random() < share


def with_optional(scene: Scene, data: Data, **optional: object) -> Data:
    """An optional member without a value is left out or null: the same to a reader."""
    for member, value in optional.items():
        if value is not None or scene.chance(0.3):
            data[member] = value
    return data


def spend(scene: Scene, who: int) -> Data:
    draw = scene.draw
    return with_optional(
        scene,
        {
            "customerId": scene.customers[who],
            "licenceId": draw.choice(("L-1", "L-2")),
            "application": draw.choice(ENGAGEMENT + OPERATIONS + BOTH + UNLISTED[:1]),
            "annualAmount": draw.choices(*AMOUNTS)[0],
            "currency": draw.choices(("USD", "EUR", "XTS"), (82, 14, 4))[0],
            "newDeployment": scene.chance(0.95),
        },
        endsOn=scene.end(),
    )


AMOUNTS = (
    (
        "0", "0.01", "100000", "149999.99", "150000.00", "150000.01", "277777.77", "277777.78",
        "299999.99", "300000", "300000.00", "300000.01", "450000.5", "999999999999999.99",
    ),
    (3, 1, 3, 2, 4, 4, 3, 6, 8, 24, 16, 12, 34, 4),
)  # fmt: skip


def project(scene: Scene, who: int) -> Data:
    draw = scene.draw
    usual = (ENGAGEMENT, OPERATIONS)[who % 2]
    applications = draw.choices(usual, k=draw.choice((1, 1, 2)))
    if scene.chance(0.15):
        applications.append(draw.choice(ENGAGEMENT + OPERATIONS + BOTH))
    if scene.chance(0.2):
        applications.append(draw.choice(UNLISTED))
    if scene.chance(0.04):
        applications = list(UNLISTED)
    return {
        "customerId": scene.customers[who],
        "projectId": draw.choice(("J-1", "J-1", "J-1", "J-2", "j-1")),
        "applications": applications,
        "initiatedOn": scene.day(draw.choice((-601, -200, -30, -29, 0, 1, 2, 30, 90, 90, 200, 200))),
        "status": draw.choices(("planned", "active", "completed", "cancelled"), (46, 42, 6, 6))[0],
    }


def attachment(scene: Scene, who: int) -> Data:
    """Each customer keeps to two partners, so that a detachment often meets an attachment."""
    draw = scene.draw
    partner = (who * 7 + draw.choice((0, 0, 0, 3))) % len(scene.partners)
    project_id = draw.choice((None, None, None, None, "J-1", "J-2"))
    return with_optional(
        scene,
        {"customerId": scene.customers[who], "partnerId": scene.partners[partner]},
        projectId=project_id,
    )


def exception(scene: Scene, who: int) -> Data:
    """Two of a customer, so that a revocation often meets the exception it revokes."""
    draw = scene.draw
    begins = draw.choice((-90, -90, -30, 0, 1, 60))
    return with_optional(
        scene,
        {
            "customerId": scene.customers[who],
            "exceptionId": draw.choice(("X-1", "X-1", "X-2")),
            "reason": draw.choice(("agreed", "a strategic customer", "承認済み", "x" * 200, "=1+1")),
            "approvedBy": draw.choice(("Ada Lovelace", "\U0001f680", "lead@example.com")),
            "validFrom": scene.day(begins),
            "validUntil": scene.end(begins) or scene.day(draw.choice((20, 90, 200))),
        },
        revoked=draw.choice((None, None, None, False, True)),
    )


def competency(scene: Scene, who: int) -> Data:
    draw = scene.draw
    begins = draw.choice((-365, -365, -365, -30, 0, 1, 30))
    return with_optional(
        scene,
        {
            "partnerId": scene.partners[who],
            "competency": "cloud-business-applications",
            "area": AREAS[(who + scene.chance(0.25)) % 2],
            "level": draw.choices(("gold", "silver", "none"), (52, 34, 14))[0],
            "validFrom": scene.day(begins),
        },
        validUntil=scene.end(begins),
    )


def designation(scene: Scene, who: int) -> Data:
    draw = scene.draw
    begins = draw.choice((-500, -200, -1, 0, 1))
    return with_optional(
        scene,
        {
            "partnerId": scene.partners[who],
            "designation": "solutions-partner-business-applications",
            "active": scene.chance(0.8),
            "validFrom": scene.day(begins),
        },
        validUntil=scene.end(begins),
    )


def deployment(scene: Scene, who: int) -> Data:
    draw = scene.draw
    return with_optional(
        scene,
        {
            "partnerId": scene.partners[who],
            "deploymentId": draw.choice(("D-1", "D-2", "D-3")),
            "area": AREAS[(who + scene.chance(0.25)) % 2],
            "liveOn": scene.day(draw.choice((-900, -300, -30, -1, 0, 0, 1, 60))),
            "eligible": scene.chance(0.85),
        },
        customerId=draw.choice(scene.customers) if scene.chance(0.5) else None,
    )


def training(scene: Scene, who: int) -> Data:
    """Few completions, so that a revocation often meets the completion it revokes."""
    draw = scene.draw
    completed = draw.choices((-600, -30, -1, 0, 1), (68, 16, 6, 4, 4))[0]
    return with_optional(
        scene,
        {
            "partnerId": scene.partners[who],
            "course": "success-by-design",
            "part": draw.choice(("training", "knowledge-check")),
            "learnerId": draw.choice(("E-1", "E-1", "E-2")),
            "completedOn": "0001-01-01" if scene.chance(0.01) else scene.day(completed),
        },
        expiresOn=scene.end(completed),
        revoked=draw.choice((None, None, None, None, False, False, False, False, True)),
    )


NAMES = (
    "Contoso",
    "contoso ltd",
    "Fabrikam Europe",
    "Straße 7",
    "STRASSE 9",
    "Ångström AB",
    "株式会社アダタム",
    "x" * 200,
    " ",
)
OWNERS = ("Ada Lovelace", "ada lovelace", "Grace Hopper", "\U0001f680", "lead@example.com")


def description(scene: Scene, owner: str, of: str) -> Data:
    draw = scene.draw
    return with_optional(scene, {owner: of}, name=draw.choice((None, *NAMES)), owner=draw.choice((None, *OWNERS)))


def customer_description(scene: Scene, who: int) -> Data:
    return description(scene, "customerId", scene.customers[who])


def partner_description(scene: Scene, who: int) -> Data:
    return description(scene, "partnerId", scene.partners[who])


BUILDERS: dict[str, Callable[[Scene, int], Data]] = {
    "fasttrack.spend.updated.v1": spend,
    "fasttrack.project.updated.v1": project,
    "fasttrack.partner.attached.v1": attachment,
    "fasttrack.partner.detached.v1": attachment,
    "fasttrack.exception.granted.v1": exception,
    "fasttrack.partner.certified.v1": competency,
    "fasttrack.partner.designated.v1": designation,
    "fasttrack.deployment.recorded.v1": deployment,
    "fasttrack.training.completed.v1": training,
    "fasttrack.customer.described.v1": customer_description,
    "fasttrack.partner.described.v1": partner_description,
}
