"""``./dev losses --by DATE``: who loses its eligibility by a day if no event comes, asked of a running app."""

import sys
from datetime import date

from local.commands.app import App, run
from local.commands.questions import asked, in_words, print_losses
from local.setup.commands import parser_of


def main(arguments: list[str]) -> int:
    options = parser_of("losses").parse_args(arguments)
    return run(lambda: losses(App(options.url), options.by))


def losses(app: App, by: date) -> int:
    day = by.isoformat()
    found = asked(app, {"title": f"Losses by {day}", "to": {"on": day}})
    print_losses(app, found, f"On {in_words(by)}, compared with today")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
