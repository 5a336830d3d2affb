"""A document as sentences: every part of it is said once, with its place."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.rules.criteria.reader import CRITERIA
from shared.rules.document import parse_document
from shared.rules.sentences import sentences

from .given import Json

RULE_SETS = sorted((Path(__file__).parents[2] / "rule_sets").glob("*.json"))
SHIPPED: Json = json.loads(RULE_SETS[0].read_bytes())


def said(document: Json) -> dict[str, str]:
    return {each.path: each.text for each in sentences(parse_document(document))}


def at(document: Json, path: str) -> Any:
    found: Any = document
    for step in path.removeprefix("$").replace("[", ".").replace("]", "").split(".")[1:]:
        found = found[int(step) if step.isdecimal() else step]
    return found


@pytest.mark.parametrize("file", RULE_SETS, ids=lambda file: str(file.stem))
def test_every_sentence_has_its_place_in_the_document_and_a_criterion_its_title(file: Path) -> None:
    document = json.loads(file.read_bytes())
    for each in sentences(parse_document(document)):
        part = at(document, each.path)
        if each.criterion:
            assert (part["id"], part["title"]) == (each.criterion, each.title)
    found = [each.criterion for each in sentences(parse_document(document)) if each.criterion]
    assert len(found) == len(set(found)) == json.dumps(document["criteria"]).count('"type"')


def test_every_type_of_criterion_says_what_it_asks_for() -> None:
    every = {each.criterion for file in RULE_SETS for each in sentences(parse_document(json.loads(file.read_bytes())))}
    types = {kind for file in RULE_SETS for kind in CRITERIA if f'"{kind}"' in file.read_text("utf-8")}
    assert types == set(CRITERIA)
    assert every


def test_amounts_rates_days_and_lists_are_said_as_people_write_them() -> None:
    found = said(SHIPPED | {"exchangeRates": {"EUR": "1.08", "CHF": "1.1"}, "warnDaysBefore": [90, 7]})
    assert found["$.effectiveFrom"] == "In force from 13 Feb 2023."
    assert found["$.exchangeRates"] == "Other currencies are converted: 1 CHF is USD 1.1 and 1 EUR is USD 1.08."
    assert found["$.warnDaysBefore"] == "Customers are warned 90 and 7 days before a loss."
    assert found["$.applications[7]"].startswith("Dynamics 365 Project Operations: customer engagement and finance")
    spend = "New deployments of eligible applications come to at least USD 300,000 a year."
    assert found["$.criteria.criteria[0]"] == spend
    assert any("competency, gold or silver, in the area." in each for each in found.values())


def test_what_there_is_none_of_is_said_too() -> None:
    bare = {**SHIPPED, "exchangeRates": {}, "benefits": [], "selfGuidedResources": []}
    del bare["warnDaysBefore"]
    found = said(bare)
    assert [found[path] for path in ("$.exchangeRates", "$.warnDaysBefore", "$.benefits", "$.selfGuidedResources")] == [
        "No other currency is converted.",
        "Nobody is warned of a loss.",
        "Eligible customers get nothing of their own.",
        "Nobody else is pointed to anything.",
    ]


def test_a_criterion_is_one_level_below_the_one_around_it() -> None:
    levels = {each.criterion: each.level for each in sentences(parse_document(SHIPPED)) if each.criterion}
    assert (levels["eligible"], levels["annual-spend"], levels["project"], levels["covered-project"]) == (0, 1, 1, 2)
