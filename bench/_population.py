"""Random customers and partners to decide: every route, lapsed periods, edges of dates and amounts, odd currencies.

A seed gives the same facts to every contestant; about a third of the customers are eligible.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from shared.domain.customer import Customer
from shared.domain.facts import Attachment, Competency, Deployment, Designation, Fact, Licence, Project, Training
from shared.domain.partner import Partner

ON = date(2026, 3, 1)
_APPLICATIONS = (
    *("commerce", "customer-insights", "customer-service", "field-service", "finance", "human-resources", "marketing"),
    *("project-operations", "sales", "supply-chain-management", "relationship-sales", "viva-sales", "business-central"),
)
_AREAS = ("customer-engagement", "finance-and-operations")
_AMOUNTS = ("0", "60000", "150000", "277777.77", "277777.78", "299999.99", "300000", "300000", "480000.50", "900000")


@dataclass(frozen=True, slots=True)
class Population:
    """``partners`` are shared by all customers."""

    customers: list[Customer]
    partners: Mapping[str, Partner]


def population(customers: int, seed: int = 1) -> Population:
    random = Random(seed)
    partners = {name: Partner.of(name, _partner(random)) for name in (f"P-{number}" for number in range(2_000))}
    names = list(partners)
    return Population([_customer(random, f"C-{number}", names) for number in range(customers)], partners)


def _customer(random: Random, name: str, partners: list[str]) -> Customer:
    projects = tuple(_project(random, f"J-{number}") for number in range(random.choice((0, 1, 1, 2, 3, 4))))
    attached = random.sample(partners, random.choice((0, 1, 2, 2, 3, 3)))
    places = [None, None, None, *(each.project_id for each in projects)]
    return Customer(
        name,
        tuple(_licence(random, f"L-{number}") for number in range(random.choice((0, 2, 2, 3, 4, 5)))),
        projects,
        tuple(Attachment(partner, random.choice(places), random.random() < 0.9) for partner in attached),
    )


def _licence(random: Random, name: str) -> Licence:
    amount, currency = Decimal(random.choice(_AMOUNTS)), random.choice(("USD", "USD", "USD", "EUR", "GBP", "SEK"))
    ends = random.choice((None, None, ON + timedelta(days=random.randint(-3, 300))))
    return Licence(name, random.choice(_APPLICATIONS), amount, currency, random.random() < 0.9, ends)


def _project(random: Random, name: str) -> Project:
    applications = tuple(random.sample(_APPLICATIONS, random.choice((1, 1, 1, 2, 3))))
    status = random.choice(("planned", "planned", "active", "active", "active", "completed", "cancelled"))
    return Project(name, applications, ON + timedelta(days=random.randint(-30, 150)), status)


def _day(random: Random) -> date:
    return ON - timedelta(days=random.randint(-30, 700))


def _end(random: Random) -> date | None:
    return random.choice((None, None, None, ON + timedelta(days=random.randint(-30, 400))))


def _partner(random: Random) -> list[Fact]:
    facts: dict[object, Fact] = {}
    for area in _AREAS:
        for _ in range(random.choice((0, 1, 1, 2))):
            level = random.choice(("gold", "gold", "silver", "silver", "none"))
            start = _day(random)
            facts[area, start] = Competency("cloud-business-applications", area, level, start, _end(random))
    for _ in range(random.choice((0, 1, 1, 2))):
        start = _day(random)
        active = random.random() < 0.9
        facts[start] = Designation("solutions-partner-business-applications", active, start, _end(random))
    for number in range(random.choice((0, 2, 4, 6, 8))):
        facts[number] = Deployment(f"D-{number}", random.choice(_AREAS), _day(random), random.random() < 0.8)
    return [*facts.values(), *_trainings(random)]


def _trainings(random: Random) -> list[Training]:
    learners = [f"A-{number}" for number in range(random.choice((0, 1, 2, 2, 3)))]
    parts = ("training", "knowledge-check")
    done = [(learner, part) for learner in learners for part in parts if random.random() < 0.95]
    return [
        Training("success-by-design", part, learner, _day(random), _end(random), random.random() < 0.05)
        for learner, part in done
    ]
