"""Importing the app is part of every cold start: it does nothing and loads no SDK of Azure beyond its own."""

from typing import Any

import pytest

from tests.functions.children import ROOT, SETTINGS, told_by

READER = ROOT / "shared" / "settings.py"
HEAVY = (
    *("azure.servicebus", "azure.storage.queue", "azure.data.tables", "azure.identity", "azure.core", "aiohttp"),
    *("opentelemetry", "azure.monitor"),
    *("pydantic", "pydantic_core"),  # a third of what our modules cost; questions and schemas load it, no event does
)


@pytest.fixture(scope="module", params=["storage-queue", "service-bus"])
def told(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = told_by("tell_import", **SETTINGS, EVENTS_TRANSPORT=request.param)
    return found


@pytest.fixture(scope="module")
def handled() -> list[str]:
    found: list[str] = told_by("tell_handled")
    return found


def test_it_opens_no_socket_and_starts_no_process_or_thread(told: dict[str, Any]) -> None:
    assert (told["calls"], told["threads"]) == ([], [])


def test_it_writes_no_file_and_reads_none_of_ours_but_modules(told: dict[str, Any]) -> None:
    assert told["files"] == []


def test_it_reads_the_settings_in_one_place_for_what_the_host_has_to_be_told(told: dict[str, Any]) -> None:
    """Which triggers there are and whether the host asks for keys stand in the functions' metadata."""
    read = {each.partition(":")[0] for each in told["environment"]}
    assert {each.partition(" by ")[2] for each in read} == {str(READER)}
    assert {f"{name} by {READER}" for name in ("AUTHORISATION", "EVENTS_TRANSPORT")} <= read


@pytest.mark.parametrize("name", HEAVY)
def test_it_does_not_load(told: dict[str, Any], name: str) -> None:
    assert [each for each in told["modules"] if each == name or each.startswith(f"{name}.")] == []


@pytest.mark.parametrize("name", ["pydantic", "shared.api.what_if", "shared.workflow.population"])
def test_nor_does_handling_an_event_load_what_only_questions_need(handled: list[str], name: str) -> None:
    assert [each for each in handled if each == name or each.startswith(f"{name}.")] == []


def test_it_does_load_the_app(told: dict[str, Any]) -> None:
    """Otherwise the rest would show nothing."""
    assert {"function_app", "functions.receive_event", "shared.wiring", "azure.functions"} <= set(told["modules"])


@pytest.mark.parametrize(
    ("settings", "loads"),
    [
        ({}, False),
        ({"EVENTS_TRANSPORT": "service-bus"}, True),
        ({"NOTIFICATIONS_TRANSPORT": "service-bus"}, True),
    ],
    ids=["neither", "events", "notifications"],
)
def test_the_sdk_of_service_bus_is_loaded_only_where_a_transport_needs_it(
    settings: dict[str, str], loads: bool
) -> None:
    modules = told_by("tell_wired", **SETTINGS, **settings)
    assert ("azure.servicebus" in modules) is loads
    assert "shared.messaging.storage_queue" in modules, "something is wired"
