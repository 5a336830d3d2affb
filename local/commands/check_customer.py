"""``./dev check-customer ID``: whether a customer is eligible, why, and what would help, asked of a running app."""

import sys
from collections.abc import Sequence
from datetime import date

from local.commands.app import App, run
from local.commands.explained import MARKS, PLAIN_MARKS, explained
from local.commands.plain import plain
from local.setup.commands import parser_of


def main(arguments: list[str]) -> int:
    options = parser_of("check-customer").parse_args(arguments)
    return run(lambda: check_customer(App(options.url), options.id, options.on, options.partner))


def check_customer(app: App, customer_id: str, on: date | None, partners: Sequence[str]) -> int:
    if partners:
        given = [{"partnerId": each} for each in dict.fromkeys(partners)]
        question = {"customerId": customer_id, "on": on and on.isoformat(), "partners": given}
        decision = app.post("check", value=question)
    else:
        decision = app.get("customers", customer_id, "eligibility", on=on)
    lines = explained(decision, MARKS if _shown("".join(MARKS.values())) else PLAIN_MARKS)
    print("\n".join(map(plain, lines)))
    return 0


def _shown(marks: str) -> bool:
    """Whether the terminal can."""
    try:
        marks.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
