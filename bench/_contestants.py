"""Those whose CPU is compared, and how the comparison is shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench._figures import ratio, spread
from shared.domain.customer import Customer

BASE, PLAIN = "decide (this project)", "hard-coded Python"

type Projects = list[str]


@dataclass
class Contestant:
    """``judge`` reads the eligible projects from what ``decide`` gave, outside the clock; None if it has no outcome.

    ``prepare`` is outside the clock too; ``many``: ``decide`` takes all that are prepared at once.
    """

    title: str
    decide: Callable[[Any], Any]
    judge: Callable[[Any], Projects] | None
    prepare: Callable[[Sequence[Customer]], Any] = lambda customers: customers
    share: float = 1.0
    many: bool = False
    microseconds: list[float] = field(default_factory=list)
    decided: int = 0
    disagreed: int = 0


def results(contestants: Sequence[Contestant]) -> list[dict[str, Any]]:
    base, plain = (next(each for each in contestants if each.title == title) for title in (BASE, PLAIN))
    return [
        {
            "title": each.title,
            "customers": each.decided,
            "disagreements": each.disagreed if each.judge else None,
            "microseconds": spread(each.microseconds),
            "timesDecide": ratio(each.microseconds, base.microseconds),
            "timesHardCoded": ratio(each.microseconds, plain.microseconds),
        }
        for each in contestants
    ]


def show(rows: Sequence[dict[str, Any]]) -> None:
    print(f"{'CPU of one core, median (quartiles)':44}{'us per decision':>24}{'x decide':>10}{'x plain':>9}  agree on")
    for row in sorted(rows, key=lambda each: float(each["microseconds"]["median"])):
        spent = row["microseconds"]
        text = f"{spent['median']:.2f} ({spent['lowerQuartile']:.2f}-{spent['upperQuartile']:.2f})"
        ratios = f"{row['timesDecide']['median']:>10.2f}{row['timesHardCoded']['median']:>9.2f}"
        wrong = row["disagreements"]
        agree = "" if wrong is None else f"{row['customers'] - wrong} of {row['customers']}"
        print(f"{row['title']:44}{text:>24}{ratios}  {agree}")
