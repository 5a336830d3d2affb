"""annual-spend-at-least: which licences count, for how much, and what is not known."""

from decimal import Context, Decimal, Inexact, localcontext

import pytest

from shared.domain.decision import Status, Verdict
from shared.rules.criteria.spend import readable

from .given import Json, criterion, customer, licence, outcome, reasons, rule_set

RATES = {"EUR": "1.08", "XAF": "0.00000001", "XAU": "999999.99999999"}
LONGEST = "999999999999999.99"


def spend(amount: str) -> Json:
    return criterion("annual-spend-at-least", "annual-spend", amount=amount)


def judged(amount: str, *licences: Json) -> tuple[str, str, str]:
    rules, facts = rule_set(spend(amount), exchangeRates=RATES), customer(licences=list(licences))
    node = reasons(rules, facts)
    actual = node.to_json()["actual"]
    assert (outcome(rules, facts).status is Status.ELIGIBLE) == (node.verdict is Verdict.MET)
    without = sorted({each["currency"] for each in node.not_counted if each["reason"] == "no-exchange-rate"})
    return node.verdict, actual["amount"], ", ".join(without)


CASES: list[tuple[str, str, list[Json], tuple[str, str, str]]] = [
    ("exactly the amount is enough", "300000", [licence()], ("met", "300000.00", "")),
    ("a cent less is not", "300000", [licence(annualAmount="299999.99")], ("unmet", "299999.99", "")),
    ("a cent more is", "300000", [licence(annualAmount="300000.01")], ("met", "300000.01", "")),
    ("no licence is no spend", "300000", [], ("unmet", "0.00", "")),
    ("no spend meets an amount of nothing", "0", [], ("met", "0.00", "")),
    (
        "licences of several applications add up",
        "300000",
        [licence(annualAmount="150000"), licence(application="sales", annualAmount="150000.00")],
        ("met", "300000.00", ""),
    ),
    (
        "tenths add up without error",
        "0.30",
        [licence(annualAmount="0.1"), licence(annualAmount="0.10"), licence(annualAmount="0.1")],
        ("met", "0.30", ""),
    ),
    ("an unlisted application does not count", "1", [licence(application="business-central")], ("unmet", "0.00", "")),
    ("a renewal does not count", "1", [licence(newDeployment=False)], ("unmet", "0.00", "")),
    ("a licence counts on its last day", "1", [licence(endsOn="2026-03-01")], ("met", "300000.00", "")),
    ("and not on the day after", "1", [licence(endsOn="2026-02-28")], ("unmet", "0.00", "")),
    ("null means no end", "1", [licence(endsOn=None)], ("met", "300000.00", "")),
    ("euros are converted", "108", [licence(currency="EUR", annualAmount="100")], ("met", "108.00", "")),
    (
        "and not rounded: 277,777.77 EUR is 0.0084 USD short",
        "300000",
        [licence(currency="EUR", annualAmount="277777.77")],
        ("unmet", "299999.9916", ""),
    ),
    (
        "277,777.78 EUR is 0.0024 USD over",
        "300000",
        [licence(currency="EUR", annualAmount="277777.78")],
        ("met", "300000.0024", ""),
    ),
    (
        "the smallest part of the largest sum counts",
        LONGEST,
        [licence(annualAmount="999999999999999.98"), licence(annualAmount="0.01")],
        ("met", LONGEST, ""),
    ),
    (
        "a tenth of a billionth of a dollar short is short",
        "1",
        [licence(annualAmount="0.99"), licence(currency="XAF", annualAmount="999999.99")],
        ("unmet", "0.9999999999", ""),
    ),
    (
        "a currency without a rate leaves a shortfall unknown",
        "300000",
        [licence(annualAmount="1"), licence(currency="SEK")],
        ("unknown", "1.00", "SEK"),
    ),
    (
        "unless the rest is enough",
        "300000",
        [licence(), licence(currency="SEK")],
        ("met", "300000.00", "SEK"),
    ),
    (
        "nothing in an unknown currency is nothing",
        "1",
        [licence(currency="SEK", annualAmount="0.00")],
        ("unmet", "0.00", ""),
    ),
    (
        "an unknown currency on an unlisted application is passed over",
        "1",
        [licence(currency="SEK", application="business-central")],
        ("unmet", "0.00", ""),
    ),
    ("so it is on a renewal", "1", [licence(currency="SEK", newDeployment=False)], ("unmet", "0.00", "")),
    ("and on a licence that has ended", "1", [licence(currency="SEK", endsOn="2026-02-28")], ("unmet", "0.00", "")),
]


@pytest.mark.parametrize(("sentence", "amount", "licences", "expected"), CASES, ids=[case[0] for case in CASES])
def test_annual_spend(sentence: str, amount: str, licences: list[Json], expected: tuple[str, str, str]) -> None:
    assert judged(amount, *licences) == expected


def test_thousands_of_the_longest_amounts_are_summed_exactly() -> None:
    """20,000 licences of the largest amount, half at the longest rate, come to what integers say, in any context."""
    licences = [licence(currency=each, annualAmount=LONGEST) for each in ("XAU", "USD")] * 10_000
    parts = 99_999_999_999_999_999 * (99_999_999_999_999 + 100_000_000) * 10_000
    with localcontext(Context(prec=4, traps=[Inexact])):
        verdict, total, _ = judged(LONGEST, *licences)
    assert verdict == Verdict.MET
    assert int(Decimal(total).scaleb(10, Context(prec=80))) == parts


@pytest.mark.parametrize(
    ("amount", "text"),
    [("0", "0.00"), ("5.1", "5.10"), ("1.23456000", "1.23456"), ("1E+3", "1000.00"), ("0.0000000001", "0.0000000001")],
)
def test_an_amount_is_shown_exactly_with_at_least_two_decimals(amount: str, text: str) -> None:
    assert readable(Decimal(amount)) == text


def test_what_was_required_is_shown_as_the_document_says_it() -> None:
    assert reasons(rule_set(spend("300000")), customer()).required == {"amount": "300000", "currency": "USD"}


NOT_COUNTED: list[tuple[str, Json, Json | None]] = [
    ("a licence that counts is not named", licence(), None),
    ("a renewal", licence(newDeployment=False), {"reason": "renewal"}),
    (
        "an application that the rules do not list",
        licence(application="business-central"),
        {"reason": "unlisted-application", "application": "business-central"},
    ),
    ("one that has ended", licence(endsOn="2026-02-28"), {"reason": "ended", "endsOn": "2026-02-28"}),
    ("one counts on its last day", licence(endsOn="2026-03-01"), None),
    (
        "a currency without an exchange rate",
        licence(currency="SEK"),
        {"reason": "no-exchange-rate", "currency": "SEK"},
    ),
    ("a currency with one counts", licence(currency="EUR"), None),
    ("nothing in such a currency counts as nothing", licence(currency="SEK", annualAmount="0.00"), None),
    (
        "of several reasons the first is said: a renewal",
        licence(newDeployment=False, application="x", endsOn="2026-02-28", currency="SEK"),
        {"reason": "renewal"},
    ),
    (
        "then the application",
        licence(application="x", endsOn="2026-02-28", currency="SEK"),
        {"reason": "unlisted-application", "application": "x"},
    ),
    ("then the end", licence(endsOn="2026-02-28", currency="SEK"), {"reason": "ended", "endsOn": "2026-02-28"}),
]


@pytest.mark.parametrize(("sentence", "given", "expected"), NOT_COUNTED, ids=[case[0] for case in NOT_COUNTED])
def test_what_does_not_count_is_said_with_the_reason(sentence: str, given: Json, expected: Json | None) -> None:
    node = reasons(rule_set(spend("300000"), exchangeRates=RATES), customer(licences=[given])).to_json()
    assert node.get("notCounted") == (expected and [{"licenceId": "L-1", **expected}])
    assert "notCountedOmitted" not in node


def test_of_many_that_do_not_count_those_that_come_closest_are_named_and_the_rest_counted() -> None:
    renewals = [licence(licenceId=f"L-{number}", newDeployment=False) for number in range(21)]
    node = reasons(rule_set(spend("300000")), customer(licences=[*renewals, licence(currency="SEK")])).to_json()
    assert node["notCounted"][0] == {"licenceId": "L-1", "reason": "no-exchange-rate", "currency": "SEK"}
    assert len(node["notCounted"]) == 20
    assert node["notCountedOmitted"] == 2
