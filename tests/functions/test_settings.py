"""The settings: what is read, what is said when one is missing or wrong, and that sample and documentation name all."""

import ast
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from azure.core.credentials_async import AsyncTokenCredential
from azure.data.tables.aio import TableServiceClient
from azure.storage.queue.aio import QueueServiceClient
from azure_functions_runtime.utils.app_setting_manager import is_envvar_true

from shared import settings, storage_account
from shared.settings import DEFAULT_PACE, SettingError, Settings, Transport, read_settings
from shared.wiring import build
from tests.functions.children import ROOT

CONNECTION = {"EligibilityStorage": "UseDevelopmentStorage=true"}
IDENTITY = {
    "EligibilityStorage__tableServiceUri": "https://account.table.core.windows.net",
    "EligibilityStorage__queueServiceUri": "https://account.queue.core.windows.net",
}
SERVICE_BUS = {
    "ServiceBusConnection": "Endpoint=sb://name.servicebus.windows.net/;SharedAccessKeyName=app;SharedAccessKey=c2VjcmV0"
}
SERVICE_BUS_IDENTITY = {"ServiceBusConnection__fullyQualifiedNamespace": "name.servicebus.windows.net"}
TRANSPORTS = ["EVENTS_TRANSPORT", "NOTIFICATIONS_TRANSPORT"]
READ_BY_THE_HOST = {"FUNCTIONS_WORKER_RUNTIME", "AzureWebJobsStorage"}
SET_BY_THE_PLATFORM = {
    *("WEBSITE_AUTH_ENABLED", "WEBSITE_SITE_NAME", "WEBSITE_INSTANCE_ID"),
    *("IDENTITY_ENDPOINT", "IDENTITY_HEADER"),
}


def test_a_connection_string_alone_is_enough() -> None:
    found = read_settings(CONNECTION)
    assert (found.connection_string, found.clock_offset) == ("UseDevelopmentStorage=true", timedelta(0))


@pytest.mark.parametrize("client", [None, "1b2c"], ids=["the app's own identity", "a named identity"])
def test_the_addresses_of_both_services_are_enough_with_or_without_a_named_identity(client: str | None) -> None:
    found = read_settings(IDENTITY | ({"EligibilityStorage__clientId": client} if client else {}))
    assert (found.table_service, found.queue_service) == tuple(IDENTITY.values())
    assert (found.connection_string, found.client_id) == (None, client)


@pytest.mark.parametrize(
    "given", [{}, {"EligibilityStorage": ""}, *({name: value} for name, value in IDENTITY.items())]
)
def test_missing_storage_is_told_by_the_settings_that_would_name_it(given: dict[str, str]) -> None:
    with pytest.raises(SettingError) as told:
        read_settings(given)
    assert all(name in str(told.value) for name in (*CONNECTION, *IDENTITY))


@pytest.mark.parametrize("name", IDENTITY)
def test_an_address_to_which_a_token_would_go_unencrypted_is_told_by_name(name: str) -> None:
    given = IDENTITY | {name: IDENTITY[name].replace("https:", "http:")}
    with pytest.raises(SettingError) as told:
        read_settings(given)
    assert str(told.value) == f"{name} is no address that begins with https://: a token goes there"


@pytest.mark.parametrize(
    ("seconds", "offset"), [("0", timedelta(0)), ("86400", timedelta(days=1)), ("-86400", timedelta(days=-1))]
)
def test_the_clock_is_set_off_by_whole_seconds(seconds: str, offset: timedelta) -> None:
    assert read_settings({**CONNECTION, "CLOCK_OFFSET_SECONDS": seconds}).clock_offset == offset


@pytest.mark.parametrize("seconds", ["", "1.5", "tomorrow", "9" * 30])
def test_a_clock_offset_that_is_not_whole_seconds_is_told_by_name_with_its_value(seconds: str) -> None:
    with pytest.raises(SettingError) as told:
        read_settings({**CONNECTION, "CLOCK_OFFSET_SECONDS": seconds})
    assert "CLOCK_OFFSET_SECONDS" in str(told.value)
    assert repr(seconds) in str(told.value)


@pytest.mark.parametrize("name", ["WEBSITE_SITE_NAME", "WEBSITE_INSTANCE_ID"])
def test_a_clock_offset_is_refused_in_azure_by_name(name: str) -> None:
    assert not read_settings({**CONNECTION, name: "app", "CLOCK_OFFSET_SECONDS": "0"}).clock_offset
    with pytest.raises(SettingError, match="CLOCK_OFFSET_SECONDS is for development; remove it"):
        read_settings({**CONNECTION, name: "app", "CLOCK_OFFSET_SECONDS": "86400"})


def test_storage_queues_carry_everything_unless_told_otherwise() -> None:
    found = read_settings(CONNECTION | SERVICE_BUS)
    assert (found.events, found.notifications) == (Transport.STORAGE_QUEUE, Transport.STORAGE_QUEUE)
    assert found.service_bus is None


@pytest.mark.parametrize("name", TRANSPORTS)
def test_each_transport_is_chosen_for_itself(name: str) -> None:
    found = read_settings({**CONNECTION, **SERVICE_BUS, name: "service-bus"})
    assert {"EVENTS_TRANSPORT": found.events, "NOTIFICATIONS_TRANSPORT": found.notifications} == {
        each: Transport.SERVICE_BUS if each == name else Transport.STORAGE_QUEUE for each in TRANSPORTS
    }


@pytest.mark.parametrize("value", ["", "servicebus", "Service-Bus", "queue"])
@pytest.mark.parametrize("name", TRANSPORTS)
def test_a_transport_there_is_not_is_told_by_name_with_its_value_and_what_would_be_right(name: str, value: str) -> None:
    with pytest.raises(SettingError) as told:
        read_settings({**CONNECTION, **SERVICE_BUS, name: value})
    assert str(told.value) == f"{name} is {value!r}; set it to storage-queue or service-bus, or leave it out"


@pytest.mark.parametrize("given", [{}, {"ServiceBusConnection": ""}])
@pytest.mark.parametrize("name", TRANSPORTS)
def test_a_missing_namespace_is_told_by_the_settings_that_would_name_it(name: str, given: dict[str, str]) -> None:
    with pytest.raises(SettingError) as told:
        read_settings({**CONNECTION, **given, name: "service-bus"})
    assert all(each in str(told.value) for each in (*SERVICE_BUS, *SERVICE_BUS_IDENTITY))


@pytest.mark.parametrize("client", [None, "1b2c"], ids=["the app's own identity", "a named identity"])
def test_the_namespaces_name_is_enough_with_or_without_a_named_identity(client: str | None) -> None:
    named = SERVICE_BUS_IDENTITY | ({"ServiceBusConnection__clientId": client} if client else {})
    found = read_settings({**CONNECTION, **named, "EVENTS_TRANSPORT": "service-bus"}).service_bus
    assert found is not None
    assert (found.connection_string, found.namespace) == (None, "name.servicebus.windows.net")
    assert found.client_id == client


@pytest.mark.parametrize("name", TRANSPORTS)
@pytest.mark.parametrize("form", [SERVICE_BUS, SERVICE_BUS_IDENTITY], ids=["connection string", "identity"])
async def test_the_app_can_be_wired_with_service_bus_and_looks_after_both_transports(
    form: dict[str, str], name: str
) -> None:
    ports = build(read_settings({**CONNECTION, **form, name: "service-bus"}))
    assert list(ports.checks) == ["queues", "service-bus"]


@pytest.mark.parametrize(
    "wrong",
    [
        "name.servicebus.windows.net",
        "Endpoint=sb://name.servicebus.windows.net/",
        "Endpoint=sb://name.servicebus.windows.net/;SharedAccessKeyName=app",
        f"{SERVICE_BUS['ServiceBusConnection']};EntityPath=another-queue",
        f"{SERVICE_BUS['ServiceBusConnection']};EntityPath=eligibility-events",
    ],
    ids=["no connection string", "no key's name", "no key", "of another queue", "of one of the two"],
)
def test_a_connection_string_that_is_none_of_a_whole_namespace_is_told_by_name_without_its_text(wrong: str) -> None:
    transports = dict.fromkeys(TRANSPORTS, "service-bus")
    with pytest.raises(SettingError, match="ServiceBusConnection is not a connection string") as told:
        read_settings({**CONNECTION, **transports, "ServiceBusConnection": wrong})
    assert "c2VjcmV0" not in str(told.value)


@pytest.mark.parametrize("name", ["PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY", "PYTHON_ENABLE_OPENTELEMETRY"])
@pytest.mark.parametrize(
    ("value", "on"), [("true", True), (" True ", True), ("1", True), ("false", False), ("", False), ("on", False)]
)
def test_telemetry_is_on_where_the_worker_library_reads_either_of_its_switches_as_true(
    name: str, value: str, on: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    assert read_settings({**CONNECTION, name: value}).telemetry is is_envvar_true(name) is on


@pytest.mark.parametrize(
    "source", ["/fasttrack-eligibility/test", "urn:fasttrack:eu", "https://example.com/a?b=%20", "x" * 200]
)
async def test_the_notifications_may_have_a_source_of_their_own(source: str) -> None:
    found = read_settings({**CONNECTION, "NOTIFICATIONS_SOURCE": source})
    assert build(found).source == found.notifications_source == source
    assert read_settings(CONNECTION).notifications_source == "/fasttrack-eligibility"


@pytest.mark.parametrize("source", ["", "x" * 201, "/with space", "/line\nbreak", "/zone%", "/ümlaut"])
def test_a_source_that_is_no_uri_reference_is_named_with_what_would_be_right(source: str) -> None:
    with pytest.raises(SettingError) as raised:
        read_settings({**CONNECTION, "NOTIFICATIONS_SOURCE": source})
    right = "a URI reference of 1 to 200 characters such as /fasttrack-eligibility/test, or leave it out"
    assert str(raised.value) == f"NOTIFICATIONS_SOURCE is {source!r}; set it to {right}"


async def test_the_oldest_version_that_may_run_is_a_released_one_or_none() -> None:
    assert build(read_settings({**CONNECTION, "OLDEST_VERSION": "0.2.0"})).oldest_version == "0.2.0"
    assert read_settings({**CONNECTION, "OLDEST_VERSION": ""}).oldest_version is None
    assert read_settings(CONNECTION).oldest_version is None
    with pytest.raises(SettingError) as raised:
        read_settings({**CONNECTION, "OLDEST_VERSION": "0.1"})
    right = "a released version (0.2.0), or leave it out if no older one runs beside this one"
    assert str(raised.value) == f"OLDEST_VERSION is '0.1'; set it to {right}"


async def test_what_is_done_stays_for_30_days_or_as_the_setting_says() -> None:
    assert read_settings(CONNECTION).retention == timedelta(days=30)
    assert read_settings({**CONNECTION, "RETENTION_DAYS": ""}).retention == timedelta(days=30)
    assert build(read_settings({**CONNECTION, "RETENTION_DAYS": "2"})).retention == timedelta(days=2)
    for wrong in ("1", "3651", "-5", "a week", "2.5", "²"):
        with pytest.raises(SettingError) as raised:
            read_settings({**CONNECTION, "RETENTION_DAYS": wrong})
        right = "whole days from 2 to 3650, or leave it out"
        assert str(raised.value) == f"RETENTION_DAYS is {wrong!r}; set it to {right}"


async def test_service_bus_is_asked_with_the_identity_of_its_own_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []
    make = storage_account.identity_credential

    def noted(settings: Settings, client_id: str | None) -> AsyncTokenCredential:
        asked.append(client_id)
        return make(settings, client_id)

    monkeypatch.setattr(storage_account, "identity_credential", noted)
    given = {"IDENTITY_ENDPOINT": "http://127.0.0.1:1/token", "IDENTITY_HEADER": "secret"}
    of_each = {"EligibilityStorage__clientId": "of-storage", "ServiceBusConnection__clientId": "of-service-bus"}
    transport = {"NOTIFICATIONS_TRANSPORT": "service-bus"}
    build(read_settings({**IDENTITY, **SERVICE_BUS_IDENTITY, **of_each, **transport, **given}))
    assert asked == ["of-service-bus"]


async def test_all_that_went_well_is_logged_or_one_of_as_many_as_the_setting_says() -> None:
    assert read_settings(CONNECTION).log_one_of == read_settings({**CONNECTION, "LOG_ONE_OF": ""}).log_one_of == 1
    assert build(read_settings({**CONNECTION, "LOG_ONE_OF": "1000"})).log_one_of == 1000
    for wrong in ("0", "1001", "-5", "half", "0.5", "²"):
        with pytest.raises(SettingError) as raised:
            read_settings({**CONNECTION, "LOG_ONE_OF": wrong})
        assert str(raised.value) == f"LOG_ONE_OF is {wrong!r}; set it to a whole number from 1 to 1000, or leave it out"


def test_the_pace_of_a_change_of_rules_is_a_setting() -> None:
    assert read_settings(CONNECTION).pace == DEFAULT_PACE
    assert build(read_settings({**CONNECTION, "CUSTOMERS_PER_SECOND": "100"})).pace == 100
    for wrong in ("0", "99", "10000", "-5", "fast"):
        with pytest.raises(SettingError, match="set it to a whole number from 100 to 9999"):
            read_settings({**CONNECTION, "CUSTOMERS_PER_SECOND": wrong})


def test_a_change_of_rules_needs_no_approval_unless_a_number_from_0_to_9_is_set() -> None:
    assert read_settings(CONNECTION).approvals == read_settings({**CONNECTION, "APPROVALS": ""}).approvals == 0
    assert build(read_settings({**CONNECTION, "APPROVALS": "0"})).approvals == 0
    assert build(read_settings({**CONNECTION, "APPROVALS": "9"})).approvals == 9
    for wrong in ("10", "-1", "two", "1.0", "٢", " 1"):
        with pytest.raises(SettingError) as raised:
            read_settings({**CONNECTION, "APPROVALS": wrong})
        assert str(raised.value) == f"APPROVALS is {wrong!r}; set it to a whole number from 0 to 9, or leave it out"


def test_telemetry_is_off_unless_asked_for() -> None:
    assert not read_settings(CONNECTION).telemetry


@pytest.mark.parametrize("form", [CONNECTION, IDENTITY], ids=["connection string", "identity"])
async def test_the_app_can_be_wired_by_either_form_and_its_clock_is_set_off(form: dict[str, str]) -> None:
    ports = build(read_settings({**form, "CLOCK_OFFSET_SECONDS": "86400"}))
    ahead = ports.now() - datetime.now(UTC)
    assert timedelta(hours=23, minutes=59) < ahead <= timedelta(days=1)


@pytest.mark.parametrize("client", [TableServiceClient, QueueServiceClient])
def test_the_sdks_take_the_samples_connection_string_for_azurite(client: Any) -> None:
    made = client.from_connection_string(sample()["EligibilityStorage"])
    assert made.url.startswith("http://127.0.0.1:1000")


def test_the_sample_holds_just_the_settings_the_app_and_the_host_read() -> None:
    assert sample().keys() == READ_BY_THE_HOST | read_by_the_app() - SET_BY_THE_PLATFORM


def test_the_sample_works_as_it_is() -> None:
    found = read_settings(sample())
    assert (found.connection_string, found.clock_offset) == ("UseDevelopmentStorage=true", timedelta(0))
    assert sample()["FUNCTIONS_WORKER_RUNTIME"] == "python"


def test_the_documentation_describes_just_the_settings_of_the_sample_and_the_platforms() -> None:
    rows = re.findall(r"^\| `(\w+)` \|(.*)\|$", (ROOT / "docs" / "reference" / "settings.md").read_text(), re.MULTILINE)
    assert {name for name, _ in rows} == sample().keys() | SET_BY_THE_PLATFORM
    assert all(cell.strip() for _, cells in rows for cell in cells.split("|"))


def test_settings_are_read_in_one_place() -> None:
    """``os.environ`` and its like stand in no other module that is deployed."""
    deployed = [ROOT / "function_app.py", *(ROOT / "functions").rglob("*.py"), *(ROOT / "shared").rglob("*.py")]
    readers = [path.relative_to(ROOT) for path in deployed if set(_names(path)) & {"environ", "environb", "getenv"}]
    assert readers == [Path("shared/settings.py")]


def sample() -> dict[str, str]:
    document = json.loads((ROOT / "local.settings.sample.json").read_text())
    assert document["IsEncrypted"] is False
    assert document.keys() == {"IsEncrypted", "Values"}
    values: dict[str, str] = document["Values"]
    assert all(isinstance(value, str) for value in values.values())
    return values


def read_by_the_app() -> set[str]:
    """The names looked up in ``environment`` by the source of ``shared.settings``."""
    return {_value(node) for node in _looked_up(ast.parse(Path(settings.__file__).read_text()))}


def _looked_up(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="environment"), attr="get"), args=[name, *_]):
                yield name
            case ast.Subscript(value=ast.Name(id="environment"), slice=name):
                yield name


def _value(expression: ast.expr) -> str:
    return str(eval(compile(ast.Expression(expression), "settings", "eval"), vars(settings)))


def _names(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Attribute(attr=name) | ast.Name(id=name) | ast.alias(name=name):
                yield name
