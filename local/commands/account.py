"""The storage account that the settings name, for commands that read or write it without the app.

By a connection string, or by the services' addresses as the user who is signed in at the Azure CLI.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from local.commands.app import CommandError, run
from shared.azure_rest.connection_string import parse_connection_string
from shared.azure_rest.sdk_tokens import SCOPE
from shared.errors import PassingError
from shared.messaging.sender import Sender
from shared.ports import Ports, utc_now
from shared.settings import STORAGE, SettingError, Settings, read_settings
from shared.storage.store import Store
from shared.storage_account import storage_account
from shared.storage_clock import ClockOffError, StorageClock

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

_CLI_SECONDS = 30


@dataclass(frozen=True)
class Account:
    """``ports`` over its tables and queues; ``credential`` is None with a connection string."""

    settings: Settings
    credential: "AsyncTokenCredential | None"
    ports: Ports

    @property
    def address(self) -> str:
        """Of its tables: it names the account, without its key."""
        connection = self.settings.connection_string
        return parse_connection_string(connection).table_address if connection else str(self.settings.table_service)


type Work = Callable[[Account], Awaitable[int]]


def with_account(work: Work, roles: str) -> int:
    """The status of ``work``; a refusal names the ``roles`` that are needed."""
    return run(lambda: asyncio.run(_signed_in(work, roles)))


async def _signed_in(work: Work, roles: str) -> int:
    settings = _settings()
    if settings.connection_string:
        return await _opened(work, roles, settings, None)
    from azure.identity.aio import AzureCliCredential

    async with AzureCliCredential(process_timeout=_CLI_SECONDS) as credential:
        await _sign_in(credential)
        return await _opened(work, roles, settings, credential)


def _settings() -> Settings:
    try:
        return read_settings()
    except SettingError as fault:
        raise CommandError(str(fault)) from fault


async def _sign_in(credential: "AsyncTokenCredential") -> None:
    """Before anything is read: the storage's faults do not say why there was no token."""
    from azure.core.exceptions import ClientAuthenticationError

    try:
        await credential.get_token(SCOPE)
    except ClientAuthenticationError as fault:
        right = f"sign in with az login, or set {STORAGE} to a connection string"
        raise CommandError(f"the Azure CLI gives no token ({str(fault).splitlines()[0]}): {right}") from fault


async def _opened(work: Work, roles: str, settings: Settings, credential: "AsyncTokenCredential | None") -> int:
    try:
        clock = StorageClock()
        store, sender = storage_account(settings, credential, clock)
    except SettingError as fault:
        raise CommandError(str(fault)) from fault
    try:
        return await work(Account(settings, credential, _ports(settings, store, sender, clock)))
    except ClockOffError as fault:
        raise CommandError(f"stopped, {fault}; set it right and run it again") from fault
    except PassingError as fault:
        raise CommandError(_stopped(fault, roles)) from fault
    finally:
        await store.close()
        await sender.close()


def _ports(settings: Settings, store: Store, sender: Sender, storage_clock: StorageClock) -> Ports:
    def clock() -> datetime:
        return utc_now() + settings.clock_offset

    return Ports(
        store,
        sender,
        clock,
        source=settings.notifications_source,
        oldest_version=settings.oldest_version,
        storage_clock=storage_clock,
    )


def _stopped(fault: PassingError, roles: str) -> str:
    if str(fault).endswith(" 403"):
        return f"stopped, the storage refuses ({fault}); who asks needs {roles} on the account"
    return f"stopped, the storage does not answer ({fault}); run it again"
