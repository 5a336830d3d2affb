"""What must hold of any rule set and any facts."""

import json
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.decision import Node, Status, Verdict
from shared.rules.criteria.base import Criterion
from shared.rules.criteria.scope import scope_of
from shared.rules.document import parse_document
from shared.rules.reasons import deciding_part, node_count
from shared.rules.rule_set import RuleSet, decide, explain

from .given import Json, next_change_on, nodes, read, shipped_document
from .strategies import customers, days, documents, partners

quick = settings(max_examples=80, deadline=None)


def compiled(document: Json) -> RuleSet:
    return RuleSet.compile(parse_document(document), 1)


def projects_met(tree: Node) -> list[str]:
    """From the reasons alone: the projects met below some any-project."""
    if tree.subject and "project" in tree.subject:
        return [tree.subject["project"]] if tree.verdict is Verdict.MET else []
    return sorted({project for child in tree.children for project in projects_met(child)})


@quick
@given(documents, customers, partners, days)
def test_the_outcome_is_what_the_reasons_say(document: Json, customer: Json, others: list[Json], on: date) -> None:
    rules, facts = compiled(document), read(customer, *others)
    outcome, tree = decide(rules, *facts, on), explain(rules, *facts, on)
    assert (outcome.status is Status.ELIGIBLE) == (tree.verdict is Verdict.MET)
    expected = projects_met(tree) if tree.verdict is Verdict.MET else []
    assert list(outcome.eligible_projects) == expected
    assert outcome.by_exception is tree.by_exception


@quick
@given(documents, customers, partners, days)
def test_who_is_eligible_by_exception_would_not_be_without_one_and_nothing_is_hidden_by_it(
    document: Json, customer: Json, others: list[Json], on: date
) -> None:
    rules, facts = compiled(document), read(customer, *others)
    without, _ = read(customer | {"exceptions": []}, *others)
    outcome, plain = decide(rules, *facts, on), decide(rules, without, facts[1], on)
    tree, bare = (nodes(explain(rules, each, facts[1], on)) for each in (facts[0], without))
    assert outcome.by_exception == (outcome.status is not plain.status)
    if outcome.by_exception:
        needed = [one.id for one, other in zip(tree, bare, strict=True) if one.not_needed and not other.not_needed]
        assert not needed
    else:
        assert outcome == plain


@quick
@given(documents, customers, partners, days)
def test_each_criterion_decides_what_it_explains(document: Json, customer: Json, others: list[Json], on: date) -> None:
    rules = compiled(document)
    scope = scope_of(rules.document.terms, *read(customer, *others), on)

    def check(criterion: Criterion) -> None:
        for child, enter in criterion.children(scope):
            enter(scope)
            check(child)
        node = criterion.explain(scope)
        assert criterion.test(scope) == (node.verdict is Verdict.MET)
        scope.lenient = True
        assert criterion.test(scope) == (node.verdict is not Verdict.UNMET)
        scope.lenient = False
        scope.without_exceptions = True
        assert criterion.test(scope) == (node.verdict is Verdict.MET and not node.by_exception)
        assert (criterion.explain(scope).verdict is Verdict.MET) == criterion.test(scope)
        scope.without_exceptions = False

    check(rules.document.criteria)


def verdicts(tree: Node) -> list[tuple[str, Verdict]]:
    return [(each.id, each.verdict) for each in nodes(tree)]


@quick
@given(customers, partners, days, st.randoms(use_true_random=False))
def test_the_order_of_facts_makes_no_difference(customer: Json, others: list[Json], on: date, random: Any) -> None:
    rules = compiled(shipped_document())
    shuffled = {kind: random.sample(facts, len(facts)) for kind, facts in customer.items()}
    again = [
        {kind: random.sample(facts, len(facts)) if isinstance(facts, list) else facts for kind, facts in each.items()}
        for each in others
    ]
    before, after = read(customer, *others), read(shuffled, *again)
    assert decide(rules, *before, on) == decide(rules, *after, on)
    assert verdicts(explain(rules, *before, on)) == verdicts(explain(rules, *after, on))
    assert next_change_on(rules, *before, on) == next_change_on(rules, *after, on)


TITLES = st.sampled_from(["short", "x" * 200, "🚀" * 200, '"' * 200, "\\" * 200])
VERDICTS = st.sampled_from(list(Verdict))


def leaf(name: str, title: str, verdict: Verdict) -> Node:
    return Node(name, title, verdict, {"amount": "1", "currency": "USD"}, {"amount": "0.00", "currency": "USD"})


def joined(parts: tuple[str, str, list[Node]]) -> Node:
    required, title, children = parts
    order = [Verdict.UNMET, Verdict.UNKNOWN, Verdict.MET]
    found = [each for each in (order if required == "all" else order[::-1]) if any(c.verdict is each for c in children)]
    return Node("n" * 64, title, found[0], required, f"of {len(children)}", {"project": "J" * 64}, tuple(children))


leaves = st.builds(leaf, st.sampled_from(["a", "b" * 64]), TITLES, VERDICTS)
trees = st.recursive(
    leaves,
    lambda inner: st.tuples(
        st.sampled_from(["all", "at least one"]), TITLES, st.lists(inner, min_size=1, max_size=12)
    ).map(joined),
    max_leaves=60,
)


def size(node: Node) -> int:
    return len(json.dumps(node.to_json(), separators=(",", ":"), ensure_ascii=False).encode())


@settings(max_examples=80, deadline=None)
@given(trees, st.integers(0, 40_000))
def test_what_is_recorded_fits_and_counts_what_it_leaves_out(tree: Node, most: int) -> None:
    part = deciding_part(tree, most)
    assert size(part) <= most or not part.children
    assert node_count(part) == node_count(tree)
    assert (part.id, part.verdict, part.required, part.actual) == (tree.id, tree.verdict, tree.required, tree.actual)
    assert {each.verdict for each in nodes(part)} == {tree.verdict}
