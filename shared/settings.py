"""The settings, read from the environment; nothing else reads it. ``docs/settings.md`` says what each means."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

STORAGE = "EligibilityStorage"
AZURE_MONITOR = "PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY"
OPENTELEMETRY = "PYTHON_ENABLE_OPENTELEMETRY"


class SettingError(Exception):
    """A setting is missing or wrong; the message names it and what would be right."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the data is, by connection string or by service addresses and a managed identity; whether to measure."""

    connection_string: str | None
    table_service: str | None
    queue_service: str | None
    client_id: str | None
    clock_offset: timedelta
    telemetry: bool = False


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings; raises SettingError."""
    connection = environment.get(STORAGE)
    table_service = environment.get(f"{STORAGE}__tableServiceUri")
    queue_service = environment.get(f"{STORAGE}__queueServiceUri")
    if not connection and not (table_service and queue_service):
        addresses = f"{STORAGE}__tableServiceUri and {STORAGE}__queueServiceUri"
        raise SettingError(f"set {STORAGE} to a connection string, or {addresses} to the services' addresses")
    offset = environment.get("CLOCK_OFFSET_SECONDS", "0")
    try:
        clock_offset = timedelta(seconds=int(offset))
    except (ValueError, OverflowError) as fault:
        raise SettingError(f"CLOCK_OFFSET_SECONDS is {offset!r}; set it to whole seconds, or leave it out") from fault
    client_id = environment.get(f"{STORAGE}__clientId") or None
    telemetry = _is_true(environment.get(AZURE_MONITOR)) or _is_true(environment.get(OPENTELEMETRY))
    return Settings(connection, table_service, queue_service, client_id, clock_offset, telemetry)


def _is_true(text: str | None) -> bool:
    """As the worker library reads these two, which acts on them as well."""
    return (text or "").strip().lower() in ("1", "true", "t", "yes", "y")
