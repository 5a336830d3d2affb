"""What would help, for thousands of random customers under many rule sets: it does help, and nothing in it is idle."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.domain.customer import Customer
from shared.domain.decision import JsonObject, Status
from shared.domain.partner import Partner
from shared.rules.document import parse_document
from shared.rules.rule_set import RuleSet, decide
from shared.rules.would_help.search import would_help

from .applied import apply
from .given import ON, Json, rule_set
from .help_rule_sets import OTHERS
from .random_facts import random_customer, random_partners
from .strategies import documents


@dataclass(frozen=True)
class Question:
    """A customer, the partners it has, and those that are candidates."""

    rules: RuleSet
    customer: Customer
    partners: dict[str, Partner]
    candidates: list[Partner]

    def answer(self) -> list[JsonObject]:
        return would_help(self.rules, self.customer, self.partners, ON, self.candidates)

    def eligible_projects_with(self, changes: list[JsonObject]) -> list[str] | None:
        """None if the customer is not eligible with these changes."""
        everyone = {each.partner_id: each for each in self.candidates} | self.partners
        outcome = decide(self.rules, *apply(changes, self.customer, everyone), ON)
        return list(outcome.eligible_projects) if outcome.status is Status.ELIGIBLE else None


def questions(rules: RuleSet, seed: int, number: int) -> Iterator[Question]:
    draw = Random(seed)
    for _ in range(number):
        customer, everyone = random_customer(draw), random_partners(draw)
        own = {name: each for name, each in everyone.items() if name in customer.partner_ids}
        others = [each for name, each in everyone.items() if name not in own]
        yield Question(rules, customer, own, others if draw.random() < 0.5 else [])


def check(question: Question) -> int:
    """How many sets there are, each checked against every promise."""
    sets = question.answer()
    eligible = question.eligible_projects_with([]) is not None
    assert len(sets) <= 5
    assert not (sets and eligible)
    for each in sets:
        check_set(question, each)
    keys = [sorted(map(without_text, each["changes"])) for each in sets]
    assert all(keys.count(key) == 1 for key in keys), "sets are distinct"
    sizes = [len(each["changes"]) for each in sets]
    assert sizes == sorted(sizes)
    return len(sets)


def check_set(question: Question, found: JsonObject) -> None:
    changes = found["changes"]
    if any(each.is_open for each in question.customer.projects):
        assert not {"start-project", "reopen-project"} & {each["action"] for each in changes}
    assert question.eligible_projects_with(changes) == found["eligibleProjects"]
    for index, change in enumerate(changes):
        assert question.eligible_projects_with(changes[:index] + changes[index + 1 :]) is None, f"idle: {change}"
        assert change["by"] in ("customer", "partner", "programme")
        assert change["text"].isprintable()
        if change["action"] == "complete-course":
            assert change["completedOn"] == ON.isoformat() < change["completedBefore"]


def without_text(change: JsonObject) -> str:
    return repr({name: value for name, value in change.items() if name not in ("text", "by")})


def test_of_5000_customers_each_ineligible_one_is_helped_by_every_set_and_by_no_part_of_one() -> None:
    rules = rule_set()
    answers = [(question, check(question)) for question in questions(rules, seed=1, number=5000)]
    unhelped = [question for question, sets in answers if not sets]
    assert all(question.eligible_projects_with([]) is not None for question in unhelped)
    assert len(unhelped) < 500


@pytest.mark.parametrize("name", OTHERS)
def test_the_same_holds_for_customers_under_other_rule_sets(name: str) -> None:
    counts = [check(question) for question in questions(rule_set(OTHERS[name]), seed=2, number=600)]
    assert sum(map(bool, counts)) > 200


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents, st.integers(0, 1_000_000))
def test_the_same_holds_under_any_rule_set_the_document_check_accepts(document: Json, seed: int) -> None:
    for question in questions(RuleSet.compile(parse_document(document), version=1), seed, number=4):
        check(question)
