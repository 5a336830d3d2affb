"""The plain Python that bench/rules.py compares with says the same as the shipped rule set."""

from bench import _hard_coded
from bench._population import ON, population
from shared.domain.decision import Status
from shared.rules.rule_set import decide

from .given import rule_set


def test_hard_coded_python_and_the_shipped_rule_set_agree_on_every_random_customer() -> None:
    people, rules = population(3_000, seed=7), rule_set()
    found = [decide(rules, each, people.partners, ON) for each in people.customers]
    assert found == [_hard_coded.decide(each, people.partners, ON) for each in people.customers]
    assert 300 < sum(each.status is Status.ELIGIBLE for each in found) < 1_500
