"""Given facts have the members of the events they stand for, so that what an event may say a question may say too."""

import pytest

from shared.domain.events import EVENT_TYPES
from shared.domain.facts import FACTS, Fact
from shared.errors import MemberError
from shared.rules.checks import Faults
from shared.rules.given_facts import add_given_faults, given_fact

from .given import attachment, competency, customer, deployment, designation, licence, partner, project, training


def faults_of(value: object) -> tuple[MemberError, ...]:
    faults = Faults()
    add_given_faults(value, "$", faults)
    return faults.all()


@pytest.mark.parametrize("fact", FACTS.values(), ids=FACTS)
def test_a_fact_has_the_members_of_its_events_without_the_owner(fact: type[Fact]) -> None:
    given = given_fact(fact)
    for name, _ in fact.events:
        data = EVENT_TYPES[name].data
        assert given.members == {each: kind for each, kind in data.members.items() if each != fact.whose} | {
            each: kind for each, kind in given.members.items() if each == fact.by_type
        }
        assert {fact.whose, *given.required} == set(data.required)


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
