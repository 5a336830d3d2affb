"""``./dev check-customer ID``: whether a customer is eligible, why, and what would help, asked of a running app."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date

from local.commands.app import App, run
from local.commands.explained import MARKS, PLAIN_MARKS, explained
from local.commands.plain import plain
from local.setup.commands import parser_of
from local.setup.exit_code import NO, UNDECIDED
from shared.domain.decision import JsonObject


def main(arguments: list[str]) -> int:
    options = parser_of("check-customer").parse_args(arguments)
    return run(lambda: check_customer(App(options.url), options))


def check_customer(app: App, options: argparse.Namespace) -> int:
    decision = _decision(app, options.id, options.on, options.partner)
    marks = MARKS if _shown("".join(MARKS.values())) else PLAIN_MARKS
    lines = explained(decision, marks, _name(app, options.id))
    print("\n".join(map(plain, lines)))
    if not options.exit_code or decision["status"] == "eligible":
        return 0
    return UNDECIDED if decision["criteria"]["verdict"] == "unknown" else NO


def _decision(app: App, customer_id: str, on: date | None, partners: Sequence[str]) -> JsonObject:
    if partners:
        given = [{"partnerId": each} for each in dict.fromkeys(partners)]
        question = {"customerId": customer_id, "on": on and on.isoformat(), "partners": given}
        found: JsonObject = app.post("check", value=question)
    else:
        found = app.get("customers", customer_id, "eligibility", on=on)
    return found


def _name(app: App, customer_id: str) -> str:
    """What people call it, if anybody has told."""
    found = app.get("search", q=customer_id)["items"]
    names = (each["name"] for each in found if (each["kind"], each["id"]) == ("customer", customer_id))
    return next(names, None) or ""


def _shown(marks: str) -> bool:
    """Whether the terminal can."""
    try:
        marks.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
