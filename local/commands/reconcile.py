"""Reconciliation from the command line: ``./dev reconcile``.

Arrives: the app's storage in the environment, as the app is told of it: a connection string, or the services'
addresses, which it reads as whoever is signed in at the Azure CLI. Leaves: a line per difference between what is stored
and what the facts say; status 1 if there is any. Nothing is written.
"""

import argparse
import asyncio
import sys
from datetime import datetime
from typing import TYPE_CHECKING

from local.commands.app import CommandError, run
from shared.azure_rest.bearer_token import SCOPE
from shared.errors import PassingError
from shared.messaging.memory import MemorySender
from shared.ports import Ports, utc_now
from shared.settings import STORAGE, SettingError, Settings, read_settings
from shared.storage_account import storage_account
from shared.workflow.reconcile import differences

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

_CLI_SECONDS = 30
_ROLE = "Storage Table Data Reader"


def main(arguments: list[str]) -> int:
    argparse.ArgumentParser(prog="./dev reconcile", description=__doc__).parse_args(arguments)
    return run(lambda: asyncio.run(_reconcile()))


async def _reconcile() -> int:
    settings = _settings()
    if settings.connection_string:
        return await _told(settings, None)
    from azure.identity.aio import AzureCliCredential

    async with AzureCliCredential(process_timeout=_CLI_SECONDS) as credential:
        await _sign_in(credential)
        return await _told(settings, credential)


def _settings() -> Settings:
    try:
        return read_settings()
    except SettingError as fault:
        raise CommandError(str(fault)) from fault


async def _sign_in(credential: "AsyncTokenCredential") -> None:
    """Before anything is read, for the storage's faults do not tell why there was no token."""
    from azure.core.exceptions import ClientAuthenticationError

    try:
        await credential.get_token(SCOPE)
    except ClientAuthenticationError as fault:
        right = f"sign in with az login, or set {STORAGE} to a connection string"
        raise CommandError(f"the Azure CLI gives no token ({str(fault).splitlines()[0]}): {right}") from fault


async def _told(settings: Settings, credential: "AsyncTokenCredential | None") -> int:
    try:
        store, _ = storage_account(settings, credential)
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
        raise CommandError(_stopped(fault)) from fault
    finally:
        await store.close()
    print(f"{found} differences" if found else "no differences")
    return 1 if found else 0


def _stopped(fault: PassingError) -> str:
    if str(fault).endswith(" 403"):
        return f"stopped, the storage refuses ({fault}); who asks needs the role {_ROLE} on the account"
    return f"stopped, the storage does not answer ({fault}); run it again"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
