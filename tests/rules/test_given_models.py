"""Given facts have the members of the events they stand for, so that what an event may say a question may say too."""

import pytest

from shared.domain import event_data as events
from shared.domain.events import EVENT_TYPES
from shared.domain.registers import DETACHED, Kind
from shared.errors import MemberError
from shared.rules import given_models
from shared.rules.faults import Faults
from shared.rules.given_models import GivenFacts, add_given_faults

from .given import attachment, competency, customer, deployment, designation, licence, partner, project, training

FACTS: list[tuple[type[given_models.Given], events.EventData, str, list[str]]] = [
    (given_models.GivenLicence, events.SPEND_UPDATED, "customerId", []),
    (given_models.GivenProject, events.PROJECT_UPDATED, "customerId", []),
    (given_models.GivenAttachment, events.PARTNER_ATTACHED, "customerId", ["attached"]),
    (given_models.GivenCompetency, events.PARTNER_CERTIFIED, "partnerId", []),
    (given_models.GivenDesignation, events.PARTNER_DESIGNATED, "partnerId", []),
    (given_models.GivenDeployment, events.DEPLOYMENT_RECORDED, "partnerId", []),
    (given_models.GivenTraining, events.TRAINING_COMPLETED, "partnerId", []),
]


def faults_of(value: object) -> tuple[MemberError, ...]:
    faults = Faults()
    add_given_faults(value, "$", faults)
    return faults.all()


@pytest.mark.parametrize(("given", "event", "owner", "more"), FACTS, ids=[case[0].__name__ for case in FACTS])
def test_a_fact_has_the_members_of_its_event_without_the_owner(
    given: type[given_models.Given], event: events.EventData, owner: str, more: list[str]
) -> None:
    expected = {name: name in event.required for name in event.members if name != owner}
    found = {name: field.is_required() for name, field in given.model_fields.items()}
    assert found == expected | dict.fromkeys(more, False)


def test_a_register_is_known_by_the_same_members_as_its_events() -> None:
    plural = {Kind.COMPETENCY: "competencies"}
    assert {
        plural.get(each.kind, f"{each.kind}s"): each.key for name, each in EVENT_TYPES.items() if name != DETACHED
    } == given_models._KEYS


def test_whole_facts_are_accepted() -> None:
    whole = partner(
        competencies=[competency(validUntil="2027-01-01"), competency(area="customer-engagement")],
        designations=[designation(validUntil=None)],
        deployments=[deployment(1, customerId="C-9"), deployment(2)],
        trainings=[training(expiresOn="2027-01-01", revoked=False), training(learnerId="A-2")],
    )
    facts = customer(licences=[licence(endsOn="2027-01-01")], projects=[project()], attachments=[attachment()])
    assert not faults_of({"customer": facts, "partners": [whole]})
    assert not faults_of({})


@pytest.mark.parametrize("deep", [10, 100_000])
def test_deep_nesting_is_refused_like_anything_else(deep: int) -> None:
    value: object = "x"
    for _ in range(deep):
        value = [value]
    faults = faults_of({"customer": {"licences": value}})
    assert [each.path for each in faults] == ["$.customer.licences[0]"]


def test_the_description_of_given_facts_names_every_kind() -> None:
    described = GivenFacts.model_json_schema()["$defs"]
    assert {each[0].__name__ for each in FACTS} < set(described)
