"""What must hold of the time ahead, for any rule sets and any facts."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.customer import Customer
from shared.domain.decision import Expiring, Outcome
from shared.domain.partner import Partner
from shared.rules.criteria.ahead import Ahead
from shared.rules.criteria.base import Criterion
from shared.rules.criteria.scope import Scope, scope_of
from shared.rules.document import parse_document
from shared.rules.forecast import Rules, assess, outcomes_ahead, walk_of
from shared.rules.rule_set import RuleSet, decide, explain
from tests.oracle.time_ahead import time_ahead

from .given import Json, dates_ahead, nodes, read
from .strategies import FIRST, customers, days, documents, partners

DAYS = [FIRST + timedelta(days=number) for number in range(45)]
"""Until after the last day on which anything starts or stops."""
quick = settings(max_examples=80, deadline=None)

type Facts = tuple[Customer, dict[str, Partner]]


def compiled(document: Json, version: int = 1) -> RuleSet:
    return RuleSet.compile(parse_document(document), version)


later_rule_sets = st.lists(st.tuples(days, st.none() | documents), max_size=3, unique_by=lambda each: each[0])


def rules_of(document: Json, later: Sequence[tuple[date, Json | None]], on: date) -> Rules:
    """In force on the day, and those that come later; of the first that is not readable nothing is known."""
    others = sorted((each for each in later if each[0] > on), key=lambda each: each[0])
    return Rules(
        compiled(document),
        [(day, None if each is None else compiled(each, number)) for number, (day, each) in enumerate(others, 2)],
    )


@quick
@given(documents, customers, partners)
def test_each_criterion_is_met_on_the_days_on_which_its_decision_says_so(
    document: Json, customer: Json, others: list[Json]
) -> None:
    """All days at once, or one by one: the same of every criterion, whatever it is asked about."""
    rules, facts = compiled(document), read(customer, *others)
    ahead = Ahead(rules.document.terms, *facts, DAYS[0])
    ahead.look_at(DAYS)

    def check(criterion: Criterion, each_day: list[Scope]) -> None:
        children = [criterion.children(scope) for scope in each_day]
        for (child, enter), of_days in zip(criterion.children(ahead), zip(*children, strict=True), strict=True):
            enter(ahead)
            for scope, (_, enter_too) in zip(each_day, of_days, strict=True):
                enter_too(scope)
            check(child, each_day)
        expected = sum(criterion.test(scope) << number for number, scope in enumerate(each_day))
        assert criterion.met_on(ahead) == expected

    check(rules.document.criteria, [scope_of(rules.document.terms, *facts, day) for day in DAYS])


@quick
@given(documents, customers, partners, days)
def test_between_two_dates_no_verdict_changes(document: Json, customer: Json, others: list[Json], on: date) -> None:
    rules, facts = compiled(document), read(customer, *others)
    dates = dates_ahead(rules, *facts, on)
    assert dates == sorted(set(dates))
    assert all(day > on for day in dates)
    for before, day in itertools.pairwise(day for day in DAYS if day >= on):
        if day not in dates:
            assert verdicts(rules, facts, before) == verdicts(rules, facts, day)


def verdicts(rules: RuleSet, facts: Facts, on: date) -> list[tuple[Any, ...]]:
    return [(each.id, each.verdict) for each in nodes(explain(rules, *facts, on))]


@quick
@given(documents, later_rule_sets, customers, partners, days)
def test_the_time_ahead_is_what_looking_at_every_day_finds(
    document: Json, later: list[tuple[date, Json | None]], customer: Json, others: list[Json], on: date
) -> None:
    """As the oracle, written from the contract alone, finds it."""
    rules, facts = rules_of(document, later, on), read(customer, *others)
    found = assess(rules, *facts, on)
    unread = min((day for day, each in later if each is None and day > on), default=date.max)
    timeline = [(date.min, document), *((day, each) for day, each in later if each and on < day < unread)]
    expected = time_ahead({"customer": customer, "partners": others}, timeline, on)

    def known(day: date | None) -> date | None:
        return day if day and day < unread else None

    assert (found.loses_on, found.gains_on) == (known(expected.loses_on), known(expected.gains_on))
    if expected.loses_on is None or known(expected.loses_on):
        assert found.next_change_on == known(expected.next_change_on)
        assert found.outcome.expiring == Expiring.of(expected.expiring)
    assert (found.on, found.rule_set_version) == (on, 1)
    outcome = found.outcome
    assert (outcome.status.value, list(outcome.eligible_projects), outcome.by_exception) == (
        expected.status,
        expected.eligible_projects,
        expected.by_exception,
    )


@quick
@given(documents, later_rule_sets, customers, partners, days)
def test_nothing_happens_before_the_day_on_which_the_customer_is_decided_again(
    document: Json, later: list[tuple[date, Json | None]], customer: Json, others: list[Json], on: date
) -> None:
    """Each day decided alone, by the rules known on it: one that cannot be read yet may be read the day after."""
    facts, rules = {"customer": customer, "partners": others}, rules_of(document, later, on)
    due_on = assess(rules, *read(customer, *others), on).due_on
    timeline = [(date.min, document), *((day, each) for day, each in later if each and day > on)]
    now = time_ahead(facts, timeline, on)
    for day in (each for each in DAYS if on < each < (due_on or DAYS[-1])):
        of_day = time_ahead(facts, timeline, day)
        assert (of_day.status, of_day.eligible_projects, of_day.by_exception) == (
            now.status,
            now.eligible_projects,
            now.by_exception,
        )
        if all(each for _, each in later):
            assert of_day.expiring == now.expiring


@quick
@given(documents, later_rule_sets, customers, partners, days)
def test_what_is_known_ends_the_day_before_a_rule_set_that_cannot_be_read(
    document: Json, later: list[tuple[date, Json | None]], customer: Json, others: list[Json], on: date
) -> None:
    rules = rules_of(document, later, on)
    found = assess(rules, *read(customer, *others), on)
    unread = min((day for day, each in later if each is None and day > on), default=None)
    assert found.known_until == (unread and unread - timedelta(days=1))
    if unread and not (found.loses_on or found.gains_on):
        step = max((0, *(each.steps[0] for each in (rules.rule_set, *_readable(rules)) if each.steps)))
        again = max(unread - timedelta(days=1 + step), on + timedelta(days=1))
        assert found.due_on == min(found.next_change_on or again, again)
    else:
        assert found.due_on == found.next_change_on


def _readable(rules: Rules) -> list[RuleSet]:
    return [each for _, each in rules.later if each]


@quick
@given(documents, later_rule_sets, customers, partners, days)
def test_the_outcome_on_every_date_walked_is_that_decided_as_of_it(
    document: Json, later: list[tuple[date, Json | None]], customer: Json, others: list[Json], on: date
) -> None:
    rules, facts = rules_of(document, later, on), read(customer, *others)
    walk = walk_of(rules, *facts, on)
    for stretch in outcomes_ahead(walk, *facts):
        expected: list[Outcome] = [decide(stretch.rule_set, *facts, day) for day in stretch.dates]
        assert [stretch.outcome(number) for number in range(len(stretch.dates))] == expected
        for outcome in {*expected, decide(rules.rule_set, *facts, on)}:
            others_on = (day for day, each in zip(stretch.dates, expected, strict=True) if each != outcome)
            assert stretch.first_other(outcome) == next(others_on, None)


@quick
@given(documents, customers, partners, days, st.randoms(use_true_random=False))
def test_the_order_of_facts_makes_no_difference(
    document: Json, customer: Json, others: list[Json], on: date, random: Any
) -> None:
    def shuffled(facts: Json) -> Json:
        lists = {kind: each for kind, each in facts.items() if isinstance(each, list)}
        return {**facts, **{kind: random.sample(each, len(each)) for kind, each in lists.items()}}

    rules, again = Rules(compiled(document)), [shuffled(each) for each in others]
    before, after = read(customer, *others), read(shuffled(customer), *again)
    assert assess(rules, *before, on) == assess(rules, *after, on)
    assert walk_of(rules, *before, on).dates == walk_of(rules, *after, on).dates


@quick
@given(documents, customers, partners, days)
def test_what_is_gathered_once_is_gathered_of_every_project_application_and_partner(
    document: Json, customer: Json, others: list[Json], on: date
) -> None:
    """The dates are those of each alone, and of the money."""
    rules = compiled(document)
    alone = [customer | {"projects": []}] + [
        customer | {"projects": [project | {"applications": [application]}], "attachments": attachments}
        for project in customer["projects"]
        for application in project["applications"]
        for attachments in [[each] for each in customer["attachments"]] or [[]]
    ]
    of_each = {day for each in alone for day in dates_ahead(rules, *read(each, *others), on)}
    assert dates_ahead(rules, *read(customer, *others), on) == sorted(of_each)


@quick
@given(partners)
def test_a_partners_days_are_those_of_its_facts_however_it_was_made(others: list[Json]) -> None:
    """Sorted once and kept with it, they do not outlive a change of its facts."""
    _, known = read({}, *others)
    for each in known.values():
        days_of = each.days
        rows = json.loads(json.dumps(each.rows()))
        assert Partner.of_rows(each.partner_id, each.revision, rows).days == days_of
        for fact in each.competencies:
            without = each.replacing(fact, None)
            assert without.days == replace(each, competencies=each.competencies - {fact}).days
            assert without.replacing(None, fact).days == days_of
