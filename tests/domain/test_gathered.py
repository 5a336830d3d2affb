"""Facts given in a what-if question: what is read, and what is left out."""

from datetime import date
from decimal import Decimal

from shared.domain.customer import Customer
from shared.domain.facts import (
    Attachment,
    Competency,
    Deployment,
    Designation,
    GrantedException,
    Licence,
    Project,
    Training,
)
from shared.domain.gathered import customer_from, partner_from
from shared.domain.partner import Partner
from tests.rules.given import competency, deployment, designation, granted, licence, project, training

DAY = date(2025, 6, 1)


def test_a_customer_is_read_whole() -> None:
    given = {
        "licences": [licence(annualAmount="1.50", endsOn=None)],
        "projects": [project()],
        "attachments": [
            {"partnerId": "P-1", "projectId": None, "attached": False},
            {"partnerId": "P-2", "attached": None},
        ],
        "exceptions": [granted(), granted(exceptionId="E-2", revoked=True)],
    }
    assert customer_from(given | {"customerId": "C-1"}) == Customer(
        "C-1",
        (Licence("L-1", "finance", Decimal("1.50"), "USD", True),),
        (Project("J-1", ("finance",), date(2026, 4, 1), "active"),),
        (Attachment("P-1", None, False), Attachment("P-2", None, True)),
        tuple(
            GrantedException(name, "agreed", "Ada Lovelace", date(2026, 1, 1), date(2026, 12, 31), revoked)
            for name, revoked in (("E-1", False), ("E-2", True))
        ),
    )


def test_a_partner_is_read_whole() -> None:
    given = {
        "partnerId": "P-1",
        "competencies": [competency(validUntil="2025-06-01")],
        "designations": [designation(validUntil=None)],
        "deployments": [deployment(1), deployment(2), deployment(3, eligible=False)],
        "trainings": [training(expiresOn="2025-06-01"), training(learnerId="A-2", revoked=True)],
    }
    start = date(2025, 1, 1)
    expected = Partner("P-1")
    for fact in (
        Competency("cloud-business-applications", "finance-and-operations", "gold", start, DAY),
        Designation("solutions-partner-business-applications", True, start),
        Deployment("D-1", "finance-and-operations", DAY, True),
        Deployment("D-2", "finance-and-operations", DAY, True),
        Deployment("D-3", "finance-and-operations", DAY, False),
        Training("success-by-design", "training", "A-1", DAY, DAY),
        Training("success-by-design", "training", "A-2", DAY, None, True),
    ):
        expected = expected.replacing(None, fact)
    assert partner_from(given) == expected


def test_what_is_not_given_is_not_there() -> None:
    assert customer_from({}) == Customer("")
    assert customer_from({"licences": None}) == Customer("")
    assert partner_from({"partnerId": "P-1"}) == Partner("P-1")
