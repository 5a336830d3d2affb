"""The next date on which the outcome changes, and how far that is known, from 2026-03-01 in the usual story.

Nobody is warned of a loss here: test_warnings.py has that.
"""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from shared.domain.decision import Assessment
from shared.rules.forecast import MOST_DATES, Rules, assess, walk_of
from shared.rules.rule_set import RuleSet

from .given import (
    CE,
    ON,
    Json,
    attachment,
    competency,
    criterion,
    customer,
    deployment,
    designation,
    for_each_project,
    licence,
    partner,
    project,
    read,
    rule_set,
    trained,
    training,
)

RULES = rule_set(warnDaysBefore=[])
LAST, AFTER = "2026-03-31", "2026-04-01"
EVERYBODY = rule_set(for_each_project(criterion("covers-eligible-application")), warnDaysBefore=[])
NOBODY = rule_set(criterion("annual-spend-at-least", amount="999999999"), warnDaysBefore=[])

CASES: list[tuple[str, Json, Json, str | None]] = [
    ("nothing ends, nothing starts", customer(), partner(), None),
    ("the licence ends", customer(licences=[licence(endsOn=LAST)]), partner(), AFTER),
    (
        "one of two that are enough alone ends: nothing changes; then the other",
        customer(licences=[licence(endsOn=LAST), licence(licenceId="L-2", endsOn="2026-06-30")]),
        partner(),
        "2026-07-01",
    ),
    ("a licence that is too small ends", customer(licences=[licence(annualAmount="1", endsOn=LAST)]), partner(), None),
    ("the competency ends", customer(), partner(competencies=[competency(validUntil=LAST)]), AFTER),
    (
        "and is renewed before",
        customer(),
        partner(competencies=[competency(validUntil=LAST), competency(validFrom="2026-03-20", level="silver")]),
        None,
    ),
    (
        "and the designation takes its place",
        customer(),
        partner(
            competencies=[competency(validUntil=LAST)],
            designations=[designation(validUntil="2026-05-31")],
            deployments=[deployment(1), deployment(2)],
        ),
        "2026-06-01",
    ),
    (
        "the second deployment comes after it ended: two changes, the first is the next",
        customer(),
        partner(
            competencies=[competency(validUntil=LAST)],
            designations=[designation()],
            deployments=[deployment(1), deployment(2, liveOn="2026-05-01")],
        ),
        AFTER,
    ),
    (
        "who has no licence is not concerned by a partner's dates",
        customer(licences=[]),
        partner(competencies=[competency(validUntil=LAST)]),
        None,
    ),
    ("the training expires", customer(), partner(trainings=trained(expiresOn=LAST)), AFTER),
    (
        "of one learner; another's stays",
        customer(),
        partner(trainings=[*trained(expiresOn=LAST), *trained(learnerId="A-2", completedOn="2026-02-01")]),
        None,
    ),
    (
        "of two who completed it on one day, and the other's later",
        customer(),
        partner(trainings=[*trained(expiresOn=LAST), *trained(learnerId="A-2", expiresOn="2026-06-30")]),
        "2026-07-01",
    ),
    (
        "on the day on which another's does, who completed it too late for the project",
        customer(),
        partner(
            trainings=[
                *trained(expiresOn="2026-06-30"),
                *trained(learnerId="A-2", completedOn="2026-05-01", expiresOn="2026-06-30"),
            ]
        ),
        "2026-07-01",
    ),
    ("the competency starts", customer(), partner(competencies=[competency(validFrom=LAST)]), LAST),
    (
        "in an area that is not asked about",
        customer(),
        partner(competencies=[competency(), competency(area=CE, validFrom=LAST)]),
        None,
    ),
]


@pytest.mark.parametrize(("sentence", "customer_facts", "partner_facts", "expected"), CASES, ids=[e[0] for e in CASES])
def test_the_next_change(sentence: str, customer_facts: Json, partner_facts: Json, expected: str | None) -> None:
    found = assess(Rules(RULES), *read(customer_facts, partner_facts), ON)
    assert (found.next_change_on and found.next_change_on.isoformat(), found.known_until) == (expected, None)
    assert found.due_on == found.next_change_on


def test_another_project_is_another_outcome() -> None:
    facts = customer(
        projects=[project(), project(projectId="J-2")],
        attachments=[attachment(), attachment(partnerId="P-2", projectId="J-2")],
    )
    others = [partner(), partner("P-2", competencies=[competency(validUntil=LAST)])]
    found = assess(Rules(RULES), *read(facts, *others), ON)
    assert found.outcome.eligible_projects == ("J-1", "J-2")
    assert found.next_change_on == date(2026, 4, 1)


def designated(**last: str) -> Json:
    """A Solutions Partner whose next period begins on 2026-03-10, without a gap."""
    return partner(designations=[designation(), designation(validFrom="2026-03-10", **last)])


SOLUTIONS_PARTNER = criterion(
    "any-partner",
    criterion=criterion("designation", designation="solutions-partner-business-applications"),
)


def test_so_is_one_more_project() -> None:
    attached = [attachment(), attachment(partnerId="P-2", projectId="J-2")]
    facts = customer(projects=[project(), project(projectId="J-2")], attachments=attached)
    found = assess(Rules(RULES), *read(facts, partner(), partner("P-2", competencies=[competency(validFrom=LAST)])), ON)
    assert (found.outcome.eligible_projects, found.next_change_on) == (("J-1",), date(2026, 3, 31))


def some_project_meets(one: Json, other: Json) -> RuleSet:
    """Rules that ask for a project that meets the one criterion, or for one that meets the other."""
    either = [criterion("any-project", f"project-{each['id']}", criterion=each) for each in (one, other)]
    return rule_set(criterion("any-of", criteria=either))


def test_a_project_that_one_of_two_criteria_would_do_without_is_part_of_the_outcome_too() -> None:
    """J-2 covers nothing that the rules list: it is eligible by its partner alone, and while that is designated."""
    rules = some_project_meets(criterion("covers-eligible-application"), SOLUTIONS_PARTNER)
    both = [project(), project(projectId="J-2", applications=["x"])]
    facts = read(customer(projects=both, attachments=[attachment(projectId="J-2")]), designated(validUntil=LAST))
    found = assess(Rules(rules), *facts, ON)
    assert (found.outcome.eligible_projects, found.next_change_on) == (("J-1", "J-2"), date(2026, 4, 1))


def test_a_project_that_meets_one_criterion_until_it_meets_another_stays_in_the_outcome() -> None:
    held = criterion("competency", competency="cloud-business-applications", levels=["gold"])
    competent = criterion("every-application", criterion=criterion("any-area", criterion=held))
    rules = some_project_meets(SOLUTIONS_PARTNER, criterion("any-partner", "competent-partner", criterion=competent))
    facts = designated(validUntil=LAST) | {"competencies": [competency(validFrom=AFTER)]}
    found = assess(Rules(rules), *read(customer(), facts), ON)
    assert (found.outcome.eligible_projects, found.next_change_on) == (("J-1",), None)


def test_what_is_found_of_a_partner_for_one_application_is_not_taken_for_another() -> None:
    """It is qualified in the area of the one, and from LAST on in that of the other too."""
    held = criterion("competency", competency="cloud-business-applications", levels=["gold"])
    someone = criterion("any-partner", criterion=criterion("any-area", criterion=held))
    rules = rule_set(for_each_project(criterion("every-application", criterion=someone)))
    periods = [competency(), competency(validFrom="2026-03-10"), competency(area=CE, validFrom=LAST)]
    facts = read(customer(projects=[project(applications=["finance", "sales"])]), partner(competencies=periods))
    assert assess(Rules(rules), *facts, ON).next_change_on == date(2026, 3, 31)


def test_nor_for_one_project_for_another_with_other_applications() -> None:
    """Of four projects the last two are in an area in which it is not qualified."""
    names = {"J-1": "finance", "J-2": "finance", "J-3": "sales", "J-4": "sales"}
    projects = [project(projectId=each, applications=[names[each]]) for each in names]
    periods = [competency(), competency(validFrom="2026-03-10")]
    facts = customer(projects=projects, attachments=[attachment(projectId=None)])
    found = assess(Rules(RULES), *read(facts, partner(competencies=periods)), ON)
    assert (found.outcome.eligible_projects, found.next_change_on) == (("J-1", "J-2"), None)


def test_nor_with_another_start() -> None:
    """Training that comes too late for the first two projects is in time for the third."""
    projects = [project(), project(projectId="J-2"), project(projectId="J-3", initiatedOn="2026-06-01")]
    facts = customer(projects=projects, attachments=[attachment(projectId=None)])
    found = assess(Rules(RULES), *read(facts, partner(trainings=trained(completedOn="2026-05-01"))), ON)
    assert found.next_change_on == date(2026, 5, 1)


START = date(2026, 5, 1)
STARTS: list[tuple[str, list[tuple[date, RuleSet]], date | None]] = [
    ("rules that decide the same change nothing", [(START, RULES)], None),
    ("rules for nobody", [(START, NOBODY)], START),
    ("rules that are replaced by others before they change anything", [(START, RULES), (date(2026, 6, 1), NOBODY)],
     date(2026, 6, 1)),
    ("rules for everybody who has a project", [(START, EVERYBODY)], None),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "later", "expected"), STARTS, ids=[each[0] for each in STARTS])
def test_a_rule_set_that_comes_into_force_is_a_change_for_whom_it_decides_otherwise(
    sentence: str, later: list[tuple[date, RuleSet]], expected: date | None
) -> None:
    assert assess(Rules(RULES, later), *read(customer(), partner()), ON).next_change_on == expected


def test_dates_are_those_of_the_rules_in_force_on_them() -> None:
    """The licence ends under rules that ask for no money, and again others ask for it."""
    facts = read(customer(licences=[licence(endsOn="2026-05-20")]), partner())
    rules = Rules(RULES, [(START, EVERYBODY), (date(2026, 6, 1), RULES)])
    walk = walk_of(rules, *facts, ON)
    assert [(each.version, list(dates)) for each, dates in walk.dates] == [(1, [START]), (1, [date(2026, 6, 1)])]
    assert assess(rules, *facts, ON).next_change_on == date(2026, 6, 1)


def ending(count: int, **last: str) -> Json:
    """A licence that is enough, beside so many small ones, one of which ends each day."""
    small = [
        licence(licenceId=f"L-{number}", annualAmount="1", endsOn=(ON + timedelta(days=number - 1)).isoformat())
        for number in range(1, count + 1)
    ]
    return customer(licences=[licence(licenceId="L-0", **last), *small])


def assessed(customer_facts: Json, rules: Rules | None = None) -> Assessment:
    return assess(rules or Rules(RULES), *read(customer_facts, partner()), ON)


def test_as_many_dates_as_are_walked_are_known_whole() -> None:
    found = assessed(ending(MOST_DATES))
    assert (found.next_change_on, found.known_until, found.due_on) == (None, None, None)


def test_one_date_more_and_the_walk_is_cut_and_decided_again_on_its_last_date() -> None:
    last = ON + timedelta(days=MOST_DATES)
    found = assessed(ending(MOST_DATES + 1))
    assert (found.next_change_on, found.known_until, found.due_on) == (None, last, last)


def each_day(count: int) -> list[str]:
    return [(ON + timedelta(days=number)).isoformat() for number in range(1, count + 1)]


OF_ONE_KIND: list[tuple[str, Callable[[list[str]], Json]]] = [
    ("deployments", lambda days: partner(deployments=[deployment(n, liveOn=day) for n, day in enumerate(days)])),
    ("competencies", lambda days: partner(competencies=[competency(), *(competency(validFrom=day) for day in days)])),
    ("designations", lambda days: partner(designations=[designation(validFrom=day) for day in days])),
    ("completions", lambda days: partner(trainings=[training(completedOn=day) for day in days])),
    ("expiries", lambda days: partner(trainings=[training(learnerId=f"A-{day}", expiresOn=day) for day in days])),
]


@pytest.mark.parametrize(("kind", "facts_on"), OF_ONE_KIND, ids=[each[0] for each in OF_ONE_KIND])
def test_as_many_dates_are_looked_at_where_all_are_of_one_kind(
    kind: str, facts_on: Callable[[list[str]], Json]
) -> None:
    theirs = customer(projects=[project(initiatedOn="2027-01-01")])
    whole, cut = (walk_of(Rules(RULES), *read(theirs, facts_on(each_day(MOST_DATES + n))), ON) for n in (0, 1))
    assert (sum(len(days) for _, days in whole.dates), whole.known_until) == (MOST_DATES, None)
    first = date.fromisoformat(each_day(1)[0]) + timedelta(days=kind == "expiries")
    assert [len(days) for _, days in cut.dates] == [MOST_DATES]
    assert cut.known_until == first + timedelta(days=MOST_DATES - 1)


def test_a_change_on_the_last_date_walked_is_found_and_one_on_the_next_is_not() -> None:
    last = ON + timedelta(days=MOST_DATES)
    in_time = assessed(ending(MOST_DATES + 1, endsOn=(last - timedelta(days=1)).isoformat()))
    assert (in_time.next_change_on, in_time.known_until, in_time.due_on) == (last, last, last)
    too_late = assessed(ending(MOST_DATES, endsOn=last.isoformat()))
    assert (too_late.next_change_on, too_late.known_until, too_late.due_on) == (None, last, last)


def test_the_start_of_a_rule_set_is_a_date_like_others() -> None:
    later = [(date(2027, 1, 1), RULES)]
    assert assessed(ending(MOST_DATES), Rules(RULES, later)).known_until == ON + timedelta(days=MOST_DATES)
    assert assessed(ending(MOST_DATES - 1), Rules(RULES, later)).known_until is None


def test_dates_under_each_rule_set_are_counted_together() -> None:
    later = [(ON + timedelta(days=40), RULES)]
    assert assessed(ending(MOST_DATES + 1), Rules(RULES, later)).known_until == ON + timedelta(days=MOST_DATES)


def test_up_to_a_rule_set_that_cannot_be_read_all_is_known() -> None:
    found = assessed(customer(), Rules(RULES, [(START, None), (date(2026, 6, 1), NOBODY)]))
    assert (found.next_change_on, found.known_until, found.due_on) == (None, date(2026, 4, 30), date(2026, 4, 30))
    tomorrow = ON + timedelta(days=1)
    found = assessed(customer(), Rules(RULES, [(tomorrow, None)]))
    assert (found.next_change_on, found.known_until, found.due_on) == (None, ON, tomorrow)


def test_the_last_day_there_is_has_no_day_after() -> None:
    last = "9999-12-31"
    facts = read(customer(licences=[licence(endsOn=last)]), partner(competencies=[competency(validUntil=last)]))
    assert assess(Rules(RULES), *facts, ON).next_change_on is None
    assert assess(Rules(RULES), *facts, date.max).next_change_on is None


def test_what_is_known_of_many_pairs_is_what_is_known_of_each() -> None:
    """200 projects and five partners on all: found of a partner once, the same outcome."""
    projects = [project(projectId=f"J-{number:03}", initiatedOn=f"2026-0{4 + number % 3}-01") for number in range(200)]
    attached = [attachment(partnerId=f"P-{number}", projectId=None) for number in range(5)]
    last_days = ("2026-05-30", "2026-06-30", "2026-07-30", "2026-05-30", "2026-06-30")
    others = [partner(f"P-{number}", competencies=[competency(validUntil=day)]) for number, day in enumerate(last_days)]
    customer_facts, known = read(customer(projects=projects, attachments=attached), *others)
    one, known_of_one = read(customer(attachments=[attachment(partnerId="P-2", projectId=None)]), *others)
    many, alone = (assess(Rules(RULES), *facts, ON) for facts in ((customer_facts, known), (one, known_of_one)))
    assert many.next_change_on == alone.next_change_on == date(2026, 7, 31)
    assert len(many.outcome.eligible_projects) == 200
