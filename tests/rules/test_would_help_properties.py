"""What would help, for thousands of random customers under many rule sets: each way does what it says.

With the names of every alternative it makes the customer eligible, none of its changes can be left out, and it lasts
until the day it states and not a day longer. Of customers for whom there are two kinds of ways all are given two.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.domain.customer import Customer
from shared.domain.decision import JsonObject
from shared.domain.partner import Partner
from shared.rules.criteria.search import NOTHING_KEPT, Keep
from shared.rules.document import parse_document
from shared.rules.forecast import Rules
from shared.rules.rule_set import RuleSet
from shared.rules.would_help import MOST_WAYS

from .applied import alternatives, ways
from .given import ON, Json, attachment, customer, licence, partner, project, read, rule_set, shipped_document
from .help_rule_sets import OTHERS
from .independent_ways import Known, kinds
from .random_facts import random_customer, random_partners
from .strategies import documents
from .test_would_help_smallest import Vocabulary


@dataclass(frozen=True)
class Question:
    """A customer, the partners it has, and those that are candidates."""

    rules: Rules
    customer: Customer
    partners: dict[str, Partner]
    candidates: list[Partner]
    keep: Keep = NOTHING_KEPT

    def answer(self) -> list[JsonObject]:
        return ways(self.rules, self.customer, self.partners, ON, self.candidates, self.keep)

    @property
    def known(self) -> Known:
        everyone = {each.partner_id: each for each in self.candidates} | self.partners
        return Known(self.rules, self.customer, everyone, ON)

    @property
    def is_eligible(self) -> bool:
        return self.known.eligible([], ON) is not None


def questions(rules: Rules, seed: int, number: int) -> Iterator[Question]:
    draw = Random(seed)
    for _ in range(number):
        customer, everyone = random_customer(draw), random_partners(draw)
        own = {name: each for name, each in everyone.items() if name in customer.partner_ids}
        others = [each for name, each in everyone.items() if name not in own]
        yield Question(rules, customer, own, others if draw.random() < 0.5 else [])


def later_rules(draw: Random) -> Rules:
    """The shipped rule set, and up to two that come after it: another amount, gold alone, fewer applications."""
    document = shipped_document()
    later: list[tuple[date, RuleSet | None]] = []
    for days in sorted(draw.sample((1, 30, 200, 400), draw.randint(0, 2))):
        amount = draw.choice(("0", "150000", "300000", "450000"))
        listed = draw.choice((document["applications"], document["applications"][:4]))
        criteria = shipped_document()["criteria"]
        criteria["criteria"][0]["amount"] = amount
        later.append((ON + timedelta(days), rule_set(criteria, applications=listed)))
    return Rules(rule_set(), later)


def check(question: Question) -> list[JsonObject]:
    """The ways, each checked against every promise."""
    found = question.answer()
    assert len(found) <= MOST_WAYS
    for each in found:
        check_way(question, each)
    keys = [sorted(map(without_text, each["changes"])) for each in found]
    assert all(keys.count(key) == 1 for key in keys), "ways are distinct"
    check_order(found)
    return found


def check_order(found: list[JsonObject]) -> None:
    """One of each kind comes before a second of any, and in each round those first that last longest."""
    counts: dict[frozenset[str], int] = {}
    rounds: list[tuple[int, int]] = []
    for way in found:
        kind = frozenset(each["action"] for each in way["changes"])
        end = date.fromisoformat(way["lastsUntil"]) if way["lastsUntil"] else date.max
        rounds.append((counts.get(kind, 0), -end.toordinal()))
        counts[kind] = counts.get(kind, 0) + 1
    assert rounds == sorted(rounds)


def check_way(question: Question, way: JsonObject) -> None:
    if way["changes"][0]["action"] == "wait":
        check_waiting(question.known, way)
        return
    if any(each.is_open for each in question.customer.projects):
        assert not {"start-project", "reopen-project"} & {each["action"] for each in way["changes"]}
    for changes, eligible in alternatives(way):
        check_changes(question.known, way, changes, eligible)
    for change in way["changes"]:
        assert change["text"].isprintable()
        assert change["by"] in ("customer", "both", "partner", "programme")
        if change["action"] == "complete-course":
            assert change["completedOn"] == ON.isoformat() < change["completedBefore"]


def check_changes(known: Known, way: JsonObject, changes: list[Json], eligible: list[str]) -> None:
    assert known.eligible(changes, ON) == eligible
    for index, change in enumerate(changes):
        assert known.eligible(changes[:index] + changes[index + 1 :], ON) is None, f"idle: {change}"
    last = known.last_day(changes, ON)
    assert way["lastsUntil"] == (last.isoformat() if last else None), (way, changes)
    assert "knownUntil" not in way


def check_waiting(known: Known, way: JsonObject) -> None:
    start = date.fromisoformat(way["changes"][0]["eligibleFrom"])
    assert start == known.gains_on()
    assert known.eligible([], start) == way["eligibleProjects"]
    last = known.last_day([], start)
    assert way["lastsUntil"] == (last.isoformat() if last else None)


def without_text(change: JsonObject) -> str:
    return repr({name: value for name, value in change.items() if name not in ("text", "by")})


def check_many(number: int, seed: int) -> tuple[int, int, int]:
    """How many customers that are not eligible there were, for how many of them there are two kinds of ways, and how
    many ways there were."""
    draw, tried, diverse, many = Random(seed), 0, 0, 0
    while tried < number:
        rules = later_rules(draw)
        (question,) = questions(rules, draw.randrange(1_000_000_000), number=1)
        if question.is_eligible:
            continue
        tried += 1
        found = check(question)
        assert found, question
        many += len(found)
        diverse += check_kinds(question, found)
    return tried, diverse, many


def check_kinds(question: Question, found: list[JsonObject]) -> bool:
    """Whether there are two kinds of ways, of at most two changes or three; then there are two among those found."""
    known = question.known
    criteria = question.rules.rule_set.document.value["criteria"]
    vocabulary = Vocabulary(criteria, question.customer, question.partners, question.candidates)
    changes = list({repr(each): each for each in vocabulary.changes()}.values())
    there_are = kinds(known, changes, 3 if len(changes) < 16 else 2)
    if known.gains_on():
        there_are.add(frozenset(("wait",)))
    shown = {frozenset(each["action"] for each in way["changes"]) for way in found}
    there_are, shown = {_kind(each) for each in there_are}, {_kind(each) for each in shown}
    assert len(shown) >= min(2, len(there_are)), (there_are, found)
    return len(there_are) >= 2


def _kind(actions: frozenset[str]) -> frozenset[str]:
    """Nobody is sought where somebody is known: both attach a partner."""
    return frozenset(each.replace("attach-qualified-partner", "attach-partner") for each in actions)


def test_each_way_does_what_it_says_and_there_are_two_kinds_where_there_can_be() -> None:
    tried, diverse, many = check_many(150, seed=1)
    assert diverse > tried / 4
    assert many > 2 * tried


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_the_same_of_5000_customers() -> None:
    tried, diverse, many = check_many(5000, seed=2)
    print(f"{tried} customers, {diverse} with two kinds of ways or more, {many} ways")


@pytest.mark.parametrize("name", OTHERS)
def test_the_same_holds_for_customers_under_other_rule_sets(name: str) -> None:
    rules = Rules(rule_set(OTHERS[name]), [(ON + timedelta(100), rule_set())])
    asked = [each for each in questions(rules, seed=2, number=300) if not each.is_eligible]
    counts = [len(check(question)) for question in asked]
    assert sum(map(bool, counts)) > 100


@pytest.mark.parametrize("number", [150, pytest.param(400, marks=pytest.mark.deep)])
def test_no_way_changes_what_is_to_be_kept(number: int) -> None:
    draw, restricted = Random(5), 0
    for question in questions(Rules(rule_set()), seed=5, number=number):
        if question.is_eligible:
            continue
        keep = Keep(frozenset(draw.sample(("P-1", "P-2", "P-4"), 2)), frozenset(draw.sample(("J-1", "J-2"), 1)))
        without = Question(question.rules, question.customer, question.partners, question.candidates, keep)
        named = {name for way in check(without) for changes, _ in alternatives(way) for name in names(changes)}
        assert not named & {*keep.partners, *keep.projects}
        restricted += without.answer() != question.answer()
    assert restricted > number / 4


def test_a_way_of_a_partner_is_not_lost_where_the_same_is_more_than_another_partner_needs() -> None:
    """P-1 does J-1 with courses alone, so that to gain what J-2 lacks is more than it needs; P-2 needs just that."""
    projects = [project(projectId="J-1"), project(projectId="J-2", applications=["project-operations", "sales"])]
    pairs = ("P-1", "J-1"), ("P-1", "J-2"), ("P-2", "J-2")
    attached = [attachment(partnerId=partner_id, projectId=project_id) for partner_id, project_id in pairs]
    facts = customer(licences=[licence(annualAmount="1")], projects=projects, attachments=attached)
    mine, partners = read(facts, partner("P-1", trainings=[]))
    found = check(Question(Rules(rule_set()), mine, dict(partners), []))
    asked = [
        sorted((each["action"], each.get("area", "")) for each in way["changes"])
        for way in found
        if "P-2" in names(way["changes"])
    ]
    gained, courses = ("gain-competency", "customer-engagement"), [("complete-course", "")] * 2
    assert [*courses, gained, ("spend-more", "")] in asked


def names(changes: list[Json]) -> set[str]:
    return {each[name] for each in changes for name in ("partnerId", "projectId") if name in each}


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents, st.integers(0, 1_000_000))
def test_the_same_holds_under_any_rule_set_the_document_check_accepts(document: Json, seed: int) -> None:
    rules = Rules(RuleSet.compile(parse_document(document), version=1))
    for question in questions(rules, seed, number=4):
        if not question.is_eligible:
            check(question)
