"""The first lines of ``./dev up``: the portal, other addresses, connection strings, a command that posts an event."""

import shlex
import shutil
from typing import Final

from local.host.development_storage import connection_string
from local.setup.app_commands import DEFAULT_URL

_DEVELOPMENT: Final = "UseDevelopmentEmulator=true"
"""In a connection string without a secret in it."""


def welcome(address: str, storage: str, bus: str) -> str:
    lines = [f"portal {address}/api/portal", f"ready {address}"]
    if _DEVELOPMENT in bus:  # another's has a key that is one
        lines.append(f"Service Bus {bus}")
    lines += [f"storage {storage}", f"try {address}/api/docs", f"post an event: {_post(address, storage, bus)}"]
    return "\n".join(lines)


def _post(address: str, storage: str, bus: str) -> str:
    """Over HTTP; where no curl is installed, onto the queue."""
    if shutil.which("curl") or bus:
        setting = "" if address == DEFAULT_URL else f"ELIGIBILITY_URL={address} "
        return f"{setting}samples/post_event.sh samples/event.json"
    setting = "" if storage == connection_string() else f"EligibilityStorage={shlex.quote(storage)} "
    return f"{setting}.venv/bin/python samples/post_event.py samples/event.json"
