"""The exact functions of the app and what each is bound to, as the host is told by Microsoft's worker library."""

import json
from typing import Any

import pytest

from functions.queues import RETRY_AFTER
from shared.api.route import METHODS
from shared.messaging.sender import Queue
from shared.settings import SERVICE_BUS, STORAGE
from shared.workflow.keep import LAST_ATTEMPT
from tests.api.world import ROUTES
from tests.functions.children import ROOT, SETTINGS, told_by

type Trigger = dict[str, Any]


def queue(name: str) -> Trigger:
    """Binary, so that the host lays no member of the body over the message's own properties."""
    return {
        "type": "queueTrigger",
        "direction": "IN",
        "name": "message",
        "queueName": name,
        "connection": "EligibilityStorage",
        "dataType": "BINARY",
    }


def service_bus(name: str) -> Trigger:
    """One message a call: settled for itself, so that one that fails does not bring others back."""
    return {
        "type": "serviceBusTrigger",
        "direction": "IN",
        "name": "message",
        "queueName": name,
        "connection": "ServiceBusConnection",
        "dataType": "BINARY",
        "cardinality": "ONE",
    }


def timer(schedule: str, **more: object) -> Trigger:
    return {"type": "timerTrigger", "direction": "IN", "name": "timer", "schedule": schedule, **more}


def http(method: str, route: str, auth_level: str = "FUNCTION") -> Trigger:
    return {
        "type": "httpTrigger",
        "direction": "IN",
        "name": "req",
        "methods": ["GET", "HEAD"] if method == "GET" else [method],
        "route": route,
        "authLevel": auth_level,
    }


OF_EVENTS = {
    "storage-queue": {
        "receive_event": queue("eligibility-events"),
        "keep_poison_event": queue("eligibility-events-poison"),
    },
    "service-bus": {
        "receive_event": service_bus("eligibility-events"),
        "keep_dead_letter": service_bus("eligibility-events/$DeadLetterQueue"),
    },
}
OF_RECOMPUTE = {
    "recompute": queue("eligibility-recompute"),
    "keep_poison_recompute": queue("eligibility-recompute-poison"),
}
OF_NO_QUEUE = {
    "create_queues": timer("0 */5 * * * *", runOnStartup=True),
    "sweep_due": timer("0 */5 * * * *"),
    "sweep_outboxes": timer("20 */2 * * * *"),
    "sweep_fan_outs": timer("40 */2 * * * *"),
    "remove_expired": timer("50 17 * * * *"),
    "list_customers": http("GET", "customers"),
    "get_customer": http("GET", "customers/{id}"),
    "get_eligibility": http("GET", "customers/{id}/eligibility"),
    "get_history": http("GET", "customers/{id}/history"),
    "get_recorded": http("GET", "customers/{id}/history/{sequence}"),
    "list_exceptions": http("GET", "exceptions"),
    "list_customer_exceptions": http("GET", "customers/{id}/exceptions"),
    "post_exception": http("POST", "customers/{id}/exceptions"),
    "check": http("POST", "check"),
    "post_events": http("POST", "events"),
    "get_partner": http("GET", "partners/{id}"),
    "list_partner_customers": http("GET", "partners/{id}/customers"),
    "list_rule_sets": http("GET", "rule-sets"),
    "get_rule_set": http("GET", "rule-sets/{version}"),
    "post_rule_set": http("POST", "rule-sets"),
    "check_rule_set": http("POST", "rule-sets/check"),
    "activate_rule_set": http("POST", "rule-sets/{version}/activate"),
    "retire_rule_set": http("POST", "rule-sets/{version}/retire"),
    "approve_rule_set": http("POST", "rule-sets/{version}/approve"),
    "list_changes": http("GET", "log"),
    "post_question": http("POST", "previews"),
    "list_previews": http("GET", "previews"),
    "get_question": http("GET", "previews/{id}"),
    "list_customers_of_preview": http("GET", "previews/{id}/customers"),
    "post_preview": http("POST", "rule-sets/{version}/preview"),
    "get_preview": http("GET", "rule-sets/{version}/previews/{id}"),
    "list_preview_customers": http("GET", "rule-sets/{version}/previews/{id}/customers"),
    "list_upcoming": http("GET", "upcoming"),
    "search": http("GET", "search"),
    "list_partners": http("GET", "partners"),
    "get_statistics": http("GET", "statistics"),
    "list_near": http("GET", "near"),
    "list_counted": http("GET", "statistics/customers"),
    "list_quarantine": http("GET", "quarantine"),
    "list_faults": http("GET", "quarantine/faults"),
    "get_quarantined": http("GET", "quarantine/{id}"),
    "redrive": http("POST", "quarantine/{id}/redrive"),
    "close_quarantined": http("POST", "quarantine/{id}/close"),
    "resubmit_quarantined": http("POST", "quarantine/{id}/resubmit"),
    "close_many": http("POST", "quarantine/close"),
    "redrive_many": http("POST", "quarantine/redrive"),
    "erase_customer": http("DELETE", "customers/{id}"),
    "get_me": http("GET", "me"),
    "health": http("GET", "health", auth_level="ANONYMOUS"),
    "list_schemas": http("GET", "schemas"),
    "get_schema": http("GET", "schemas/{name}"),
    "get_openapi": http("GET", "openapi.json", auth_level="ANONYMOUS"),
    "get_asyncapi": http("GET", "asyncapi.json", auth_level="ANONYMOUS"),
    "get_docs": http("GET", "docs", auth_level="ANONYMOUS"),
    "get_portal": http("GET", "portal/{*path}", auth_level="ANONYMOUS"),
    "unrouted": http("", "{*rest}", auth_level="ANONYMOUS") | {"methods": [*METHODS]},
}
TRIGGERS = OF_NO_QUEUE | OF_RECOMPUTE


@pytest.fixture(scope="module")
def host() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "host.json").read_text())
    return found


@pytest.mark.parametrize("transport", ["storage-queue", "service-bus"])
def test_the_app_has_these_functions_bound_like_this_and_no_others(transport: str) -> None:
    assert told_by("tell_triggers", **SETTINGS, EVENTS_TRANSPORT=transport) == OF_EVENTS[transport] | TRIGGERS


def test_events_come_by_a_storage_queue_unless_told_otherwise() -> None:
    assert told_by("tell_triggers", **SETTINGS) == OF_EVENTS["storage-queue"] | TRIGGERS


@pytest.mark.parametrize(
    "wrong",
    [
        {"EVENTS_TRANSPORT": "servicebus"},
        {"NOTIFICATIONS_TRANSPORT": "servicebus"},
        {"NOTIFICATIONS_TRANSPORT": "service-bus", "ServiceBusConnection": "name.servicebus.windows.net"},
        {"CLOCK_OFFSET_SECONDS": "tomorrow"},
        {"EligibilityStorage": ""},
    ],
)
def test_with_a_wrong_setting_messages_wait_untouched_and_every_other_function_is_there_to_say_so(
    wrong: dict[str, str],
) -> None:
    """A handler could only use up their tries, and those that keep what is given up would fail the same way."""
    assert told_by("tell_triggers", **(SETTINGS | wrong)) == OF_NO_QUEUE


@pytest.mark.parametrize("transport", ["storage-queue", "service-bus"])
def test_every_handler_is_async_and_takes_its_trigger_and_over_http_the_context_alone(transport: str) -> None:
    handlers = told_by("tell_handlers", **SETTINGS, EVENTS_TRANSPORT=transport)
    bound = OF_EVENTS[transport] | TRIGGERS
    assert handlers == {
        name: {"async": True, "parameters": [trigger["name"], *(["context"] if "route" in trigger else [])]}
        for name, trigger in bound.items()
    }


def test_every_queue_the_workflow_handles_has_a_trigger_and_so_has_where_its_lost_messages_go() -> None:
    bound = {name: sorted(each["queueName"] for each in of.values()) for name, of in OF_EVENTS.items()}
    assert bound == {
        "storage-queue": [Queue.EVENTS.value, f"{Queue.EVENTS}-poison"],
        "service-bus": [Queue.EVENTS.value, f"{Queue.EVENTS}/$DeadLetterQueue"],
    }
    always = sorted(trigger["queueName"] for trigger in TRIGGERS.values() if "queueName" in trigger)
    assert always == [Queue.RECOMPUTE.value, f"{Queue.RECOMPUTE}-poison"]
    assert set(Queue) == {Queue.EVENTS, Queue.RECOMPUTE, Queue.NOTIFICATIONS}


def test_triggers_and_the_app_itself_use_the_same_connections() -> None:
    every = [*TRIGGERS.values(), *OF_EVENTS["storage-queue"].values(), *OF_EVENTS["service-bus"].values()]
    connections = {(each["type"], each["connection"]) for each in every if "connection" in each}
    assert connections == {("queueTrigger", STORAGE), ("serviceBusTrigger", SERVICE_BUS)}


def test_every_route_is_one_whose_answers_are_tested() -> None:
    bound = {(method, each["route"]) for each in TRIGGERS.values() for method in each.get("methods", ())}
    of_get = {("HEAD", route) for method, route in ROUTES if method == "GET"}
    assert bound == set(ROUTES) | of_get | {(method, "{*rest}") for method in METHODS}


def test_only_health_the_description_and_what_no_route_takes_are_open_to_everyone() -> None:
    open_to_all = [name for name, each in TRIGGERS.items() if each.get("authLevel") == "ANONYMOUS"]
    assert open_to_all == ["health", "get_openapi", "get_asyncapi", "get_docs", "get_portal", "unrouted"]


def test_the_hosts_last_try_is_the_one_after_which_the_workflow_keeps_a_message(host: dict[str, Any]) -> None:
    assert host["extensions"]["queues"]["maxDequeueCount"] == LAST_ATTEMPT


def test_the_host_serves_under_api_and_leaves_decoding_messages_to_the_app(host: dict[str, Any]) -> None:
    assert host["version"] == "2.0"
    assert host["extensions"]["http"]["routePrefix"] == "api"
    assert host["extensions"]["queues"]["messageEncoding"] == "none"


def test_a_failed_message_is_not_tried_again_at_once_on_either_transport(host: dict[str, Any]) -> None:
    assert host["extensions"]["queues"]["visibilityTimeout"] == f"00:00:{RETRY_AFTER:02.0f}"
    assert RETRY_AFTER > 0


def test_a_message_of_service_bus_is_settled_by_how_its_call_ended_and_locked_as_long_as_a_call_may_take(
    host: dict[str, Any],
) -> None:
    settings = host["extensions"]["serviceBus"]
    assert settings["autoCompleteMessages"] is True
    assert settings["maxAutoLockRenewalDuration"] == host["functionTimeout"]
    assert settings["prefetchCount"] == 0  # what waits in memory is locked, and its deliveries count
    assert settings["maxConcurrentCalls"] == host["extensions"]["queues"]["batchSize"]


def test_the_sdks_do_not_log_every_call(host: dict[str, Any]) -> None:
    assert host["logging"]["logLevel"]["Azure.Core"] == "Warning"
