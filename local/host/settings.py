"""Settings of the host: host.json, the documented overrides of it, and local.settings.json.

What is missing has the real host's defaults; ``%names%`` are resolved from the environment.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from local.host.development_storage import connection_string
from local.host.settings_files import AppError, line_of, read_settings_file

__all__ = ["AppError", "HostSettings", "apply_local_settings", "named_connection", "resolve", "storage_connection"]
OVERRIDE = "azurefunctionsjobhost__"


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
        document = _lower(read_settings_file(file))
        for name, value in environment.items():
            if name.lower().startswith(OVERRIDE):
                _override(document, name.lower().removeprefix(OVERRIDE).split("__"), value)
        host, http = _Section(file, document), _Section(file, document, "extensions", "http")
        singleton = _Section(file, document, "singleton")
        queues, service_bus = (_Section(file, document, "extensions", name) for name in ("queues", "serviceBus"))
        batch_size = min(queues.whole("batchSize", 16), 32)
        return cls(
            route_prefix=http.text("routePrefix", "api").strip("/"),
            function_timeout=host.seconds("functionTimeout", "00:30:00"),
            batch_size=batch_size,
            new_batch_threshold=queues.whole("newBatchThreshold", batch_size // 2),
            max_dequeue_count=queues.whole("maxDequeueCount", 5),
            visibility_timeout=queues.seconds("visibilityTimeout", "00:00:00"),
            max_polling_interval=queues.seconds("maxPollingInterval", "00:01:00"),
            base64=queues.text("messageEncoding", "base64").lower() == "base64",
            max_concurrent_calls=service_bus.whole("maxConcurrentCalls", 16),
            auto_complete=service_bus.text("autoCompleteMessages", "true").lower() == "true",
            max_lock_renewal=timedelta(seconds=service_bus.seconds("maxAutoLockRenewalDuration", "00:05:00")),
            timer_lease=singleton.seconds("listenerLockPeriod", "00:01:00"),
            timer_lease_poll=singleton.seconds("listenerLockRecoveryPollingInterval", "00:01:00"),
        )


def _lower(value: Any) -> Any:
    """Member names are case-blind in host.json."""
    return {name.lower(): _lower(member) for name, member in value.items()} if isinstance(value, dict) else value


def _override(document: dict[str, Any], path: list[str], value: str) -> None:
    for name in path[:-1]:
        inner = document.setdefault(name, {})
        if not isinstance(inner, dict):
            return  # the file's own fault is found when that section is read
        document = inner
    document[path[-1]] = value


class _Section:
    """An object of host.json whose members are read by what they are to be."""

    def __init__(self, file: Path, document: dict[str, Any], *path: str) -> None:
        self._file, self._path = file, ""
        self._members: dict[str, Any] = document
        for name in path:
            inner = self._members.get(name.lower(), {})
            if not isinstance(inner, dict):
                raise self._fault(name, inner, "an object")
            self._members, self._path = inner, f"{self._path}{name}."

    def whole(self, name: str, default: int) -> int:
        value = self._members.get(name.lower(), default)
        if isinstance(value, bool) or not re.fullmatch(r"\d{1,9}", str(value)):
            raise self._fault(name, value, "a whole number")
        return int(value)

    def seconds(self, name: str, default: str) -> float:
        """A .NET time span: ``[days.]hours:minutes:seconds[.fraction]``."""
        value = self._members.get(name.lower(), default)
        found = re.fullmatch(r"(?:(\d+)\.)?(\d+):(\d+):(\d+(?:\.\d+)?)", str(value))
        if not found:
            raise self._fault(name, value, "a time like 00:00:30")
        days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
        return ((days * 24 + hours) * 60 + minutes) * 60 + seconds

    def text(self, name: str, default: str) -> str:
        value = self._members.get(name.lower(), default)
        if not isinstance(value, str | bool):
            raise self._fault(name, value, "a string")
        return str(value)

    def _fault(self, name: str, value: Any, right: str) -> AppError:
        return AppError(f"{self._file.name}{line_of(self._file, name)}: {self._path}{name} is {value!r}; give {right}")


def apply_local_settings(app: Path) -> None:
    """As the real tools do: what the environment already has stays."""
    file = app / "local.settings.json"
    document = read_settings_file(file)
    if document.get("IsEncrypted") is True:
        raise AppError(f"{file.name}{line_of(file, 'IsEncrypted')}: its values are encrypted; func settings decrypt")
    values = document.get("Values", {})
    if not isinstance(values, dict):
        raise AppError(f"{file.name}{line_of(file, 'Values')}: Values is {values!r}; give an object of settings")
    for name, value in values.items():
        if isinstance(value, dict | list):
            raise AppError(f"{file.name}{line_of(file, name)}: Values.{name} is {value!r}; give a string")
        os.environ.setdefault(name, "" if value is None else str(value))


def resolve(text: str, function: str) -> str:
    """Replace ``%NAME%`` by the setting of that name."""

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
