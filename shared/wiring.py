"""The composition root: real stores and queues behind the ports, built on first use inside the running loop, once.

SDKs are imported here when they are needed: importing them is most of a cold start.
"""

import logging
from datetime import datetime

from shared.ports import Ports, utc_now
from shared.settings import Settings, read_settings

_built: Ports | None = None


def ports() -> Ports:
    """The process's ports; raises SettingError."""
    global _built
    if _built is None:
        _built = build(read_settings())
    return _built


def build(settings: Settings) -> Ports:
    """Ports over the storage account that the settings name."""
    from shared.storage_account import storage_account

    logging.getLogger("azure").setLevel(logging.WARNING)
    store, sender = storage_account(settings)

    def clock() -> datetime:
        return utc_now() + settings.clock_offset

    return Ports(store, sender, clock)
