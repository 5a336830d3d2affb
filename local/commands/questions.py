"""Ask a running app a question about everybody, wait until it is answered, and print whom it concerns."""

import heapq
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from local.commands.app import App, CommandError
from local.commands.plain import plain
from local.commands.rule_change import until
from shared.domain.decision import JsonObject
from shared.rules.words import separated

_LINES = 15
"""Of the list of customers, so that all fits a screen."""
_WIDTH = 68
"""Of its last column."""
_LONGEST_NAME = 30
_PAGE = 1000
_TALLIED = 5


def asked(app: App, question: JsonObject) -> JsonObject:
    """The finished answer."""
    started = app.post("previews", value=question)
    found = until(lambda: app.get("previews", started["id"]), lambda each: each["state"] == "finished", _looked_at)
    if found["outOfDate"]:
        reason = f"the rules changed after {found['done']} customers"
        raise CommandError(f"out of date: {reason}; run the command again")
    return found


def _looked_at(found: JsonObject) -> str:
    return f"{found['done']:,} of {found['of'] or 'all'} customers looked at"


def print_losses(app: App, found: JsonObject, headline: str) -> None:
    """Who loses, those that spend most first, and why."""
    lost, gained = found["counts"]["lost"], found["counts"]["gained"]
    lines = [f"{headline}: {lost:,} of {found['done']:,} customers lose their eligibility, {gained:,} gain it."]
    if lost:
        lines += losers(app, ("previews", found["id"]), found)
        lines += ["", *_tallied("By criterion", found["byCriterion"]), *_tallied("By partner", found["byPartner"])]
    print("\n".join(map(plain, lines)))


def losers(app: App, place: tuple[str, ...], found: JsonObject) -> list[str]:
    """What they spend, and as many of them as fit a screen, those that spend most first, with the reasons whole."""
    stake = found["spendAtStake"]
    lines = [f"Spend at stake: {stake['currency']} {separated(stake['amount'])} a year."]
    rows: list[tuple[str, str, str]] = []
    shown = 0
    for each in heapq.nlargest(_LINES, _customers(app, place, "lost"), key=lambda each: Decimal(each["spend"])):
        first, *others = textwrap.wrap(each["because"], _WIDTH) or [""]
        if len(rows) + 1 + len(others) > _LINES:
            break
        rows += [(named(each), money(each["spend"]), first), *(("", "", f"  {more}") for more in others)]
        shown += 1
    lines += ["", *table(("CUSTOMER", "SPEND", "BECAUSE"), rows, right=(1,))]
    left = found["counts"]["lost"] - shown
    return [*lines, *([f"... and {left:,} more that spend less"] if left else [])]


def _customers(app: App, place: tuple[str, ...], change: str) -> Iterator[JsonObject]:
    after = None
    while True:
        page = app.get(*place, "customers", change=change, limit=_PAGE, after=after)
        yield from page["items"]
        if (after := page["next"]) is None:
            return


def _tallied(title: str, tallies: Mapping[str, Mapping[str, int]]) -> list[str]:
    lost = {name: each["lost"] for name, each in tallies.items() if each["lost"]}
    if not lost:
        return []
    most = heapq.nlargest(_TALLIED, lost.items(), key=lambda each: each[1])
    more = f", and {len(lost) - len(most):,} more" if len(lost) > len(most) else ""
    return [f"{title}: {', '.join(f'{name} {count:,}' for name, count in most)}{more}"]


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Lines of columns; those numbered ``right`` end at one edge."""
    every = [headings, *rows]
    widths = [max(len(row[column]) for row in every) for column in range(len(headings))]

    def line(row: Sequence[str]) -> str:
        cells = zip(row, widths, strict=True)
        return "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width) for column, (cell, width) in enumerate(cells)
        ).rstrip()

    return [line(row) for row in every]


def named(each: JsonObject) -> str:
    """A customer's id and, where it has one, its name, cut to what a column has room for."""
    name = each.get("name")
    if not name:
        return str(each["customerId"])
    return f"{each['customerId']} {name if len(name) <= _LONGEST_NAME else f'{name[: _LONGEST_NAME - 3]}...'}"


def money(amount: str) -> str:
    return f"{Decimal(amount):,.2f}"


def in_words(day: date) -> str:
    """Such as 31 March 2027."""
    return f"{day.day} {day:%B %Y}"
