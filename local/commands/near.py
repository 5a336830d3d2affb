"""``./dev near``: who lacks nothing but spend, those that lack least first, asked of a running app."""

import sys

from local.commands.app import App, run
from local.commands.plain import plain
from local.commands.questions import money, named, table
from local.setup.commands import parser_of
from shared.domain.decision import JsonObject


def main(arguments: list[str]) -> int:
    options = parser_of("near").parse_args(arguments)
    return run(lambda: near(App(options.url), options.limit))


def near(app: App, limit: int) -> int:
    page = app.get("near", limit=limit)
    print("\n".join(map(plain, _lines(page, limit))))
    return 0


def _lines(page: JsonObject, limit: int) -> list[str]:
    if page["countedAt"] is None:
        return ["nobody has been counted yet: a running app begins within some minutes of its first customer"]
    items = page["items"]
    counted = f"as counted {str(page['countedAt'])[:16].replace('T', ' ')} UTC"
    if not items:
        return [f"No customer lacks nothing but spend, {counted}."]
    rows = [(named(each), money(each["missing"]), money(each["spend"]), money(each["required"])) for each in items]
    more = ["", f"... and more: --limit lists up to 1000, here {limit}"] if page["next"] else []
    heading = f"Customers that lack nothing but spend, in {page['currency']}, {counted}:"
    return [heading, "", *table(("CUSTOMER", "MISSING", "SPEND", "REQUIRED"), rows, right=(1, 2, 3)), *more]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
