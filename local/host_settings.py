"""Settings of the host: host.json, the documented overrides of it, and local.settings.json.

Arrives: the app's folder and the environment. Leaves: typed settings with the real host's defaults; ``%names%``
resolved from the environment.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from local.azurite import connection_string

OVERRIDE = "azurefunctionsjobhost__"


class AppError(Exception):
    """The app cannot be started as it is; the message says why."""


@dataclass(frozen=True, slots=True)
class HostSettings:
    """What of host.json this host honours; times in seconds."""

    route_prefix: str
    function_timeout: float
    batch_size: int
    new_batch_threshold: int
    max_dequeue_count: int
    visibility_timeout: float
    max_polling_interval: float
    base64: bool
    max_concurrent_calls: int
    auto_complete: bool
    max_lock_renewal: timedelta
    timer_lease: float
    timer_lease_poll: float

    @classmethod
    def read(cls, app: Path, environment: Mapping[str, str]) -> "HostSettings":
        file = app / "host.json"
        document = _lower(json.loads(file.read_text()) if file.exists() else {})
        for name, value in environment.items():
            if name.lower().startswith(OVERRIDE):
                _override(document, name.lower().removeprefix(OVERRIDE).split("__"), value)
        extensions = document.get("extensions", {})
        queues, service_bus = extensions.get("queues", {}), extensions.get("servicebus", {})
        singleton = document.get("singleton", {})
        batch_size = min(int(queues.get("batchsize", 16)), 32)
        return cls(
            route_prefix=extensions.get("http", {}).get("routeprefix", "api").strip("/"),
            function_timeout=_seconds(document.get("functiontimeout", "00:30:00")),
            batch_size=batch_size,
            new_batch_threshold=int(queues.get("newbatchthreshold", batch_size // 2)),
            max_dequeue_count=int(queues.get("maxdequeuecount", 5)),
            visibility_timeout=_seconds(queues.get("visibilitytimeout", "00:00:00")),
            max_polling_interval=_seconds(queues.get("maxpollinginterval", "00:01:00")),
            base64=queues.get("messageencoding", "base64").lower() == "base64",
            max_concurrent_calls=int(service_bus.get("maxconcurrentcalls", 16)),
            auto_complete=str(service_bus.get("autocompletemessages", True)).lower() == "true",
            timer_lease=_seconds(singleton.get("listenerlockperiod", "00:01:00")),
            timer_lease_poll=_seconds(singleton.get("listenerlockrecoverypollinginterval", "00:01:00")),
            max_lock_renewal=timedelta(seconds=_seconds(service_bus.get("maxautolockrenewalduration", "00:05:00"))),
        )


def _lower(value: Any) -> Any:
    """Member names are case-blind in host.json."""
    return {name.lower(): _lower(member) for name, member in value.items()} if isinstance(value, dict) else value


def _override(document: dict[str, Any], path: list[str], value: str) -> None:
    for name in path[:-1]:
        document = document.setdefault(name, {})
    document[path[-1]] = value


def _seconds(text: str) -> float:
    """A .NET time span: ``[days.]hours:minutes:seconds[.fraction]``."""
    found = re.fullmatch(r"(?:(\d+)\.)?(\d+):(\d+):(\d+(?:\.\d+)?)", str(text))
    if not found:
        raise AppError(f"host.json: {text!r} is not a time like 00:00:30")
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def apply_local_settings(app: Path) -> None:
    """As the real tools do: what the environment already has stays."""
    file = app / "local.settings.json"
    if file.exists():
        for name, value in json.loads(file.read_text()).get("Values", {}).items():
            os.environ.setdefault(name, str(value))


def resolve(text: str, function: str) -> str:
    """``%NAME%`` stands for the setting of that name."""

    def setting(found: re.Match[str]) -> str:
        value = os.environ.get(found[1])
        if value is None:
            raise AppError(f"function {function}: there is no setting {found[1]!r} for {text!r}")
        return value

    return re.sub(r"%([^%]+)%", setting, text)


def storage_connection(name: str, function: str) -> str:
    """The connection string of a storage account."""
    value = named_connection(name, function)
    return connection_string() if value.strip().rstrip(";") == "UseDevelopmentStorage=true" else value


def named_connection(name: str, function: str) -> str:
    """The connection string a binding's ``connection`` names."""
    for key in (name, f"AzureWebJobs{name}"):
        if value := os.environ.get(key):
            return value
    raise AppError(f"function {function}: there is no setting {name!r} with a connection string")
