"""What of the reasons is recorded."""

import json
from collections.abc import Mapping

import pytest

from shared.domain.decision import Node
from shared.rules.reasons import deciding_part, node_count
from shared.rules.rule_set import RuleSet, explain

from .given import (
    CE,
    ON,
    Json,
    attachment,
    criterion,
    customer,
    designation,
    for_each_project,
    licence,
    nodes,
    partner,
    project,
    read,
    reasons,
    rule_set,
)

RULES = rule_set()
BOTH = [project(), project(projectId="J-2")]
ROUTE = partner(competencies=[], designations=[designation()])
NO_SKILL = partner(competencies=[])


def kept(tree: Node) -> list[str]:
    """The criteria kept; those that hold others with what they are about."""
    return [each.id + "".join(f" {name}" for name in _subject(each).values()) for each in nodes(tree)]


def _subject(node: Node) -> Mapping[str, str]:
    return node.subject if node.subject and (node.children or node.omitted) else {}


def part_of(customer_facts: Json, *partners: Json, rules: RuleSet = RULES) -> Node:
    tree = reasons(rules, customer_facts, *partners)
    part = deciding_part(tree)
    assert node_count(part) == node_count(tree) == len(nodes(tree))
    return part


def test_what_is_met_shows_one_way_that_met_it() -> None:
    """Of two projects one, of two partners the one that is qualified, of two routes the competency."""
    facts = customer(projects=BOTH, attachments=[attachment(projectId=None), attachment(partnerId="P-0")])
    part = part_of(facts, partner())
    assert kept(part) == [
        *("eligible", "annual-spend", "project", "covered-project J-1", "covered-application", "qualified-partner"),
        *("partner-qualified P-1", "every-application", "area finance", "area-qualified finance-and-operations"),
        *("cba", "sbd-training", "sbd-check"),
    ]
    assert {each.id: each.omitted for each in nodes(part) if each.omitted} == {
        "project": 13,
        "qualified-partner": 10,
        "area-qualified": 3,
    }


def test_what_is_unmet_shows_all_that_is_missing_and_nothing_else() -> None:
    part = part_of(customer(licences=[]), partner(trainings=[]))
    assert kept(part) == [
        *("eligible", "annual-spend", "project", "covered-project J-1", "qualified-partner"),
        *("partner-qualified P-1", "sbd-training", "sbd-check"),
    ]


def test_where_any_would_do_every_one_is_shown_unmet() -> None:
    part = part_of(customer(projects=BOTH), ROUTE)
    assert [each for each in kept(part) if "J-" in each] == ["covered-project J-1", "covered-project J-2"]
    assert [each for each in kept(part) if each in ("cba", "solutions-partner", "deployments")] == [
        "cba",
        "deployments",
    ]


def test_what_is_unknown_shows_what_is_not_known() -> None:
    part = part_of(customer(licences=[licence(currency="SEK")]), partner())
    assert kept(part) == ["eligible", "annual-spend"]
    assert part.children[0].to_json()["notCounted"] == [
        {"licenceId": "L-1", "reason": "no-exchange-rate", "currency": "SEK"}
    ]
    assert part.omitted == len(nodes(reasons(RULES, customer(), partner()))) - 2 == 14


def many_projects(count: int, applications: list[str]) -> Node:
    projects = [project(projectId=f"J-{number:03}", applications=applications) for number in range(count)]
    partners = [partner(f"P-{number}", competencies=[]) for number in range(8)]
    attached = [attachment(partnerId=f"P-{number}", projectId=None) for number in range(8)]
    return explain(RULES, *read(customer(projects=projects, attachments=attached), *partners), ON)


def size(node: Node) -> int:
    return len(json.dumps(node.to_json(), separators=(",", ":"), ensure_ascii=False).encode())


def test_of_many_projects_some_are_explained_to_the_last_and_the_rest_counted() -> None:
    tree = many_projects(60, ["finance", "sales"])
    part = deciding_part(tree)
    assert 8_000 < size(part) <= 16_384
    assert node_count(part) == node_count(tree)
    projects = part.children[0].children
    assert 1 < len(projects) < 60
    assert all(any(each.id == "cba" for each in nodes(one)) for one in projects)


@pytest.mark.parametrize("most", [16_384, 4_000, 2_000, 800, 300])
def test_it_fits_whatever_the_room(most: int) -> None:
    part = deciding_part(many_projects(10, ["finance", "sales", "project-operations"]), most)
    assert size(part) <= most


def test_the_longest_texts_a_document_may_hold_fit() -> None:
    """Sixteen levels of titles of 200 wide characters: the deepest are left out."""
    inner = criterion("covers-eligible-application") | {"title": "🚀" * 200}
    for level in range(14):
        inner = criterion("all-of", f"level-{level}".ljust(64, "x"), criteria=[inner]) | {"title": "🚀" * 200}
    root = for_each_project(inner) | {"title": "🚀" * 200}
    listed = [f"{'x' * 62}{number:02}" for number in range(32)]
    applications = [{"id": each, "title": "x", "areas": [CE]} for each in listed]
    facts = customer(projects=[project(projectId="J" * 64, applications=listed)])
    part = deciding_part(reasons(rule_set(root, applications=applications), facts))
    assert 10_000 < size(part) <= 16_384
    assert nodes(part)[-1].omitted > 0
    assert node_count(part) == 16


def test_cutting_a_part_again_keeps_count() -> None:
    tree = many_projects(30, ["finance"])
    assert node_count(deciding_part(deciding_part(tree), 3_000)) == node_count(tree)
