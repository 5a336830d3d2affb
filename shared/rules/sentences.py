"""Reads a rule-set document as sentences, each with the place of what it says in the document."""

from collections.abc import Iterator
from typing import NamedTuple

from shared.rules.criteria.base import Criterion
from shared.rules.document import WARN_DAYS_BEFORE, RuleSetDocument
from shared.rules.words import day, listed, words


class Sentence(NamedTuple):
    """``level``: how many sentences it is below; ``criterion`` and ``title``: of the one that it is, else empty."""

    path: str
    level: int
    text: str
    criterion: str = ""
    title: str = ""


def sentences(document: RuleSetDocument) -> list[Sentence]:
    """Terms first, then the criteria as a tree, then what customers get."""
    return [*_terms(document), *_criteria(document), *_offers(document)]


def _terms(document: RuleSetDocument) -> Iterator[Sentence]:
    value, currency = document.value, document.terms.currency
    yield Sentence("$.effectiveFrom", 0, f"In force from {day(document.effective_from)}.")
    yield Sentence("$.currency", 0, f"Amounts are in {currency}.")
    rates = [f"1 {code} is {currency} {rate}" for code, rate in sorted(value["exchangeRates"].items())]
    said = f"Other currencies are converted: {listed(rates, 'and')}." if rates else "No other currency is converted."
    yield Sentence("$.exchangeRates", 0, said)
    warned = listed([str(each) for each in document.warn_days_before], "and") if document.warn_days_before else ""
    days = f"Customers are warned {warned} days before a loss." if warned else "Nobody is warned of a loss."
    yield Sentence(f"$.{WARN_DAYS_BEFORE}", 0, days)
    yield Sentence("$.applications", 0, f"{len(value['applications'])} applications are eligible:")
    for index, each in enumerate(value["applications"]):
        areas = listed([words(area) for area in each["areas"]], "and")
        yield Sentence(f"$.applications[{index}]", 1, f"{each['title']}: {areas}.")


def _criteria(document: RuleSetDocument) -> Iterator[Sentence]:
    yield from _criterion(document.criteria, "$.criteria", 0, document.terms.currency)


def _criterion(criterion: Criterion, path: str, level: int, currency: str) -> Iterator[Sentence]:
    text = criterion.sentence(currency) + (":" if criterion.parts else ".")
    yield Sentence(path, level, text, criterion.id, criterion.title)
    for index, each in enumerate(criterion.parts):
        below = f"{path}.criterion" if criterion.below == "criterion" else f"{path}.criteria[{index}]"
        yield from _criterion(each, below, level + 1, currency)


def _offers(document: RuleSetDocument) -> Iterator[Sentence]:
    for name, begins, none in (
        ("benefits", "Eligible customers get", "Eligible customers get nothing of their own."),
        ("selfGuidedResources", "Everybody else is pointed to", "Nobody else is pointed to anything."),
    ):
        titles = [each["title"] for each in document.value[name]]
        yield Sentence(f"$.{name}", 0, f"{begins}: {listed(titles, 'and')}." if titles else none)
