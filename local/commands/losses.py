"""``./dev losses --by DATE``: who loses its eligibility by a day if no event comes, asked of a running app."""

import sys
from collections.abc import Sequence
from datetime import date

from local.commands.app import App, run
from local.commands.questions import asked, in_words, print_losses
from local.setup.commands import parser_of
from local.setup.exit_code import NO


def main(arguments: list[str]) -> int:
    options = parser_of("losses").parse_args(arguments)
    return run(lambda: losses(App(options.url), options.by, options.partner, options.exit_code))


def losses(app: App, by: date, partners: Sequence[str], exit_code: bool) -> int:
    day = by.isoformat()
    only = {"only": {"partnerIds": [*dict.fromkeys(partners)]}} if partners else {}
    found = asked(app, {"title": f"Losses by {day}", "to": {"on": day}, **only})
    print_losses(app, found, f"On {in_words(by)}, compared with today")
    return NO if found["counts"]["lost"] and exit_code else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
