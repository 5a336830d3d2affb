"""Ways, situation by situation: until when they last, in which order they come, and with whom else they do."""

from datetime import date, timedelta

from shared.domain.decision import JsonObject
from shared.rules.criteria.search import NOTHING_KEPT, Keep
from shared.rules.forecast import Rules
from shared.rules.rule_set import RuleSet

from .applied import alternatives, ways
from .given import (
    ON,
    Json,
    attachment,
    competency,
    customer,
    deployment,
    designation,
    licence,
    partner,
    project,
    read,
    rule_set,
    shipped_document,
    training,
)

RULES = Rules(rule_set())
UNTIL_JUNE = {"validUntil": "2026-06-30"}


def found(
    customer_facts: Json,
    *partners: Json,
    candidates: tuple[Json, ...] = (),
    rules: Rules = RULES,
    keep: Keep = NOTHING_KEPT,
) -> list[JsonObject]:
    who, own = read(customer_facts, *partners)
    return ways(rules, who, own, ON, list(read({}, *candidates)[1].values()), keep)


def with_amount(amount: str, **members: object) -> RuleSet:
    criteria = shipped_document()["criteria"]
    criteria["criteria"][0]["amount"] = amount
    return rule_set(criteria, **members)


def actions(found_ways: list[JsonObject]) -> list[list[str]]:
    return [[change["action"] for change in each["changes"]] for each in found_ways]


def lasting(found_ways: list[JsonObject]) -> list[str | None]:
    return [each["lastsUntil"] for each in found_ways]


SHORT = customer(licences=[licence(annualAmount="258000")])
UNTRAINED = partner(trainings=[training()])


def test_time_alone_is_the_first_way_where_it_helps_for_as_long() -> None:
    later = competency(validFrom="2026-03-20")
    first, *others = found(customer(), partner(competencies=[later]))
    assert first == {
        "by": [],
        "changes": [
            {
                "by": "nobody",
                "action": "wait",
                "eligibleFrom": "2026-03-20",
                "text": "Wait until 20 Mar 2026: nothing needs to be done",
            }
        ],
        "eligibleProjects": ["J-1"],
        "lastsUntil": None,
    }
    assert others
    ends = found(customer(), partner(competencies=[later | {"validUntil": "2026-03-25"}]))
    assert [each["lastsUntil"] for each in ends if each["changes"][0]["action"] == "wait"] == ["2026-03-25"]
    assert actions(ends)[0] != ["wait"], "another kind lasts longer"


def test_a_way_lasts_until_a_licence_a_competency_or_the_rules_end_it() -> None:
    (spend,) = found(customer(licences=[licence(annualAmount="258000", endsOn="2026-12-31")]), partner())
    assert spend["lastsUntil"] == "2026-12-31"
    (spend,) = found(SHORT, partner(competencies=[competency(**UNTIL_JUNE)]))
    assert spend["lastsUntil"] == "2026-06-30"
    stricter = Rules(rule_set(), [(date(2027, 1, 1), with_amount("400000"))])
    (spend,) = found(SHORT, partner(), rules=stricter)
    assert spend["lastsUntil"] == "2026-12-31"
    (spend,) = found(SHORT, partner())
    assert spend["lastsUntil"] is None


def test_a_rate_added_to_the_rule_set_in_force_is_not_in_a_later_one() -> None:
    in_kronor = customer(licences=[licence(annualAmount="258000"), licence(licenceId="L-2", currency="SEK")])
    later = Rules(rule_set(), [(date(2027, 1, 1), with_amount("300000"))])
    found_ways = found(in_kronor, partner(), rules=later)
    assert actions(found_ways) == [["spend-more"], ["add-exchange-rate"]]
    assert lasting(found_ways) == [None, "2026-12-31"]
    known = Rules(rule_set(), [(date(2027, 1, 1), with_amount("300000", exchangeRates={"SEK": "0.5"}))])
    assert actions(found(in_kronor, partner(), rules=known)) == [["wait"], ["add-exchange-rate"], ["spend-more"]]
    assert lasting(found(in_kronor, partner(), rules=known)) == [None, None, None]


def test_more_is_spent_on_an_application_that_later_rule_sets_list_too() -> None:
    fewer = [each for each in shipped_document()["applications"] if each["id"] not in ("finance", "commerce")]
    later = Rules(rule_set(), [(date(2027, 1, 1), with_amount("0", applications=fewer))])
    (spend,) = found(SHORT, partner(), rules=later)
    assert spend["changes"][0]["application"] not in ("finance", "commerce")


def test_ways_that_differ_only_in_whom_they_name_are_one() -> None:
    others = tuple(partner(f"P-{number}") for number in (2, 3, 4))
    first = found(customer(), UNTRAINED, candidates=others)[1]
    assert first["oneOf"] == [
        {"partnerId": f"P-{number}", "projectId": "J-1", "eligibleProjects": ["J-1"]} for number in (2, 3, 4)
    ]
    assert first["otherwise"] == "the same with partner P-3 or P-4"
    assert first["changes"][0]["partnerId"] == "P-2"


def test_twelve_projects_that_lack_the_same_are_one_way_with_twelve_names() -> None:
    projects = [project(projectId=f"J-{number:02}", initiatedOn=f"2026-{number:02}-01") for number in range(1, 13)]
    who = customer(projects=projects, attachments=[attachment(projectId=None)])
    lacking = partner(competencies=[], trainings=[])
    found_ways = found(who, lacking, candidates=(partner("P-2"),))
    attach = next(each for each in found_ways if actions([each]) == [["attach-partner"]])
    # P-2 completed its courses in June 2025, before each of them
    assert sorted(each["projectId"] for each in attach["oneOf"]) == [each["projectId"] for each in projects]
    assert all(each["eligibleProjects"] == [each["projectId"]] for each in attach["oneOf"])
    assert len({tuple(each) for each in actions(found_ways)}) >= 3


def test_projects_that_lack_different_things_have_ways_of_their_own() -> None:
    projects = [project(), project(projectId="J-2", applications=["sales"])]
    who = customer(projects=projects, attachments=[attachment(), attachment(partnerId="P-2", projectId="J-2")])
    found_ways = found(who, UNTRAINED, partner("P-2", competencies=[]))
    assert {tuple(each["eligibleProjects"]) for each in found_ways} == {("J-1",), ("J-2",)}


def test_the_longest_lasting_partner_comes_first_and_one_of_each_kind_before_a_second() -> None:
    short, long = partner("P-2", competencies=[competency(**UNTIL_JUNE)]), partner("P-3")
    found_ways = found(customer(), UNTRAINED, candidates=(short, long))
    attach = [each for each in found_ways if actions([each]) == [["attach-partner"]]]
    assert [(each["changes"][0]["partnerId"], each["lastsUntil"]) for each in attach] == [
        ("P-3", None),
        ("P-2", "2026-06-30"),
    ]
    assert actions(found_ways)[:2] == [["complete-course"], ["attach-partner"]]
    assert found_ways[-1] == attach[-1], "a second of a kind comes after the first of every kind"


def test_no_way_names_what_is_to_be_kept() -> None:
    others = tuple(partner(f"P-{number}") for number in (2, 3))

    def named(keep: Keep) -> set[str]:
        given = found(customer(), UNTRAINED, candidates=others, keep=keep)
        changes = [change for way in given for some, _ in alternatives(way) for change in some]
        return {each["partnerId"] for each in changes if "partnerId" in each}

    assert named(NOTHING_KEPT) == {"P-1", "P-2", "P-3"}
    assert named(Keep(partners=frozenset(("P-1", "P-3")))) == {"P-2"}
    of_projects = found(customer(), UNTRAINED, candidates=others, keep=Keep(projects=frozenset(("J-1",))))
    assert actions(of_projects) == [["complete-course"]], "which asks nothing of the project"


def test_a_project_to_start_has_another_name_than_what_is_kept() -> None:
    who = customer(projects=[], attachments=[attachment(projectId=None)])
    keep = Keep(projects=frozenset(("new-finance",)))
    started = [each["changes"][0]["projectId"] for each in found(who, partner(), keep=keep)]
    assert started
    assert "new-finance" not in started


def test_an_eligible_customer_is_told_what_would_keep_it_as_of_the_day_it_is_lost() -> None:
    ends = customer(licences=[licence(endsOn="2026-12-31")])
    (spend,) = found(ends, partner())
    assert spend["changes"][0]["amount"] == "300000.00"
    assert spend["lastsUntil"] is None
    assert found(customer(), partner()) == []
    lapses = found(customer(), partner(competencies=[competency(**UNTIL_JUNE), competency(validFrom="2026-09-01")]))
    assert lapses[0]["changes"][0]["eligibleFrom"] == "2026-09-01"
    gained = [change for each in lapses for change in each["changes"] if change["action"] == "gain-competency"]
    assert [each["validFrom"] for each in gained] == ["2026-07-01"]
    assert not {"complete-course"} & {each for some in actions(lapses) for each in some}


def test_a_way_whose_dates_are_too_many_says_how_far_it_is_known() -> None:
    days = [ON + timedelta(number) for number in range(2, 160, 2)]
    small = [licence(licenceId=f"L-{day}", annualAmount="1", endsOn=day.isoformat()) for day in days]
    (spend,) = found(customer(licences=[licence(annualAmount="258000"), *small]), partner())
    assert spend["lastsUntil"] == days[0].isoformat(), "what is missing is what these do not come to"
    (spend,) = found(customer(licences=[licence(annualAmount="258000"), *_spread(days)]), partner())
    assert (spend["lastsUntil"], spend["knownUntil"]) == (None, (ON + timedelta(129)).isoformat())


def _spread(days: list[date]) -> list[Json]:
    return [licence(licenceId=f"L-{day}", annualAmount="0", endsOn=day.isoformat()) for day in days]


def test_what_starts_and_ends_before_it_starts_ends_what_was_gained_before_it() -> None:
    """The period with the greatest start is in force, though it holds on no day."""
    never = competency(validFrom="2026-05-01", validUntil="2026-04-01")
    gain = [
        each for each in found(customer(), partner(competencies=[never])) if actions([each]) == [["gain-competency"]]
    ]
    assert lasting(gain) == ["2026-04-30"]


def test_the_text_of_alternatives_names_partners_and_projects() -> None:
    projects = [project(), project(projectId="J-2")]
    who = customer(projects=projects, attachments=[])
    both = found(who, candidates=(partner("P-2"), partner("P-3")))[0]
    assert both["otherwise"] == "the same with any of partners P-2 and P-3 and any of projects J-1 and J-2"
    apart = found(
        customer(projects=[project(), project(projectId="J-2", applications=["sales"])], attachments=[]),
        candidates=(partner("P-2"), partner("P-3", competencies=[competency(area="customer-engagement")])),
    )[0]
    assert apart["otherwise"] == "the same with partner P-3 and project J-2"


def test_the_designation_that_holds_longest_is_attached_among_many() -> None:
    many = tuple(partner(f"P-{number:02}", competencies=[competency(**UNTIL_JUNE)]) for number in range(2, 12))
    best = partner("P-99", competencies=[], designations=[designation()], deployments=[deployment(1), deployment(2)])
    attach = [each for each in found(customer(), UNTRAINED, candidates=(*many, best)) if "oneOf" not in each]
    assert ("P-99", None) in [(each["changes"][0].get("partnerId"), each["lastsUntil"]) for each in attach]


def test_no_name_is_among_the_alternatives_with_which_less_would_do() -> None:
    """P-1 and P-2 lack a competency and a course for a project each; for another of P-2 the course is enough."""
    sales = {"applications": ["sales"]}
    projects = [project(projectId="J-2", **sales), project(projectId="J-3"), project(projectId="J-4", **sales)]
    attached = [attachment(projectId="J-2"), *(attachment(partnerId="P-2", projectId=each) for each in ("J-3", "J-4"))]
    who = customer(projects=projects, attachments=attached)
    found_ways = found(who, UNTRAINED, partner("P-2", trainings=[training()]))
    both = next(each for each in found_ways if actions([each]) == [["gain-competency", "complete-course"]])
    assert [each["partnerId"] for each in both["changes"]] == ["P-1", "P-1"]
    assert "oneOf" not in both


def test_the_first_of_a_kind_comes_before_a_second_of_another_that_lasts_longer() -> None:
    soon = partner(competencies=[competency(validFrom="2026-03-20", validUntil="2026-03-25")])
    candidates = (partner("P-2", competencies=[competency(**UNTIL_JUNE)]), partner("P-3"))
    found_ways = found(customer(), soon, candidates=candidates)
    kinds = actions(found_ways)
    assert kinds.count(["attach-partner"]) == 2
    assert kinds.index(["wait"]) < len(kinds) - 1 - kinds[::-1].index(["attach-partner"])
    assert found_ways[-1]["lastsUntil"] == "2026-06-30"
