"""The golden cases shipped with a rule set in ``rule_sets/cases/`` come out as they say.

A case is a JSON file anyone who owns the rules can add: a sentence, a date, facts in the shape of a what-if question,
and what is expected: the status, the eligible projects, verdicts of criteria.
"""

import json
from pathlib import Path

import pytest

from shared.rules.cases import failures, parse_cases
from shared.rules.document import parse_document
from shared.rules.rule_set import RuleSet

RULE_SETS = Path(__file__).parents[2] / "rule_sets"
CASES = sorted((RULE_SETS / "cases").glob("*/*.json"))


def rule_set(effective_from: str) -> RuleSet:
    document = json.loads((RULE_SETS / f"{effective_from}.json").read_text("utf-8"))
    return RuleSet.compile(parse_document(document), 1)


@pytest.mark.parametrize("path", CASES, ids=[f"{each.parent.name} {each.stem}" for each in CASES])
def test_a_case_comes_out_as_it_says(path: Path) -> None:
    cases = parse_cases([json.loads(path.read_text("utf-8"))])
    assert not failures(rule_set(path.parent.name), cases)


@pytest.mark.parametrize("folder", sorted((RULE_SETS / "cases").iterdir()), ids=lambda each: str(each.name))
def test_each_case_of_a_rule_set_says_something_of_its_own(folder: Path) -> None:
    titles = [json.loads(path.read_text("utf-8"))["title"] for path in folder.glob("*.json")]
    assert len(set(titles)) == len(titles)


def test_the_default_rule_set_ships_with_many_cases() -> None:
    assert len([each for each in CASES if each.parent.name == "2023-02-13"]) >= 25
