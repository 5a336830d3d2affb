"""Explanations within a number of nodes: those that decided first, the others counted."""

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.customer import Customer
from shared.domain.decision import Node, Verdict
from shared.domain.facts import Attachment, Project
from shared.domain.partner import Partner
from shared.rules.criteria.explained import MAX_NODES
from shared.rules.document import parse_document
from shared.rules.reasons import deciding_children, deciding_part, node_count
from shared.rules.rule_set import RuleSet, explain, most_nodes_of
from tests.counted import counted

from .given import FO, ON, Json, competency, nodes, partner, read, rule_set
from .strategies import customers, days, documents, partners


def decided(node: Node) -> set[tuple[Any, ...]]:
    """The nodes because of which the root has its verdict: each by its path of ids and subjects."""

    def below(node: Node, path: tuple[Any, ...]) -> set[tuple[Any, ...]]:
        here = (*path, node.id, tuple((node.subject or {}).items()))
        return {here}.union(*(below(child, here) for child in deciding_children(node)))

    return below(node, ())


def paths(node: Node, path: tuple[Any, ...] = ()) -> dict[tuple[Any, ...], Node]:
    here = (*path, node.id, tuple((node.subject or {}).items()))
    found = {here: node}
    for child in node.children:
        found |= paths(child, here)
    return found


@settings(max_examples=300, deadline=None)
@given(documents, customers, partners, days, st.integers(1, 40))
def test_what_is_cut_says_of_what_it_keeps_the_same_as_the_whole(
    document: Json, customer: Json, others: list[Json], on: date, most: int
) -> None:
    rules, facts = RuleSet.compile(parse_document(document), 1), read(customer, *others)
    whole, cut = explain(rules, *facts, on), explain(rules, *facts, on, most)
    assert len(nodes(cut)) <= most
    assert node_count(cut) == node_count(whole) == len(nodes(whole))
    of_whole = paths(whole)
    for path, node in paths(cut).items():
        assert node._replace(children=(), omitted=0) == of_whole[path]._replace(children=())
    room_for_all = len(decided(whole)) <= most
    assert (decided(whole) <= paths(cut).keys()) if room_for_all else (paths(cut).keys() <= decided(whole))


@settings(max_examples=200, deadline=None)
@given(documents, customers, partners, days)
def test_a_tree_is_never_larger_than_what_is_told_without_going_through_it(
    document: Json, customer: Json, others: list[Json], on: date
) -> None:
    rules, facts = RuleSet.compile(parse_document(document), 1), read(customer, *others)
    assert len(nodes(explain(rules, *facts, on))) <= most_nodes_of(rules, facts[0])


def largest(met: bool) -> tuple[Customer, dict[str, Partner]]:
    """200 projects of 100 partners each, none of which qualifies, or only the last."""
    listed = [each["id"] for each in rule_set().document.value["applications"]][:32]
    names = [f"P-{number:03}" for number in range(100)]
    projects = tuple(Project(f"J-{number:03}", tuple(listed), ON, "active") for number in range(200))
    facts = [partner(each, competencies=[competency(area=FO)] if each == "P-099" and met else []) for each in names]
    who = Customer("C-1", (), projects, tuple(Attachment(each, None, True) for each in names))
    return who, read({}, *facts)[1]


def test_20_000_pairs_are_explained_with_a_few_calls_each() -> None:
    who, others = largest(met=False)
    with counted() as work:
        tree = explain(rule_set(), who, others, ON)
        part = deciding_part(tree)
    assert work.calls < 20_000 * 12
    assert who.open_pairs == 20_000
    assert len(nodes(tree)) == MAX_NODES
    assert node_count(tree) == node_count(part) > 1_000_000


def test_of_parts_that_all_decided_each_has_its_share() -> None:
    who, others = largest(met=False)
    tree = explain(rule_set(), who, others, ON)
    assert [(each.id, each.verdict) for each in tree.children] == [
        ("annual-spend", Verdict.UNMET),
        ("project", Verdict.UNMET),
    ]


def test_a_tree_that_fits_is_whole() -> None:
    who, others = largest(met=True)
    small = Customer("C-1", (), who.projects[:1], who.attachments[:3])
    tree = explain(rule_set(), small, others, ON)
    assert not any(each.omitted for each in nodes(tree))
