"""``./dev what-if partner P --ends DATE``: who would lose its eligibility, asked of a running app."""

import sys
from collections.abc import Iterator
from datetime import date, timedelta

from local.commands.app import App, CommandError, run
from local.commands.questions import asked, in_words, print_losses
from local.setup.commands import parser_of
from local.setup.exit_code import NO
from shared.domain.decision import JsonObject

_ENDING = ("competencies", "designations")
_ONE_DAY = timedelta(days=1)


def main(arguments: list[str]) -> int:
    options = parser_of("what-if").parse_args(arguments)
    return run(lambda: partner_ends(App(options.url), options.id, options.ends, options.exit_code))


def partner_ends(app: App, partner_id: str, ends: date, exit_code: bool) -> int:
    """Its competencies and designations would hold on that day for the last time."""
    stored = app.get("partners", partner_id)
    ending = {kind: list(_ended(stored[kind], ends)) for kind in _ENDING}
    if not any(ending.values()):
        raise CommandError(f"partner {partner_id} has no competency or designation that holds after {ends}")
    day = (ends + _ONE_DAY).isoformat()
    title = f"{partner_id} no longer qualified after {ends}"
    found = asked(app, {"title": title, "to": {"partners": [{"partnerId": partner_id, **ending}], "on": day}})
    count = sum(map(len, ending.values()))
    what = "the competency or designation" if count == 1 else f"the {count} competencies and designations"
    print_losses(app, found, f"If {what} of {partner_id} ended on {in_words(ends)}")
    return NO if found["counts"]["lost"] and exit_code else 0


def _ended(facts: list[JsonObject], ends: date) -> Iterator[JsonObject]:
    """Those that hold later, as they would be."""
    day = ends.isoformat()
    for fact in facts:
        if (fact.get("validUntil") or "9999-12-31") > day >= fact["validFrom"]:
            yield {**{name: value for name, value in fact.items() if name != "event"}, "validUntil": day}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
