"""Whether a customer is eligible, why, and what would help: ``./dev check-customer ID``.

Arrives: a customer's id and perhaps a date. Leaves: the explanation, asked of a running app; status 0 if it answers.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import date

from local.commands.app import App, add_url, run
from local.commands.explained import MARKS, PLAIN_MARKS, explained
from local.commands.plain import plain
from local.setup.arguments import day


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./dev check-customer")
    parser.add_argument("id", type=_id, metavar="ID", help="the customer's id, such as C-1001")
    parser.add_argument("--on", type=day, metavar="YYYY-MM-DD", help="as of this date (today)")
    said = "propose this partner too, if it qualifies for a project; may be repeated"
    parser.add_argument("--partner", action="append", default=[], metavar="ID", help=said)
    add_url(parser)
    options = parser.parse_args(arguments)
    return run(lambda: check_customer(App(options.url), options.id, options.on, options.partner))


def _id(text: str) -> str:
    """The app says what else is no identifier; of these three it would not hear."""
    if text in ("", ".", ".."):
        raise argparse.ArgumentTypeError(f"invalid customer id {text!r}: give one such as C-1001")
    return text


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
