"""Ask a running app a question about everybody, wait until it is answered, and print whom it concerns."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from local.commands.app import App, CommandError
from local.commands.plain import plain
from local.commands.rule_change import until
from shared.domain.decision import JsonObject
from shared.rules.words import separated

NAMED = 15
"""Customers listed, so that all fits a screen."""
_PAGE = 1000
_LONGEST = 58
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
    lost, stake = found["counts"]["lost"], found["spendAtStake"]
    lines = [f"{headline}: {lost:,} of {found['done']:,} customers lose their eligibility, {_gained(found)}."]
    if lost:
        lines += [f"Spend at stake: {stake['currency']} {separated(stake['amount'])} a year."]
        most = heapq.nlargest(NAMED, _customers(app, found["id"], "lost"), key=lambda each: Decimal(each["spend"]))
        rows = [(each["customerId"], money(each["spend"]), _cut(each["because"])) for each in most]
        lines += ["", *table(("CUSTOMER", "SPEND", "BECAUSE"), rows, right=(1,))]
        lines += [f"... and {lost - len(rows):,} more that spend less"] if lost > len(rows) else []
        lines += [*_tallied("By criterion", found["byCriterion"]), *_tallied("By partner", found["byPartner"])]
    print("\n".join(map(plain, lines)))


def _gained(found: JsonObject) -> str:
    return f"{found['counts']['gained']:,} gain it"


def _customers(app: App, preview_id: str, change: str) -> Iterator[JsonObject]:
    after = None
    while True:
        page = app.get("previews", preview_id, "customers", change=change, limit=_PAGE, after=after)
        yield from page["items"]
        if (after := page["next"]) is None:
            return


def _tallied(title: str, tallies: Mapping[str, Mapping[str, int]]) -> list[str]:
    lost = {name: each["lost"] for name, each in tallies.items() if each["lost"]}
    if not lost:
        return []
    most = heapq.nlargest(_TALLIED, lost.items(), key=lambda each: each[1])
    more = f", and {len(lost) - len(most):,} more" if len(lost) > len(most) else ""
    return ["", f"{title}: {', '.join(f'{name} {count:,}' for name, count in most)}{more}"]


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


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


def money(amount: str) -> str:
    return f"{Decimal(amount):,.2f}"


def in_words(day: date) -> str:
    """Such as 31 March 2027."""
    return f"{day.day} {day:%B %Y}"
