"""The schema of what-if questions accepts just what ``POST check`` accepts, but for facts given twice.

An unknown member that is null passes there as absent; a writer of questions need not be told.
"""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.descriptions.catalogue import published
from shared.api.problems import Problem
from shared.api.question import parse_question
from tests.api.asking import CHECK, CUSTOMER, PARTNER, TRAINING
from tests.api.test_event_schemas import JSON
from tests.api.validators import is_valid
from tests.rules.given import deployment, designation, shipped_document

SCHEMA = published("question")
TRAININGS = [TRAINING, CHECK | {"learnerId": "T-2"}]
"""They differ in two members of the key: no single other value gives a fact twice."""
QUESTION = {
    "customerId": "C-1",
    "customer": CUSTOMER,
    "partners": [
        PARTNER | {"trainings": TRAININGS, "designations": [designation()], "deployments": [deployment()]},
    ],
    "on": "2026-03-01",
    "ruleSet": shipped_document(),
}


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place of a value, and one that is not there in each object."""
    match value:
        case dict():
            return [path, (*path, "other"), *(each for name in value for each in places(value[name], (*path, name)))]
        case list():
            return [path, *(each for index, item in enumerate(value) for each in places(item, (*path, index)))]
    return [path]


FACTS = {name: value for name, value in QUESTION.items() if name != "ruleSet"}
PLACES = [("ruleSet",), ("ruleSetVersion",), *places(FACTS)[1:]]


def is_accepted(question: Any) -> bool:
    try:
        parse_question(question, "$")
    except Problem:
        return False
    return True


@settings(max_examples=800, deadline=None)
@given(st.sampled_from(PLACES), JSON)
def test_any_value_anywhere_is_valid_just_if_it_is_accepted(place: tuple[str | int, ...], value: Any) -> None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # to JSON Schema they are the same
    question: Any = copy.deepcopy(QUESTION)
    at = question
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = 1 if place[-1] == "other" and value is None else value
    assert is_valid(SCHEMA, question) == is_accepted(question)


@pytest.mark.parametrize("members", [{"ruleSetVersion": 1}, {"ruleSet": None, "ruleSetVersion": 1}, {"ruleSet": None}])
def test_a_rule_set_and_a_version_may_not_be_given_together(members: dict[str, Any]) -> None:
    question = QUESTION | members
    assert is_valid(SCHEMA, question) == is_accepted(question)
