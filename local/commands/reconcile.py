"""``./dev reconcile``: print the differences between what is stored and what the facts say. Writes nothing."""

import sys
from functools import partial

from local.commands.account import Account, with_account
from local.commands.repairing.reconcile import differences
from local.setup.commands import parser_of
from local.setup.exit_code import NO

_ROLES = "the role Storage Table Data Reader"


def main(arguments: list[str]) -> int:
    differs = NO if parser_of("reconcile").parse_args(arguments).exit_code else 1
    return with_account(partial(_reconcile, differs=differs), _ROLES)


async def _reconcile(account: Account, differs: int) -> int:
    found = 0
    async for difference in differences(account.ports):
        print(difference, flush=True)
        found += 1
    print(f"{found} differences" if found else "no differences")
    return differs if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
