"""The settings, read from the environment; nothing else reads it. ``docs/reference/settings.md`` explains each."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

STORAGE = "EligibilityStorage"
SERVICE_BUS = "ServiceBusConnection"
AZURE_MONITOR = "PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY"
OPENTELEMETRY = "PYTHON_ENABLE_OPENTELEMETRY"
NOTIFICATIONS_SOURCE = "NOTIFICATIONS_SOURCE"
OLDEST_VERSION = "OLDEST_VERSION"
RETENTION_DAYS = "RETENTION_DAYS"
LOG_ONE_OF = "LOG_ONE_OF"
CUSTOMERS_PER_SECOND = "CUSTOMERS_PER_SECOND"
SURVEY_HOURS = "SURVEY_HOURS"
APPROVALS = "APPROVALS"
CLOCK_OFFSET = "CLOCK_OFFSET_SECONDS"

DEFAULT_SOURCE = "/fasttrack-eligibility"
_URI_REFERENCE = re.compile(r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")
"""Its characters (RFC 3986): none a control character or a space; anything else is percent-encoded."""
MAX_SOURCE = 200
DEFAULT_RETENTION = timedelta(days=30)
_RETENTION_DAYS = range(2, 3651)
"""More than the day for which previews count."""
_LOG_ONE_OF = range(1, 1001)
DEFAULT_PACE = 5600
"""Customers a second: at 2.1 calls each they take 60% of the 20,000 calls a second that an account takes."""
_PACE = range(100, 10_000)
DEFAULT_SURVEY = timedelta(hours=24)
_SURVEY_HOURS = range(1, 745)
_APPROVALS = range(10)
RELEASED = ("0.2.0",)
"""The released versions, of which it is known what they read of a rule set (``shared/rules/released.py``)."""

NARROW = ("0.2.0",)
"""Of these, those that read numbers of ten digits at most: beside them revisions and epochs go up by one."""


class SettingError(Exception):
    """A setting is missing or wrong; the message names it and what would be right."""


class Authorisation(StrEnum):
    """What decides whether a caller may: a key the host asks for, or the roles of a caller the platform verified."""

    KEYS = "keys"
    APP_ROLES = "app-roles"


class Access(StrEnum):
    """What callers are asked for: to sign in, a key, or on a developer's machine nothing."""

    APP_ROLES = "app-roles"
    KEYS = "keys"
    LOCAL = "local"


class Transport(StrEnum):
    """What carries messages."""

    STORAGE_QUEUE = "storage-queue"
    SERVICE_BUS = "service-bus"


@dataclass(frozen=True, slots=True)
class Identity:
    """Where the platform gives this process tokens of the app's managed identity, and the secret that it asks for."""

    address: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ServiceBus:
    """The Service Bus namespace, by connection string or by its name and a managed identity."""

    connection_string: str | None
    namespace: str | None
    client_id: str | None


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the data is, by connection string or by service addresses and a managed identity; what carries messages.

    ``service_bus`` is None where no transport needs it; ``telemetry``: whether to make spans and metrics;
    ``notifications_source``: the ``source`` of every notification; ``oldest_version``: the oldest that may run beside
    this one, None for no older one; ``retention``: how long what is done stays; ``log_one_of``: of how many
    records of what went well one is logged; ``pace``: how many customers a second a change of rules hands on at most;
    ``survey_every``: how often everybody is counted; ``approvals``: how many a change of rules needs;
    ``identity``: who gives tokens, if not the SDK is to find out.
    """

    connection_string: str | None
    table_service: str | None
    queue_service: str | None
    client_id: str | None
    clock_offset: timedelta
    events: Transport = Transport.STORAGE_QUEUE
    notifications: Transport = Transport.STORAGE_QUEUE
    service_bus: ServiceBus | None = None
    telemetry: bool = False
    notifications_source: str = DEFAULT_SOURCE
    oldest_version: str | None = None
    retention: timedelta = DEFAULT_RETENTION
    log_one_of: int = 1
    pace: int = DEFAULT_PACE
    survey_every: timedelta = DEFAULT_SURVEY
    approvals: int = 0
    identity: Identity | None = None


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings; raises SettingError. Read at indexing too: where they are wrong no queue has a trigger."""
    connection = environment.get(STORAGE)
    table_service = environment.get(f"{STORAGE}__tableServiceUri")
    queue_service = environment.get(f"{STORAGE}__queueServiceUri")
    if not connection and not (table_service and queue_service):
        addresses = f"{STORAGE}__tableServiceUri and {STORAGE}__queueServiceUri"
        raise SettingError(f"set {STORAGE} to a connection string, or {addresses} to the services' addresses")
    if not connection:
        _refuse_unencrypted({"tableServiceUri": table_service, "queueServiceUri": queue_service})
    events = _transport("EVENTS_TRANSPORT", environment.get("EVENTS_TRANSPORT"))
    notifications = _transport("NOTIFICATIONS_TRANSPORT", environment.get("NOTIFICATIONS_TRANSPORT"))
    days = _whole(RETENTION_DAYS, environment.get(RETENTION_DAYS), "whole days", _RETENTION_DAYS)
    pace = _whole(CUSTOMERS_PER_SECOND, environment.get(CUSTOMERS_PER_SECOND), "a whole number", _PACE)
    hours = _whole(SURVEY_HOURS, environment.get(SURVEY_HOURS), "whole hours", _SURVEY_HOURS)
    approvals = _whole(APPROVALS, environment.get(APPROVALS), "a whole number", _APPROVALS)
    one_of = _whole(LOG_ONE_OF, environment.get(LOG_ONE_OF), "a whole number", _LOG_ONE_OF)
    return Settings(
        connection,
        table_service,
        queue_service,
        environment.get(f"{STORAGE}__clientId") or None,
        _clock_offset(environment),
        events,
        notifications,
        service_bus=_service_bus(environment) if Transport.SERVICE_BUS in (events, notifications) else None,
        telemetry=_is_true(environment.get(AZURE_MONITOR)) or _is_true(environment.get(OPENTELEMETRY)),
        notifications_source=_source(environment.get(NOTIFICATIONS_SOURCE, DEFAULT_SOURCE)),
        oldest_version=_oldest(environment.get(OLDEST_VERSION)),
        retention=timedelta(days=days) if days else DEFAULT_RETENTION,
        log_one_of=one_of or 1,
        pace=pace or DEFAULT_PACE,
        survey_every=timedelta(hours=hours) if hours else DEFAULT_SURVEY,
        approvals=approvals or 0,
        identity=_identity(environment),
    )


def _identity(environment: Mapping[str, str]) -> Identity | None:
    address, secret = environment.get("IDENTITY_ENDPOINT"), environment.get("IDENTITY_HEADER")
    return Identity(address, secret) if address and secret else None


def _whole(name: str, value: str | None, unit: str, legal: range) -> int | None:
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) < 5 and int(value) in legal):
        raise SettingError(f"{name} is {value!r}; set it to {unit} from {legal[0]} to {legal[-1]}, or leave it out")
    return int(value)


def _clock_offset(environment: Mapping[str, str]) -> timedelta:
    offset = environment.get(CLOCK_OFFSET, "0")
    try:
        found = timedelta(seconds=int(offset))
    except (ValueError, OverflowError) as fault:
        raise SettingError(f"{CLOCK_OFFSET} is {offset!r}; set it to whole seconds, or leave it out") from fault
    if found and _is_in_azure(environment):
        raise SettingError(f"{CLOCK_OFFSET} is for development; remove it: in Azure customers are decided as of today")
    return found


def _is_in_azure(environment: Mapping[str, str]) -> bool:
    return bool(environment.get("WEBSITE_SITE_NAME") or environment.get("WEBSITE_INSTANCE_ID"))


def _source(value: str) -> str:
    if len(value) > MAX_SOURCE or not _URI_REFERENCE.fullmatch(value):
        right = f"a URI reference of 1 to {MAX_SOURCE} characters such as /fasttrack-eligibility/test, or leave it out"
        raise SettingError(f"{NOTIFICATIONS_SOURCE} is {value!r}; set it to {right}")
    return value


def _oldest(value: str | None) -> str | None:
    if value and value not in RELEASED:
        right = f"a released version ({', '.join(RELEASED)}), or leave it out if no older one runs beside this one"
        raise SettingError(f"{OLDEST_VERSION} is {value!r}; set it to {right}")
    return value or None


def _refuse_unencrypted(addresses: Mapping[str, str | None]) -> None:
    for name, address in addresses.items():
        if not str(address).lower().startswith("https://"):
            raise SettingError(f"{STORAGE}__{name} is no address that begins with https://: a token goes there")


def _transport(name: str, value: str | None) -> Transport:
    try:
        return Transport.STORAGE_QUEUE if value is None else Transport(value)
    except ValueError as fault:
        raise SettingError(f"{name} is {value!r}; set it to {' or '.join(Transport)}, or leave it out") from fault


def _service_bus(environment: Mapping[str, str]) -> ServiceBus:
    connection = environment.get(SERVICE_BUS)
    namespace = environment.get(f"{SERVICE_BUS}__fullyQualifiedNamespace")
    if not connection and not namespace:
        named = f"{SERVICE_BUS}__fullyQualifiedNamespace to the namespace's name"
        raise SettingError(f"set {SERVICE_BUS} to a connection string, or {named}: a transport is service-bus")
    if connection and not _is_of_a_namespace(connection):
        right = "a connection string of a Service Bus namespace with its key and without EntityPath"
        raise SettingError(f"{SERVICE_BUS} is not {right}")
    return ServiceBus(connection, namespace, environment.get(f"{SERVICE_BUS}__clientId") or None)


def _is_of_a_namespace(connection: str) -> bool:
    pairs = (part.partition("=") for part in connection.split(";"))
    parts = {name.strip().lower(): value.strip() for name, _, value in pairs}
    keyed = (parts.get("sharedaccesskeyname") and parts.get("sharedaccesskey")) or parts.get("sharedaccesssignature")
    return bool(parts.get("endpoint") and keyed) and "entitypath" not in parts


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


def access(environment: Mapping[str, str] = os.environ) -> Access:
    """What callers are asked for; raises SettingError. Elsewhere than in Azure no host asks for keys."""
    if read_authorisation(environment) is Authorisation.APP_ROLES:
        return Access.APP_ROLES
    return Access.KEYS if _is_in_azure(environment) else Access.LOCAL


def host_asks_for_keys(environment: Mapping[str, str] = os.environ) -> bool:
    """Read at indexing; unless app roles are wanted, also where the setting is at fault."""
    return environment.get("AUTHORISATION") != Authorisation.APP_ROLES.value


def _is_true(text: str | None) -> bool:
    """As the worker library reads these two, which acts on them as well."""
    return (text or "").strip().lower() in ("1", "true", "t", "yes", "y")
