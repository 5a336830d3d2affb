"""The shipped rule set written as a plain Python program: what deciding by data is measured against.

It is written as one would write it for speed and for reading, with every number and name of the rules in it; changing
one is a deployment.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from shared.domain.customer import Customer
from shared.domain.decision import Outcome, Status
from shared.domain.facts import Competency, Designation, Project
from shared.domain.partner import Partner

CE, FO = "customer-engagement", "finance-and-operations"
AREAS = {
    "commerce": (FO,),
    "customer-insights": (CE,),
    "customer-service": (CE,),
    "field-service": (CE,),
    "finance": (FO,),
    "human-resources": (FO,),
    "marketing": (CE,),
    "project-operations": (CE, FO),
    "sales": (CE,),
    "supply-chain-management": (FO,),
    "relationship-sales": (CE,),
    "viva-sales": (CE,),
}
RATES = {
    "AUD": Decimal("0.69"),
    "CAD": Decimal("0.74"),
    "CHF": Decimal("1.08"),
    "DKK": Decimal("0.145"),
    "EUR": Decimal("1.08"),
    "GBP": Decimal("1.25"),
    "JPY": Decimal("0.0076"),
}
LEAST_SPEND = Decimal(300_000)
LEAST_DEPLOYMENTS = 2
INELIGIBLE = Outcome(Status.INELIGIBLE)


def decide(customer: Customer, partners: Mapping[str, Partner], on: date) -> Outcome:
    if not spends_enough(customer, on):
        return INELIGIBLE
    eligible = [
        project.project_id
        for project in customer.projects
        if project.status in ("planned", "active") and has_qualified_partner(customer, project, partners, on)
    ]
    return Outcome(Status.ELIGIBLE, tuple(sorted(eligible))) if eligible else INELIGIBLE


def spends_enough(customer: Customer, on: date) -> bool:
    total = Decimal(0)
    for licence in customer.licences:
        if not licence.new_deployment or licence.application not in AREAS:
            continue
        if licence.ends_on is not None and licence.ends_on < on:
            continue
        if licence.currency == "USD":
            total += licence.annual_amount
        elif licence.currency in RATES:
            total += licence.annual_amount * RATES[licence.currency]
        if total >= LEAST_SPEND:
            return True
    return False


def has_qualified_partner(customer: Customer, project: Project, partners: Mapping[str, Partner], on: date) -> bool:
    listed = [AREAS[each] for each in project.applications if each in AREAS]
    if not listed:
        return False
    for partner_id in customer.partners_of(project):
        partner = partners.get(partner_id)
        if partner is not None and is_qualified(partner, project, listed, on):
            return True
    return False


def is_qualified(partner: Partner, project: Project, listed: list[tuple[str, ...]], on: date) -> bool:
    for areas in listed:
        if not any(is_qualified_in(partner, area, on) for area in areas):
            return False
    start = project.initiated_on
    return has_trained(partner, "training", start, on) and has_trained(partner, "knowledge-check", start, on)


def is_qualified_in(partner: Partner, area: str, on: date) -> bool:
    return has_competency(partner, area, on) or (
        is_solutions_partner(partner, on) and live_deployments(partner, area, on) >= LEAST_DEPLOYMENTS
    )


def has_competency(partner: Partner, area: str, on: date) -> bool:
    in_force: Competency | None = None
    for period in partner.competencies:
        if (
            period.area == area
            and period.valid_from <= on
            and period.competency == "cloud-business-applications"
            and (in_force is None or period.valid_from > in_force.valid_from)
        ):
            in_force = period
    if in_force is None or in_force.level not in ("gold", "silver"):
        return False
    return in_force.valid_until is None or on <= in_force.valid_until


def is_solutions_partner(partner: Partner, on: date) -> bool:
    in_force: Designation | None = None
    for period in partner.designations:
        if (
            period.valid_from <= on
            and period.designation == "solutions-partner-business-applications"
            and (in_force is None or period.valid_from > in_force.valid_from)
        ):
            in_force = period
    if in_force is None or not in_force.active:
        return False
    return in_force.valid_until is None or on <= in_force.valid_until


def live_deployments(partner: Partner, area: str, on: date) -> int:
    return sum(
        count for (its_area, live_on), count in partner.deployments.items() if its_area == area and live_on <= on
    )


def has_trained(partner: Partner, part: str, start: date, on: date) -> bool:
    for course, its_part, completed_on, expires_on in partner.trainings:
        if (
            its_part == part
            and course == "success-by-design"
            and completed_on < start
            and completed_on <= on
            and (expires_on is None or on <= expires_on)
        ):
            return True
    return False
