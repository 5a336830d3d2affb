"""The settings, read from the environment; nothing else reads it. ``docs/settings.md`` says what each means."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

STORAGE = "EligibilityStorage"


class SettingError(Exception):
    """A setting is missing or wrong; the message names it and what would be right."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the data is, by connection string or by service addresses and a managed identity."""

    connection_string: str | None
    table_service: str | None
    queue_service: str | None
    client_id: str | None
    clock_offset: timedelta


class Authorisation(StrEnum):
    """What decides whether a caller may: a key the host asks for, or the roles of a caller the platform verified."""

    KEYS = "keys"
    APP_ROLES = "app-roles"


def read_authorisation(environment: Mapping[str, str] = os.environ) -> Authorisation:
    """How callers are authorised; raises SettingError, also for app roles where the platform verifies nobody.

    Without App Service authentication anybody can send the header that names the caller.
    """
    named = environment.get("AUTHORISATION", "keys")
    try:
        found = Authorisation(named)
    except ValueError as fault:
        raise SettingError(f"AUTHORISATION is {named!r}; set it to keys or app-roles, or leave it out") from fault
    if found is Authorisation.APP_ROLES and environment.get("WEBSITE_AUTH_ENABLED", "").lower() != "true":
        right = "turn App Service authentication on, or set AUTHORISATION to keys"
        raise SettingError(f"AUTHORISATION is app-roles, but WEBSITE_AUTH_ENABLED is not True: {right}")
    return found


def host_asks_for_keys(environment: Mapping[str, str] = os.environ) -> bool:
    """Read at indexing; unless app roles are wanted, also where the setting is at fault."""
    return environment.get("AUTHORISATION") != Authorisation.APP_ROLES


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
    return Settings(connection, table_service, queue_service, client_id, clock_offset)
