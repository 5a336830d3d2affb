"""Repair from the command line: ``./dev repair``.

Computes again what ``./dev reconcile`` finds, whether the app runs or not. With ``--dry-run`` it only says what it
would do.
"""

import argparse
import sys

from local.commands.account import Account, with_account
from local.commands.backup.meter import Meter
from local.commands.plain import plain
from shared.workflow.reconcile import look_at_all
from shared.workflow.repair import remedy, repair

_LOOKS = "the role Storage Table Data Reader"
_WRITES = "the role Storage Table Data Contributor"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./dev repair", description=__doc__)
    parser.add_argument("--dry-run", action="store_true", help="say what would be repaired, and change nothing")
    if parser.parse_args(arguments).dry_run:
        return with_account(_dry_run, _LOOKS)
    return with_account(_repair, _WRITES)


async def _dry_run(account: Account) -> int:
    """Status 1 if anything would be repaired, as reconcile has it."""
    differing = 0
    with Meter("looked at") as meter:
        async for looked in look_at_all(account.ports):
            for found in looked.found:
                differing += 1
                _print(found.lines(), f"to repair it, {remedy(found)}")
            meter.add(looked.owners)
    print(f"{differing} to repair; nothing was changed" if differing else "nothing to repair")
    return 1 if differing else 0


async def _repair(account: Account) -> int:
    """Status 1 if the last pass still found something."""
    repaired = left = number = 0
    with Meter("looked at") as meter:
        async for passed in repair(account.ports):
            if passed.number > number:
                number, left = passed.number, 0
            repaired += sum(not each.failed for each in passed.repaired)
            left += len(passed.repaired)
            for each in passed.repaired:
                _print(each.found.lines(), f"not repaired: {each.failed}" if each.failed else "repaired")
            meter.add(passed.owners)
    print(f"{repaired} repaired" if repaired else "nothing repaired" if left else "nothing to repair")
    if left:
        print(f"{left} were still found by the last of {number} passes: see above, and run it again")
    elif repaired:
        print("the app's timers send what has to be notified, within minutes, or when it is started")
    return 1 if left else 0


def _print(lines: list[str], end: str) -> None:
    for line in (*lines, f"  {end}"):
        print(plain(line), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
