"""The facts as engines take them: plain JSON, joined so that no rule has to look anything up.

A customer has its licences and projects; in each project the partners that work on it with their facts, the project's
applications and, on each completion, its start repeated (several engines cannot see the outer item from within an inner
one). Dates are day numbers, "no end" the last one, amounts whole cents, and each period knows when the next one takes
its place. This work is not timed: it is given to the engines.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from shared.domain.customer import Customer
from shared.domain.facts import Competency, Designation, Project
from shared.domain.partner import Partner

type Json = dict[str, Any]

CE, FO = "customer-engagement", "finance-and-operations"
FO_ONLY = ["commerce", "finance", "human-resources", "supply-chain-management"]
CE_ONLY = [
    *("customer-insights", "customer-service", "field-service", "marketing"),
    *("sales", "relationship-sales", "viva-sales"),
]
EITHER = ["project-operations"]
LISTED = [*FO_ONLY, *CE_ONLY, *EITHER]
RATES = {
    "USD": 10_000,
    "AUD": 6_900,
    "CAD": 7_400,
    "CHF": 10_800,
    "DKK": 1_450,
    "EUR": 10_800,
    "GBP": 12_500,
    "JPY": 76,
}
"""What one unit is worth, in ten-thousandths of a dollar."""
LEAST_SPEND = 300_000 * 100 * 10_000
"""In ten-thousandths of a cent, so that every engine's numbers are exact."""


def joined(customer: Customer, partners: Mapping[str, Partner], on: date) -> Json:
    return {
        "on": on.toordinal(),
        "licences": [
            {
                "application": each.application,
                "cents": int(each.annual_amount * 100),
                "currency": each.currency,
                "isNew": each.new_deployment,
                "endsOn": _end(each.ends_on),
            }
            for each in customer.licences
        ],
        "projects": [_project(each, customer, partners) for each in customer.projects],
    }


def _end(day: date | None) -> int:
    return (day or date.max).toordinal()


def _project(project: Project, customer: Customer, partners: Mapping[str, Partner]) -> Json:
    applications = list(project.applications)
    return {
        "id": project.project_id,
        "status": project.status,
        "applications": applications,
        "partners": [
            {"applications": applications, **_partner(partners[each], project.initiated_on.toordinal())}
            for each in customer.partners_of(project)
        ],
    }


def _partner(partner: Partner, start: int) -> Json:
    return {
        "competencies": [
            {"area": area, "level": each.level, **period}
            for area in (CE, FO)
            for each, period in _periods([each for each in partner.competencies if each.area == area])
        ],
        "designations": [{"active": each.active, **period} for each, period in _periods(partner.designations)],
        "deployments": [
            {"area": area, "liveOn": live_on.toordinal()}
            for (area, live_on), count in partner.deployments.items()
            for _ in range(count)
        ],
        "trainings": [
            {"part": part, "completedOn": completed_on.toordinal(), "expiresOn": _end(expires_on), "before": start}
            for _, part, completed_on, expires_on in partner.trainings
        ],
    }


def _periods[P: Competency | Designation](periods: Iterable[P]) -> Sequence[tuple[P, Json]]:
    ordered: list[P] = sorted(periods, key=lambda each: each.valid_from)
    following = [*(each.valid_from for each in ordered[1:]), date.max]
    return [
        (each, {"from": each.valid_from.toordinal(), "until": _end(each.valid_until), "next": after.toordinal()})
        for each, after in zip(ordered, following, strict=False)
    ]
