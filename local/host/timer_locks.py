"""Locks that let a timer run on one instance of an app alone: leases on blobs of the host's storage, as in Azure."""

import asyncio
import hashlib
import logging
import os
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

from local.host.settings import AppError, HostSettings, storage_connection
from local.host.storage_calls import StorageCallError, StorageCalls

SETTING: Final = "AzureWebJobsStorage"
CONTAINER: Final = "azure-webjobs-hosts"
HOST_ID: Final = "azurefunctionswebhost__hostid"
HELD: Final = ("LeaseAlreadyPresent", "LeaseIdMismatchWithLeaseOperation", "LeaseIdMissing")
MISSING: Final = ("ContainerNotFound", "BlobNotFound")
log = logging.getLogger("host.timer")


class TimerLock(Protocol):
    poll: float
    """Seconds between two tries to get it."""

    async def acquire(self) -> bool: ...

    async def keep(self) -> None:
        """Returns when it is lost."""

    async def release(self) -> None: ...


class NoLock:
    """For an app whose host has no storage: it is its only instance."""

    poll = 60.0

    async def acquire(self) -> bool:
        return True

    async def keep(self) -> None:
        await asyncio.Event().wait()

    async def release(self) -> None: ...


class BlobLock:
    """A lease of ``period`` seconds (15 to 60, the service says)."""

    def __init__(self, calls: StorageCalls, host_id: str, name: str, period: float, poll: float) -> None:
        self._calls, self._name, self._period, self.poll = calls, name, round(period), poll
        self._blob = f"/{CONTAINER}/locks/{host_id}/{name}.Listener"
        self._id = str(uuid.uuid4())

    async def acquire(self) -> bool:
        try:
            try:
                await self._lease("acquire")
            except StorageCallError as error:
                if error.error_code not in MISSING:
                    raise
                await self._make()
                await self._lease("acquire")
        except StorageCallError as error:
            if error.error_code not in HELD:
                log.warning("%s: cannot find out whether another host runs it: %s", self._name, error)
            return False
        return True

    async def keep(self) -> None:
        try:
            while True:
                await asyncio.sleep(self._period / 3)
                await self._lease("renew")
        except StorageCallError as error:
            log.warning("%s: its lease cannot be renewed: %s", self._name, error)

    async def release(self) -> None:
        try:
            async with asyncio.timeout(1):
                await self._lease("release")
        except (StorageCallError, TimeoutError):
            log.info("%s: its lease ends by itself within %d s", self._name, self._period)

    async def _lease(self, action: str) -> None:
        headers = {"x-ms-lease-action": action}
        if action == "acquire":
            headers |= {"x-ms-lease-duration": str(self._period), "x-ms-proposed-lease-id": self._id}
        else:
            headers |= {"x-ms-lease-id": self._id}
        await self._calls.call("PUT", self._blob, {"comp": "lease"}, headers)

    async def _make(self) -> None:
        """Another host may have made both meanwhile."""
        await self._put(f"/{CONTAINER}", {"restype": "container"}, {})
        await self._put(self._blob, {}, {"x-ms-blob-type": "BlockBlob"})

    async def _put(self, path: str, query: dict[str, str], headers: dict[str, str]) -> None:
        try:
            await self._calls.call("PUT", path, query, headers)
        except StorageCallError as error:
            if error.error_code not in ("ContainerAlreadyExists", *HELD):
                raise


class TimerLocks:
    """Those of one app: leases where ``AzureWebJobsStorage`` names an account, else none."""

    def __init__(self, app: Path, settings: HostSettings) -> None:
        self._host_id, self._settings = host_id(app), settings
        self._calls: StorageCalls | None = None

    def of(self, function: str) -> TimerLock:
        """Raises AppError."""
        if not os.environ.get(SETTING):
            return NoLock()
        settings = self._settings
        if self._calls is None:
            try:
                self._calls = StorageCalls(storage_connection(SETTING, function), "blob")
            except ValueError as error:
                raise AppError(f"function {function}: {SETTING!r} holds no storage account's key: {error}") from None
        return BlobLock(self._calls, self._host_id, function, settings.timer_lease, settings.timer_lease_poll)

    async def close(self) -> None:
        if self._calls:
            await self._calls.close()


def host_id(app: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Instances of one app have one: the setting ``AzureFunctionsWebHost__hostid``, else by the app's folder."""
    named = next((value for name, value in environment.items() if name.lower() == HOST_ID and value), "")
    return named or hashlib.sha256(str(app).encode()).hexdigest()[:32]
