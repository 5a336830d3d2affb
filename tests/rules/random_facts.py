"""Random customers and partners from a seed, in the shape of the domain: nothing arrives but a source of randomness.

Small worlds, so that things meet: few ids, dates around one day, amounts around the usual threshold.
"""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from shared.domain.customer import Customer
from shared.domain.facts import (
    Attachment,
    Competency,
    Deployment,
    Designation,
    Fact,
    GrantedException,
    Licence,
    Project,
    Training,
)
from shared.domain.partner import Partner

from .given import CE, FO, ON

AREAS = (CE, FO)
APPLICATIONS = ("finance", "sales", "project-operations", "commerce", "business-central")
AMOUNTS = ("0", "0.01", "120000", "149999.99", "277777.77", "277777.78", "300000", "450000.5")
CURRENCIES = ("USD", "USD", "USD", "EUR", "SEK")
STATUSES = ("planned", "active", "active", "completed", "cancelled")
_LEVELS = ("gold", "silver", "none")
_BEGINNINGS = (-400, -40, 0, 1)
_PROJECTS = ("J-1", "J-2", "J-3")
_PARTNERS = ("P-1", "P-2", "P-3", "P-4", "P-5")


def random_customer(draw: Random) -> Customer:
    """At most three licences and projects and four attachments, of partners P-1 to P-3."""
    licences = [_licence(draw, number) for number in range(draw.randint(0, 3))]
    projects = [_project(draw, name) for name in _PROJECTS[: draw.randint(0, 3)]]
    attachments = {(each.partner_id, each.project_id): each for each in _attachments(draw)}
    exceptions = [_exception(draw, number) for number in range(draw.choice((0, 0, 1, 1, 2)))]
    return Customer("C-1", tuple(licences), tuple(projects), tuple(attachments.values()), tuple(exceptions))


def _exception(draw: Random, number: int) -> GrantedException:
    begins = _day(draw, -40, -40, 0, 1, 30)
    ends = _day(draw, -1, 0, 1, 60, 300)
    return GrantedException(f"X-{number}", "agreed", "Ada Lovelace", begins, ends, draw.random() < 0.2)


def _licence(draw: Random, number: int) -> Licence:
    amount, currency = Decimal(draw.choice(AMOUNTS)), draw.choice(CURRENCIES)
    return Licence(f"L-{number}", draw.choice(APPLICATIONS), amount, currency, draw.random() < 0.9, _end(draw))


def _project(draw: Random, name: str) -> Project:
    applications = tuple(draw.choice(APPLICATIONS) for _ in range(draw.choice((1, 1, 2))))
    return Project(name, applications, _day(draw, -40, 0, 1, 2, 90), draw.choice(STATUSES))


def _attachments(draw: Random) -> list[Attachment]:
    return [
        Attachment(draw.choice(_PARTNERS[:3]), draw.choice((None, *_PROJECTS)), draw.random() < 0.9)
        for _ in range(draw.randint(0, 4))
    ]


def random_partners(draw: Random) -> dict[str, Partner]:
    """P-1 to P-5, some of which nothing is known of."""
    return {name: Partner.of(name, _partner_facts(draw)) for name in _PARTNERS if draw.random() < 0.9}


def _partner_facts(draw: Random) -> list[Fact]:
    facts = [*_competencies(draw), *_deployments(draw), *_trainings(draw)]
    if draw.random() < 0.5:
        valid_from = _day(draw, *_BEGINNINGS)
        facts.append(
            Designation("solutions-partner-business-applications", draw.random() < 0.8, valid_from, _end(draw))
        )
    return facts


def _competencies(draw: Random) -> list[Fact]:
    """Often none, sometimes two periods of one area."""
    registers = {(draw.choice(AREAS), _day(draw, *_BEGINNINGS)) for _ in range(draw.choice((0, 0, 1, 1, 2, 3)))}
    return [
        Competency("cloud-business-applications", area, draw.choice(_LEVELS), valid_from, _end(draw))
        for area, valid_from in sorted(registers)
    ]


def _deployments(draw: Random) -> list[Fact]:
    return [
        Deployment(f"D-{number}", draw.choice(AREAS), _day(draw, -40, 0, 1), draw.random() < 0.9)
        for number in range(draw.randint(0, 4))
    ]


def _trainings(draw: Random) -> list[Fact]:
    return [
        Training("success-by-design", part, "E-1", _day(draw, -400, -41, -40, 0), _end(draw))
        for part in ("training", "knowledge-check")
        if draw.random() < 0.6
    ]


def _day(draw: Random, *days_from_now: int) -> date:
    return ON + timedelta(days=draw.choice(days_from_now))


def _end(draw: Random) -> date | None:
    """Usually none, else around today."""
    return _day(draw, -1, 0, 1, 300) if draw.random() < 0.3 else None
