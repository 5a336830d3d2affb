"""The rule set's schema says what the checks say, but for what no schema can tell."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.descriptions.catalogue import published
from shared.errors import PermanentError
from shared.rules.document import parse_document
from tests.api.validators import faults, is_valid
from tests.rules.given import shipped_document
from tests.rules.strategies import documents
from tests.rules.test_document import BROKEN, JSON, PLACES, with_member

SHIPPED = sorted((Path(__file__).parents[2] / "rule_sets").glob("*.json"))

LEFT_TO_THE_CHECKS = {
    "a rate for its own currency",
    "an application twice",
    "a benefit twice",
    "more benefits than a notification takes",
    "an id twice",
    "rising steps",
    "a parent's id again",
    "a count with a point",
    "seventeen deep",
    "201 criteria",
}
"""Faults that are no matter of structure; a whole number may be written with a point in JSON Schema."""


def is_accepted(document: Any) -> bool:
    try:
        parse_document(document)
    except PermanentError:
        return False
    return True


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_rule_sets_that_come_with_the_product_are_valid(path: Path) -> None:
    assert faults(published("rule-set"), json.loads(path.read_bytes())) == []


@settings(max_examples=60, deadline=None)
@given(documents)
def test_every_document_the_checks_accept_is_valid(document: Any) -> None:
    assert is_accepted(document)
    assert faults(published("rule-set"), document) == []


@pytest.mark.parametrize(("what", "document"), [case[:2] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_every_broken_document_is_invalid_unless_only_the_checks_can_tell(
    what: str, document: Callable[[], Any]
) -> None:
    assert is_valid(published("rule-set"), document()) == (what in LEFT_TO_THE_CHECKS)


def test_what_is_left_to_the_checks_is_among_the_broken_documents() -> None:
    assert {case[0] for case in BROKEN} >= LEFT_TO_THE_CHECKS


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLACES), JSON)
def test_any_json_anywhere_that_the_checks_accept_is_valid(place: Any, value: Any) -> None:
    document = with_member(*place, value=value)()
    assert not is_accepted(document) or faults(published("rule-set"), document) == []


NEVER: st.SearchStrategy[Any] = st.sampled_from([None, 1, [], {}, "", " ", "a\nb", "x" * 501, "\x00"])


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(PLACES), NEVER)
def test_what_is_wrong_anywhere_is_wrong_for_both(place: Any, value: Any) -> None:
    document = with_member(*place, value=value)()
    assert is_valid(published("rule-set"), document) == is_accepted(document)


def test_the_shipped_document_without_any_one_member_but_the_days_of_warning_is_invalid() -> None:
    for name in shipped_document():
        document = shipped_document()
        del document[name]
        assert is_valid(published("rule-set"), document) == (name == "warnDaysBefore")
