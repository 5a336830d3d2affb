"""The difference between two rule sets, in the words a programme manager reads before putting one in force."""

import copy
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.strict_json import canonical_bytes
from shared.rules.difference import difference
from shared.rules.document import parse_document

from .given import CE, FO, Json, criterion, for_each_partner, for_each_project, shipped_document
from .strategies import documents

COVERS = criterion("covers-eligible-application")
SPEND = criterion("annual-spend-at-least", "spend", amount="300000")
GOLD = criterion("designation", "partner-status", designation="solutions-partner-business-applications")
TRAINING_PAGE = "https://learn.microsoft.com/training/modules/success-by-design/"
SCRUM = {"id": "scrum", "title": "Scrum for all"}


def found(old: Json, new: Json) -> list[str]:
    return difference(parse_document(old), parse_document(new))


def shipped_but(change: Callable[[Json], Any]) -> Json:
    document = shipped_document()
    change(document)
    return document


def at(document: Json, name: str) -> Json:
    """The criterion of that id."""
    waiting: list[Json] = [document["criteria"]]
    while waiting:
        each = waiting.pop()
        if each["id"] == name:
            return each
        waiting += [each["criterion"]] if "criterion" in each else each.get("criteria", [])
    raise LookupError(name)


def without_cba(document: Json) -> None:
    del at(document, "area-qualified")["criteria"][0]


def without_the_choice_of_routes(document: Json) -> None:
    at(document, "area")["criterion"] = at(document, "solutions-partner-route")


def in_euros(document: Json) -> None:
    document["currency"] = "EUR"
    document["exchangeRates"] = {"USD": "0.92"}


def title_of(name: str, title: str) -> Callable[[Json], Any]:
    return lambda document: at(document, name).update(title=title)


def member_of(name: str, **members: Any) -> Callable[[Json], Any]:
    return lambda document: at(document, name).update(members)


SENTENCES: list[tuple[Callable[[Json], Any], list[str]]] = [
    (member_of("annual-spend", amount="350000"), ["annual spend 300000 -> 350000 USD"]),
    (member_of("deployments", count=3), ["criterion deployments: count 2 -> 3"]),
    (member_of("cba", levels=["gold"]), ["criterion cba: levels gold, silver -> gold"]),
    (member_of("sbd-check", part="training"), ["criterion sbd-check: part knowledge-check -> training"]),
    (member_of("area-qualified", type="all-of"), ["criterion area-qualified: type any-of -> all-of"]),
    (
        without_cba,
        ["criterion cba removed (competency cloud-business-applications, levels gold, silver)"],
    ),
    (
        without_the_choice_of_routes,
        [
            "criterion area-qualified removed (any-of)",
            "criterion cba removed (competency cloud-business-applications, levels gold, silver)",
            "criterion solutions-partner-route moved under area (was under area-qualified)",
        ],
    ),
    (
        lambda document: at(document, "eligible")["criteria"].append(SPEND | {"amount": "5"}),
        ["criterion spend added under eligible (annual-spend-at-least, amount 5)"],
    ),
    (lambda document: document["exchangeRates"].update(EUR="1.10"), ["exchange rate EUR 1.08 -> 1.10"]),
    (lambda document: document["exchangeRates"].update(SEK="0.1"), ["exchange rate SEK added (0.1)"]),
    (lambda document: document["exchangeRates"].pop("EUR"), ["exchange rate EUR removed"]),
    (
        lambda document: document["applications"].append({"id": "x", "title": "X", "areas": [CE, FO]}),
        ["application x added (customer-engagement, finance-and-operations)"],
    ),
    (lambda document: document["applications"].pop(6), ["application marketing removed"]),
    (
        lambda document: document["applications"][0].update(areas=[CE]),
        ["application commerce: areas finance-and-operations -> customer-engagement"],
    ),
    (lambda document: document.update(effectiveFrom="2026-01-01"), ["in force from 2023-02-13 -> 2026-01-01"]),
    (
        lambda document: document.update(warnDaysBefore=[60]),
        ["days of warning before a loss 90, 30, 7 -> 60"],
    ),
    (lambda document: document.pop("warnDaysBefore"), ["days of warning before a loss 90, 30, 7 -> none"]),
    (lambda document: document["benefits"].append(SCRUM), ["benefit scrum added (Scrum for all)"]),
    (lambda document: document["benefits"].pop(), ["benefit engineering-support removed"]),
    (
        lambda document: document["selfGuidedResources"][0].update(url="https://example.com/"),
        [
            f"self-guided resource success-by-design-training: address {TRAINING_PAGE} -> https://example.com/",
        ],
    ),
    (title_of("cba", "CBA"), ['criterion cba: title "Cloud Business Applications competency" -> "CBA"']),
    (
        lambda document: document["applications"][0].update(title="Commerce"),
        ['application commerce: title "Dynamics 365 Commerce" -> "Commerce"'],
    ),
    (lambda document: document["benefits"].reverse(), ["benefit list: order changed"]),
    (lambda document: at(document, "eligible")["criteria"].reverse(), ["criterion eligible: order changed"]),
]


@pytest.mark.parametrize(("change", "sentences"), SENTENCES, ids=[case[1][0] for case in SENTENCES])
def test_a_change_is_said_in_a_sentence(change: Callable[[Json], Any], sentences: list[str]) -> None:
    assert found(shipped_document(), shipped_but(change)) == sentences


def test_another_currency_shows_in_every_amount() -> None:
    sentences = found(shipped_document(), shipped_but(in_euros))
    assert sentences[0] == "currency USD -> EUR"
    assert "exchange rate USD added (0.92)" in sentences
    assert "annual spend 300000 USD -> 300000 EUR" in sentences


def test_of_several_amounts_each_is_named() -> None:
    old = shipped_document() | {"criteria": criterion("any-of", criteria=[SPEND, SPEND | {"id": "more"}])}
    new = copy.deepcopy(old)
    at(new, "more")["amount"] = "400000"
    assert found(old, new) == ["criterion more: annual spend 300000 -> 400000 USD"]


def test_a_criterion_may_come_to_stand_around_all_others() -> None:
    old = shipped_document() | {"criteria": SPEND}
    new = shipped_document() | {"criteria": criterion("all-of", "both", criteria=[SPEND, for_each_project(COVERS)])}
    assert found(old, new) == [
        "criterion both added at the top (all-of)",
        "criterion project added under both (any-project)",
        "criterion covers-eligible-application added under project (covers-eligible-application)",
        "criterion spend moved under both (was at the top)",
    ]


def test_what_decides_comes_first_and_titles_last() -> None:
    def change(document: Json) -> None:
        document["benefits"].append(SCRUM)
        document["exchangeRates"]["EUR"] = "1.10"
        document["effectiveFrom"] = "2026-01-01"
        at(document, "cba")["title"] = "CBA"
        at(document, "annual-spend").update(title="Spend", amount="1")

    assert [sentence.split(":")[0] for sentence in found(shipped_document(), shipped_but(change))] == [
        "in force from 2023-02-13 -> 2026-01-01",
        "exchange rate EUR 1.08 -> 1.10",
        "annual spend 300000 -> 1 USD",
        "benefit scrum added (Scrum for all)",
        "criterion annual-spend",
        "criterion cba",
    ]


def test_a_criterion_may_change_its_kind_with_all_it_holds() -> None:
    old = shipped_document() | {"criteria": for_each_partner(GOLD)}
    training = criterion("training-before-project", GOLD["id"], course="success-by-design", part="training")
    assert found(old, shipped_document() | {"criteria": for_each_partner(training)}) == [
        "criterion partner-status: type designation -> training-before-project",
        "criterion partner-status: course none -> success-by-design",
        "criterion partner-status: designation solutions-partner-business-applications -> none",
        "criterion partner-status: part none -> training",
    ]


def equal(old: Json, new: Json) -> bool:
    """Amounts and rates by what they are worth, levels and areas in any order, all else to the letter."""
    without: Json = {"warnDaysBefore": []}
    return canonical_bytes(_in_one_form(without | old)) == canonical_bytes(_in_one_form(without | new))


def _in_one_form(value: Any, name: str = "") -> Any:
    match value:
        case dict() if name == "exchangeRates":
            return {code: str(Decimal(rate).normalize()) for code, rate in value.items()}
        case dict():
            return {member: _in_one_form(each, member) for member, each in value.items()}
        case list() if name in ("levels", "areas"):
            return sorted(value)
        case list():
            return [_in_one_form(each) for each in value]
        case str() if name == "amount":
            return str(Decimal(value).normalize())
        case _:
            return value


@settings(max_examples=200, deadline=None)
@given(documents, documents)
def test_there_is_no_difference_if_and_only_if_the_documents_are_equal(old: Json, new: Json) -> None:
    assert found(old, old) == []
    assert (found(old, new) == []) == equal(old, new)


@pytest.mark.parametrize(
    "change",
    [
        member_of("annual-spend", amount="300000.00"),
        member_of("cba", levels=["silver", "gold"]),
        lambda document: document["exchangeRates"].update(EUR="1.080"),
        lambda document: [each["areas"].reverse() for each in document["applications"]],
    ],
    ids=["amount", "levels", "rate", "areas"],
)
def test_equal_values_that_are_written_otherwise_are_no_difference(change: Callable[[Json], Any]) -> None:
    assert found(shipped_document(), shipped_but(change)) == []


OTHER: dict[str, list[Any]] = {
    "effectiveFrom": ["2027-05-05"],
    "currency": ["NZD"],
    "title": ["Another title"],
    "amount": ["300000.00", "1"],
    "count": [7],
    "levels": [["silver"], ["silver", "gold"]],
    "areas": [[FO, CE], [CE, FO]],
    "part": ["training", "knowledge-check"],
    "url": ["https://example.com/other"],
    "id": ["another-id"],
    "EUR": ["1.081"],
    "warnDaysBefore": [[90, 30], [60, 30, 7], []],
}


@st.composite
def mutations(draw: st.DrawFn) -> Json:
    """The shipped document with one place changed: a value, an item left out, or a list turned round."""
    document = shipped_document()
    places = [(holder, name) for holder, name in _members(document) if name in OTHER or isinstance(holder[name], list)]
    holder, name = draw(st.sampled_from(places))
    if name in OTHER:
        holder[name] = draw(st.sampled_from(OTHER[name]))
    elif len(holder[name]) > 1 and draw(st.booleans()):
        holder[name].reverse()
    else:
        del holder[name][draw(st.integers(0, len(holder[name]) - 1))]
    return document


def _members(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, dict):
        return [(value, name) for name in value] + [pair for each in value.values() for pair in _members(each)]
    return [pair for each in value for pair in _members(each)] if isinstance(value, list) else []


@settings(max_examples=200, deadline=None)
@given(mutations())
def test_no_change_goes_unsaid(document: Json) -> None:
    assert (found(shipped_document(), document) == []) == equal(document, shipped_document())
