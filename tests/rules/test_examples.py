"""Every example in ``examples/`` comes out as it says, by the shipped rule set.

An example is a JSON file anyone who owns the rules can add: a sentence, a date, facts in the shape of a what-if
question, and what is expected: the status, the eligible projects, and verdicts of criteria (of one asked several times:
met if one is, else unknown if one is).
"""

import json
from datetime import date
from pathlib import Path

import pytest

from shared.domain.decision import Node, Verdict

from .given import Json, nodes, outcome, reasons, rule_set

EXAMPLES: list[Json] = [
    json.loads(path.read_text("utf-8")) for path in sorted(Path(__file__).with_name("examples").glob("*.json"))
]
RULES = rule_set()


def verdict(tree: Node, name: str) -> Verdict | None:
    found = {each.verdict for each in nodes(tree) if each.id == name}
    return next((each for each in (Verdict.MET, Verdict.UNKNOWN, Verdict.UNMET) if each in found), None)


@pytest.mark.parametrize("example", EXAMPLES, ids=[each["title"] for each in EXAMPLES])
def test_example(example: Json) -> None:
    on, facts, expected = date.fromisoformat(example["on"]), example["facts"], example["expect"]
    found = outcome(RULES, facts["customer"], *facts["partners"], on=on)
    tree = reasons(RULES, facts["customer"], *facts["partners"], on=on)
    assert found.status == expected["status"]
    assert list(found.eligible_projects) == expected["eligibleProjects"]
    assert {name: verdict(tree, name) for name in expected["criteria"]} == expected["criteria"]


def test_each_example_says_something_of_its_own() -> None:
    assert len({each["title"] for each in EXAMPLES}) == len(EXAMPLES) >= 25
