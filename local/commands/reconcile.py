"""Reconciliation from the command line: ``./dev reconcile``.

Arrives: the connection string of the app's storage in the environment. Leaves: a line per difference between what is
stored and what the facts say; status 1 if there is any. Nothing is written.
"""

import argparse
import asyncio
import sys
from datetime import datetime

from local.commands.app import CommandError, run
from shared.errors import PassingError
from shared.messaging.memory import MemorySender
from shared.ports import Ports, utc_now
from shared.settings import STORAGE, SettingError, Settings, read_settings
from shared.storage_account import storage_account
from shared.workflow.reconcile import differences


def main(arguments: list[str]) -> int:
    argparse.ArgumentParser(prog="./dev reconcile", description=__doc__).parse_args(arguments)
    return run(lambda: asyncio.run(_reconcile()))


async def _reconcile() -> int:
    settings = _settings()
    try:
        store, _ = storage_account(settings)
    except SettingError as fault:
        raise CommandError(str(fault)) from fault

    def clock() -> datetime:
        return utc_now() + settings.clock_offset

    found = 0
    try:
        async for difference in differences(Ports(store, MemorySender(), clock)):
            print(difference, flush=True)
            found += 1
    except PassingError as fault:
        raise CommandError(f"stopped, the storage does not answer ({fault}); run it again") from fault
    finally:
        await store.close()
    print(f"{found} differences" if found else "no differences")
    return 1 if found else 0


def _settings() -> Settings:
    try:
        settings = read_settings()
    except SettingError as fault:
        raise CommandError(str(fault)) from fault
    if not settings.connection_string:
        raise CommandError(f"set {STORAGE} to the connection string of the app's storage account")
    return settings


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
