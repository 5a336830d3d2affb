"""``./dev reindex``: write the population index again from the customers, whether the app runs or not."""

import sys

from local.commands.account import Account, with_account
from local.commands.backup.meter import Meter
from local.commands.repairing.reindex import reindex
from local.setup.commands import parser_of

_ROLES = "the role Storage Table Data Contributor"


def main(arguments: list[str]) -> int:
    parser_of("reindex").parse_args(arguments)
    return with_account(_reindex, _ROLES)


async def _reindex(account: Account) -> int:
    changed = 0
    with Meter("looked at") as meter:
        async for some in reindex(account.ports):
            changed += some.changed
            meter.add(some.looked_at)
    print(f"{changed} rows of the population index were wrong and are written" if changed else "nothing was wrong")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
