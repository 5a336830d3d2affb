"""Rule-set documents: what is refused, where, and with what advice; and what is accepted."""

import copy
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.strict_json import canonical_bytes
from shared.errors import MemberError, PermanentError
from shared.rules.criteria.base import Criterion
from shared.rules.criteria.combined import AllOf
from shared.rules.document import parse_document, sha256_of
from shared.rules.rule_set import RuleSet

from .given import Json, criterion, for_each_partner, for_each_project, in_each_area, shipped_document

COVERS = criterion("covers-eligible-application")
CBA = criterion("competency", competency="cloud-business-applications", levels=["gold"])
SOLUTIONS = criterion("designation", designation="solutions-partner-business-applications")
TWO = criterion("deployments-at-least", count=2)
TRAINED = criterion("training-before-project", course="success-by-design", part="training")
SPEND = criterion("annual-spend-at-least", amount="300000")
EVERY = criterion("every-application", criterion=COVERS)
AREA = criterion("any-area", criterion=COVERS)
PARTNER = criterion("any-partner", criterion=COVERS)


def faults_of(document: object) -> dict[str, str]:
    with pytest.raises(PermanentError) as refused:
        parse_document(document)
    return {error.path: error.message for error in refused.value.errors}


def errors_of(document: object) -> tuple[MemberError, ...]:
    """Why it is refused; nothing if it is accepted."""
    try:
        parse_document(document)
    except PermanentError as refused:
        return refused.errors or (MemberError("", "refused without a reason"),)
    return ()


def with_member(*path: str | int, value: Any) -> Callable[[], Json]:
    """The shipped document with one member set."""

    def document() -> Json:
        changed: Any = shipped_document()
        at = changed
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value
        return changed  # type: ignore[no-any-return]

    return document


def without(*path: str | int) -> Callable[[], Json]:
    def document() -> Json:
        changed: Any = shipped_document()
        at = changed
        for step in path[:-1]:
            at = at[step]
        del at[path[-1]]
        return changed  # type: ignore[no-any-return]

    return document


def with_criteria(root: Any) -> Callable[[], Json]:
    return with_member("criteria", value=root)


def all_of(*parts: Any, name: str = "root") -> Json:
    return criterion("all-of", name, criteria=list(parts))


def nested(levels: int) -> Json:
    inner = SPEND
    for level in range(levels - 1):
        inner = all_of(inner, name=f"level-{level}")
    return inner


FIRST = "$.criteria.criteria[0]"
RESOURCE = ("selfGuidedResources", 0)

BROKEN: list[tuple[str, Callable[[], Any], str, str]] = [
    ("a list", lambda: [], "$", "is not an object"),
    ("null", lambda: None, "$", "null is not an object"),
    (
        "another schema",
        with_member("schema", value="fasttrack.rule-set/v2"),
        "$.schema",
        'write "fasttrack.rule-set/v1"',
    ),
    ("no schema", without("schema"), "$.schema", "is missing"),
    ("a member too many", with_member("comment", value="x"), "$.comment", "write only schema, effectiveFrom"),
    ("a strange member", with_member("a b\ud800", value=1), '$["a b\\ud800"]', "is not a member"),
    (
        "a day that does not exist",
        with_member("effectiveFrom", value="2023-02-29"),
        "$.effectiveFrom",
        "day of the calendar",
    ),
    (
        "a date with a time",
        with_member("effectiveFrom", value="2023-02-13T00:00:00Z"),
        "$.effectiveFrom",
        '"2023-02-13"',
    ),
    ("a date without dashes", with_member("effectiveFrom", value="20230213"), "$.effectiveFrom", "is not a date"),
    (
        "a date in other digits",
        with_member("effectiveFrom", value="２０２３-02-13"),
        "$.effectiveFrom",
        "is not a date",
    ),
    ("a number for a date", with_member("effectiveFrom", value=20230213), "$.effectiveFrom", "20230213 is not a date"),
    ("a small currency", with_member("currency", value="usd"), "$.currency", 'write "USD"'),
    ("no currency", without("currency"), "$.currency", "is missing"),
    ("days of warning as one number", with_member("warnDaysBefore", value=30), "$.warnDaysBefore", "is not a list"),
    ("no days of warning but null", with_member("warnDaysBefore", value=None), "$.warnDaysBefore", "is not a list"),
    ("six steps", with_member("warnDaysBefore", value=[6, 5, 4, 3, 2, 1]), "$.warnDaysBefore", "write at most 5"),
    ("the day itself", with_member("warnDaysBefore", value=[30, 0]), "$.warnDaysBefore[1]", "from 1 to 366"),
    ("over a year", with_member("warnDaysBefore", value=[367]), "$.warnDaysBefore[0]", "from 1 to 366"),
    ("half a day", with_member("warnDaysBefore", value=[0.5]), "$.warnDaysBefore[0]", "not a whole number"),
    ("true", with_member("warnDaysBefore", value=[True]), "$.warnDaysBefore[0]", "not a whole number"),
    ("rising steps", with_member("warnDaysBefore", value=[7, 30]), "$.warnDaysBefore", "write [30, 7]"),
    ("a step twice", with_member("warnDaysBefore", value=[30, 30, 7]), "$.warnDaysBefore", "write [30, 7]"),
    ("rates in a list", with_member("exchangeRates", value=[]), "$.exchangeRates", "a list is not an object"),
    ("no rates", without("exchangeRates"), "$.exchangeRates", "is missing"),
    ("a rate of nothing", with_member("exchangeRates", "EUR", value="0.000"), "$.exchangeRates.EUR", "not above 0"),
    ("a rate as a number", with_member("exchangeRates", "EUR", value=1.08), "$.exchangeRates.EUR", 'write "1.08"'),
    ("a negative rate", with_member("exchangeRates", "EUR", value="-1"), "$.exchangeRates.EUR", "is not a decimal"),
    (
        "a rate with a power",
        with_member("exchangeRates", "EUR", value="1e999"),
        "$.exchangeRates.EUR",
        "is not a decimal",
    ),
    ("not a number", with_member("exchangeRates", "EUR", value="NaN"), "$.exchangeRates.EUR", "is not a decimal"),
    ("seven digits", with_member("exchangeRates", "EUR", value="1000000"), "$.exchangeRates.EUR", "at most 6 digits"),
    ("nine decimals", with_member("exchangeRates", "EUR", value="1.123456789"), "$.exchangeRates.EUR", "8 after"),
    (
        "a rate for a name",
        with_member("exchangeRates", "Euro", value="1"),
        "$.exchangeRates.Euro",
        "three capital letters",
    ),
    (
        "a rate for its own currency",
        with_member("exchangeRates", "USD", value="1"),
        "$.exchangeRates.USD",
        "leave it out",
    ),
    ("no application", with_member("applications", value=[]), "$.applications", "at least 1"),
    (
        "an application in capitals",
        with_member("applications", 0, "id", value="Finance"),
        "$.applications[0].id",
        "lower-case",
    ),
    ("an application twice", with_member("applications", 1, "id", value="commerce"), "$.applications[1].id", "twice"),
    ("no areas", with_member("applications", 0, "areas", value=[]), "$.applications[0].areas", "at least 1"),
    (
        "an unknown area",
        with_member("applications", 0, "areas", value=["hr"]),
        "$.applications[0].areas[0]",
        "customer-eng",
    ),
    (
        "an area twice",
        with_member("applications", 0, "areas", value=["customer-engagement"] * 2),
        "$.applications[0].areas[1]",
        "twice",
    ),
    ("an application without a title", without("applications", 2, "title"), "$.applications[2].title", "is missing"),
    (
        "a title that is an object",
        with_member("benefits", 0, "title", value={"en": "x"}),
        "$.benefits[0].title",
        "an object is",
    ),
    ("a blank title", with_member("applications", 0, "title", value=" "), "$.applications[0].title", "write a line"),
    ("a long title", with_member("benefits", 0, "title", value="x" * 201), "$.benefits[0].title", "at most 200"),
    (
        "a title of two lines",
        with_member("benefits", 0, "title", value="a\nb"),
        "$.benefits[0].title",
        "control character",
    ),
    (
        "half a character",
        with_member("benefits", 0, "title", value="\ud83d"),
        "$.benefits[0].title",
        "control character",
    ),
    (
        "a benefit twice",
        with_member("benefits", 1, "id", value="solution-blueprint-review"),
        "$.benefits[1].id",
        "twice",
    ),
    (
        "a benefit with a price",
        with_member("benefits", 0, "price", value=1),
        "$.benefits[0].price",
        "write only id, title",
    ),
    ("a benefit that is a text", with_member("benefits", 0, value="review"), "$.benefits[0]", "is not an object"),
    (
        "an address without https",
        with_member(*RESOURCE, "url", value="/training"),
        "$.selfGuidedResources[0].url",
        "web address",
    ),
    (
        "a script",
        with_member(*RESOURCE, "url", value="javascript:alert(1)"),
        "$.selfGuidedResources[0].url",
        "web address",
    ),
    ("a resource without address", without(*RESOURCE, "url"), "$.selfGuidedResources[0].url", "is missing"),
    (
        "more benefits than a notification takes",
        with_member("benefits", value=[{"id": f"b{n}", "title": "x" * 200} for n in range(20)]),
        "$.benefits",
        "at most 4096 bytes",
    ),
    ("no criteria", without("criteria"), "$.criteria", "is missing"),
    ("criteria in a list", with_criteria([SPEND]), "$.criteria", "a list is not a criterion"),
    ("all of nothing", with_criteria(all_of()), "$.criteria.criteria", "at least 1"),
    ("any of nothing", with_criteria(criterion("any-of", criteria=[])), "$.criteria.criteria", "at least 1"),
    ("criteria not in a list", with_criteria(all_of() | {"criteria": SPEND}), "$.criteria.criteria", "is not a list"),
    ("a criterion that is a text", with_criteria(all_of("spend")), FIRST, '"spend" is not a criterion'),
    ("no type", with_criteria(all_of({"id": "x", "title": "x"})), f"{FIRST}.type", "is missing"),
    (
        "an unknown type",
        with_criteria(all_of(criterion("none-of", criteria=[]))),
        f"{FIRST}.type",
        "write one of all-of",
    ),
    ("a type that is a list", with_criteria(all_of(SPEND | {"type": []})), f"{FIRST}.type", "a list is not known"),
    ("no id", with_criteria({k: v for k, v in SPEND.items() if k != "id"}), "$.criteria.id", "is missing"),
    ("an id with a slash", with_criteria(SPEND | {"id": "a/b"}), "$.criteria.id", "is not an id"),
    ("an id of 65", with_criteria(SPEND | {"id": "a" * 65}), "$.criteria.id", "1 to 64"),
    ("an id twice", with_criteria(all_of(SPEND, SPEND)), "$.criteria.criteria[1].id", "used twice"),
    ("a parent's id again", with_criteria(all_of(SPEND | {"id": "root"})), f"{FIRST}.id", "used twice"),
    (
        "a threshold",
        with_criteria(SPEND | {"threshold": 1}),
        "$.criteria.threshold",
        "write only type, id, title, amount",
    ),
    (
        "an amount with commas",
        with_criteria(all_of(SPEND | {"amount": "300,000"})),
        f"{FIRST}.amount",
        'write "300000"',
    ),
    ("an amount as a number", with_criteria(SPEND | {"amount": 300000}), "$.criteria.amount", 'write "300000"'),
    ("a negative amount", with_criteria(SPEND | {"amount": "-1"}), "$.criteria.amount", "is not a decimal"),
    ("three decimals", with_criteria(SPEND | {"amount": "1.005"}), "$.criteria.amount", "is not a decimal"),
    ("sixteen digits", with_criteria(SPEND | {"amount": "1" * 16}), "$.criteria.amount", "is not a decimal"),
    ("no amount", with_criteria(criterion("annual-spend-at-least")), "$.criteria.amount", "is missing"),
    (
        "platinum",
        with_criteria(in_each_area(CBA | {"levels": ["platinum"]})),
        f"{'$.criteria' + '.criterion' * 4}.levels[0]",
        "gold, silver",
    ),
    (
        "no level",
        with_criteria(in_each_area(CBA | {"levels": []})),
        f"{'$.criteria' + '.criterion' * 4}.levels",
        "at least 1",
    ),
    (
        "gold twice",
        with_criteria(in_each_area(CBA | {"levels": ["gold"] * 2})),
        f"{'$.criteria' + '.criterion' * 4}.levels[1]",
        "twice",
    ),
    (
        "another competency",
        with_criteria(in_each_area(CBA | {"competency": "x"})),
        f"{'$.criteria' + '.criterion' * 4}.competency",
        "cloud-b",
    ),
    (
        "no deployment",
        with_criteria(in_each_area(TWO | {"count": 0})),
        f"{'$.criteria' + '.criterion' * 4}.count",
        "from 1",
    ),
    (
        "a count in text",
        with_criteria(in_each_area(TWO | {"count": "2"})),
        f"{'$.criteria' + '.criterion' * 4}.count",
        "whole number",
    ),
    (
        "a count of truth",
        with_criteria(in_each_area(TWO | {"count": True})),
        f"{'$.criteria' + '.criterion' * 4}.count",
        "true is not",
    ),
    (
        "a count with a point",
        with_criteria(in_each_area(TWO | {"count": 2.0})),
        f"{'$.criteria' + '.criterion' * 4}.count",
        "2.0 is not",
    ),
    (
        "another part",
        with_criteria(for_each_partner(TRAINED | {"part": "exam"})),
        f"{'$.criteria' + '.criterion' * 2}.part",
        "knowledge-check",
    ),
    (
        "another course",
        with_criteria(for_each_partner(TRAINED | {"course": "x"})),
        f"{'$.criteria' + '.criterion' * 2}.course",
        "success-by",
    ),
    (
        "another designation",
        with_criteria(for_each_partner(SOLUTIONS | {"designation": 1})),
        f"{'$.criteria' + '.criterion' * 2}.designation",
        "1 is",
    ),
    ("covers without a project", with_criteria(COVERS), "$.criteria.type", "put it inside any-project"),
    ("a partner without a project", with_criteria(PARTNER), "$.criteria.type", "put it inside any-project"),
    ("applications without a project", with_criteria(EVERY), "$.criteria.type", "put it inside any-project"),
    (
        "an area without an application",
        with_criteria(for_each_project(AREA)),
        "$.criteria.criterion.type",
        "inside every-application",
    ),
    (
        "a designation without a partner",
        with_criteria(for_each_project(SOLUTIONS)),
        "$.criteria.criterion.type",
        "inside any-partner",
    ),
    ("training without anything", with_criteria(TRAINED), "$.criteria.type", "inside any-partner and any-project"),
    (
        "training without a partner",
        with_criteria(for_each_project(TRAINED)),
        "$.criteria.criterion.type",
        "inside any-partner",
    ),
    (
        "a competency without an area",
        with_criteria(for_each_partner(CBA)),
        "$.criteria.criterion.criterion.type",
        "inside any-area",
    ),
    ("deployments without a partner", with_criteria(TWO), "$.criteria.type", "inside any-partner and any-area"),
    (
        "a project inside a project",
        with_criteria(for_each_project(criterion("any-project", criterion=COVERS))),
        "$.criteria.criterion.type",
        "inside only one",
    ),
    (
        "a project beside its criterion is not around it",
        with_criteria(all_of(for_each_project(COVERS), COVERS | {"id": "second"})),
        "$.criteria.criteria[1].type",
        "put it inside any-project",
    ),
    ("seventeen deep", with_criteria(nested(17)), "$.criteria" + ".criteria[0]" * 16, "at most 16 deep"),
    (
        "201 criteria",
        with_criteria(all_of(*(SPEND | {"id": f"s{n}"} for n in range(200)))),
        "$.criteria",
        "holds 201 criteria, write at most 200",
    ),
]


@pytest.mark.parametrize(("what", "document", "path", "advice"), BROKEN, ids=[case[0] for case in BROKEN])
def test_a_broken_document_is_refused_where_it_is_broken_and_nowhere_else(
    what: str, document: Callable[[], Any], path: str, advice: str
) -> None:
    faults = faults_of(document())
    assert list(faults) == [path]
    assert advice in faults[path]


def test_the_advice_is_a_whole_sentence() -> None:
    faults = faults_of(with_criteria(all_of(SPEND | {"amount": "300,000"}))())
    assert faults == {"$.criteria.criteria[0].amount": '"300,000" is not a decimal, write "300000"'}


def test_every_fault_is_named_at_once() -> None:
    document = shipped_document() | {"currency": "usd", "benefits": None, "more": 1}
    document["applications"][3]["areas"] = ["north"]
    document["criteria"]["criteria"][0]["amount"] = 1
    document["criteria"]["criteria"][1]["criterion"]["criteria"][1]["criterion"]["type"] = "most-of"
    assert set(faults_of(document)) == {
        "$.currency",
        "$.benefits",
        "$.more",
        "$.applications[3].areas[0]",
        "$.criteria.criteria[0].amount",
        "$.criteria.criteria[1].criterion.criteria[1].criterion.type",
    }


def test_an_empty_object_is_told_every_member_it_needs() -> None:
    assert set(faults_of({})) == {f"$.{name}" for name in shipped_document() if name != "warnDaysBefore"}


def test_a_flood_of_faults_is_counted_not_listed() -> None:
    with pytest.raises(PermanentError) as refused:
        parse_document(shipped_document() | {"benefits": [{}] * 5000})
    assert len(refused.value.errors) == 101
    assert refused.value.errors[-1].message == "and 9900 more errors"


def test_a_document_with_its_only_fault_past_a_flood_is_still_refused() -> None:
    broken = with_criteria(SPEND | {"amount": None})() | {"applications": [{}] * 2000}
    with pytest.raises(PermanentError):
        parse_document(broken)


@pytest.mark.parametrize("shape", ["criteria", "criterion", "lists", "title"])
def test_ten_thousand_levels_are_refused_like_any_other_fault(shape: str) -> None:
    deep: Any = copy.deepcopy(SPEND)
    for level in range(10_000):
        match shape:
            case "criteria":
                deep = all_of(deep, name=f"n{level}")
            case "criterion":
                deep = criterion("any-project", f"n{level}", criterion=deep)
            case _:
                deep = [deep]
    document = with_criteria(SPEND | {"title": deep} if shape == "title" else deep)()
    assert faults_of(document)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
PLACES = [
    *[(name,) for name in shipped_document()],
    ("exchangeRates", "EUR"),
    ("applications", 0),
    ("applications", 0, "id"),
    ("applications", 0, "areas"),
    ("benefits", 0, "title"),
    ("selfGuidedResources", 0, "url"),
    *[("criteria", name) for name in ("type", "id", "title", "criteria")],
    *[("criteria", "criteria", 0, name) for name in ("type", "id", "title", "amount")],
    *[("criteria", "criteria", 1, name) for name in ("type", "criterion")],
]


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_any_json_is_a_rule_set_or_is_refused_with_reasons(value: Any) -> None:
    assert faults_of(value)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLACES), JSON)
def test_any_json_anywhere_in_a_rule_set_is_accepted_or_refused_with_reasons(place: Any, value: Any) -> None:
    document = with_member(*place, value=value)()
    errors = errors_of(document)
    assert all(error.path.startswith("$") and error.message.isprintable() for error in errors)
    assert canonical_bytes([error.to_json() for error in errors])
    assert errors or RuleSet.compile(parse_document(document), 1).sha256 == sha256_of(document)


def parts_of(root: Criterion) -> list[Criterion]:
    return [root, *(below for part in root.parts for below in parts_of(part))]


def test_the_shipped_rule_set_is_the_programme() -> None:
    document = parse_document(shipped_document())
    assert document.effective_from == date(2023, 2, 13)
    assert len(document.terms.areas_of) == 12
    assert [name for name, areas in document.terms.areas_of.items() if len(areas) == 2] == ["project-operations"]
    assert isinstance(document.criteria, AllOf)
    assert [part.id for part in parts_of(document.criteria)] == [
        *("eligible", "annual-spend", "project", "covered-project", "covered-application", "qualified-partner"),
        *("partner-qualified", "every-application", "area", "area-qualified", "cba", "solutions-partner-route"),
        *("solutions-partner", "deployments", "sbd-training", "sbd-check"),
    ]
    assert len(document.benefits) == len(document.self_guided_resources) == 3


def test_a_compiled_rule_set_says_which_it_is() -> None:
    rules = RuleSet.compile(parse_document(shipped_document()), 7)
    assert (rules.version, rules.document.effective_from) == (7, date(2023, 2, 13))
    assert rules.offers == (shipped_document()["benefits"], shipped_document()["selfGuidedResources"])
    assert rules.sha256 == sha256_of(shipped_document())


ACCEPTED: list[tuple[str, Callable[[], Json]]] = [
    ("the shipped one", shipped_document),
    ("sixteen deep", with_criteria(nested(16))),
    ("no days of warning", without("warnDaysBefore")),
    ("an empty list of them", with_member("warnDaysBefore", value=[])),
    ("five, from the most to the least", with_member("warnDaysBefore", value=[366, 90, 30, 7, 1])),
    ("200 criteria", with_criteria(all_of(*(SPEND | {"id": f"s{n}"} for n in range(199))))),
    ("money inside a project", with_criteria(for_each_project(SPEND))),
    ("no exchange rates", with_member("exchangeRates", value={})),
    ("the smallest rate", with_member("exchangeRates", "XAF", value="0.00000001")),
    ("the largest rate", with_member("exchangeRates", "XAF", value="999999.99999999")),
    ("the largest amount", with_criteria(SPEND | {"amount": "999999999999999.99"})),
    ("no benefits", with_member("benefits", value=[])),
    ("a title in any script", with_member("benefits", 0, "title", value="評価 — «évaluation» 🚀")),
    ("the first day there is", with_member("effectiveFrom", value="0001-01-01")),
    (
        "a partner asked for each application",
        with_criteria(
            for_each_project(
                criterion(
                    "every-application",
                    "each",
                    criterion=criterion(
                        "any-partner", "who", criterion=(criterion("any-area", "where", criterion=CBA))
                    ),
                )
            )
        ),
    ),
]


@pytest.mark.parametrize(("what", "document"), ACCEPTED, ids=[case[0] for case in ACCEPTED])
def test_a_good_document_is_accepted(what: str, document: Callable[[], Json]) -> None:
    assert RuleSet.compile(parse_document(document()), 1)


def test_rates_and_areas_are_what_the_document_says() -> None:
    terms = parse_document(shipped_document()).terms
    assert (terms.currency, terms.rates["EUR"]) == ("USD", Decimal("1.08"))
    assert terms.areas_of["project-operations"] == ("customer-engagement", "finance-and-operations")


def test_canonical_json_does_not_depend_on_order_or_spaces() -> None:
    assert canonical_bytes({"b": [1, "é"], "a": None}) == '{"a":null,"b":[1,"é"]}'.encode()
    assert sha256_of({"b": 1, "a": 2}) == sha256_of({"a": 2, "b": 1}) != sha256_of({"a": 1, "b": 2})
    assert sha256_of({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_what_stands_below_a_criterion_of_an_unknown_type_is_read_too() -> None:
    """All that can be known: not whether a criterion has a meaning there, since what is around it is not known."""
    below = [criterion("also-nope", "root"), criterion("any-area", "area", criterion={"type": "competency"}), TRAINED]
    told = faults_of(with_criteria(criterion("nope", "root", criteria=below))())
    assert told.keys() == {
        "$.criteria.type",
        "$.criteria.criteria[0].type",
        "$.criteria.criteria[0].id",
        *(f"$.criteria.criteria[1].criterion.{name}" for name in ("id", "title", "competency", "levels")),
    }
    assert faults_of(with_criteria(criterion("nope", criterion=SPEND | {"amount": 1}))()).keys() == {
        "$.criteria.type",
        "$.criteria.criterion.amount",
    }
