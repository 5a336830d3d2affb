"""The AsyncAPI 3.0 document: the events the app receives and the notifications it sends, over both transports.

No binding is standardised for Storage queues, and that of AMQP 1.0 holds nothing: what a client has to know beside the
payload is in ``x-azure-storage-queue`` and ``x-azure-service-bus``.
"""

import json

from local.descriptions.catalogue import definitions, reached
from local.descriptions.flat import COMPONENTS, called
from local.descriptions.openapi import VERSION
from local.descriptions.parts import DEFINITIONS, Schema, number, one_of, record, text
from shared.domain.decision import JsonObject, Status
from shared.domain.events import EVENT_TYPES, MAX_EVENT_BYTES
from shared.domain.notification import CHANGED, ERASED, EXPIRING
from shared.messaging.sender import Queue

MAX_NOTIFICATION_BYTES = 32 * 1024
_TYPES = {
    CHANGED: "Tells that a customer's status or eligible projects changed.",
    EXPIRING: "Tells that nothing changed but how near the loss of a customer's eligibility is: on another day, within "
    "another of the rule set's steps, or no longer near.",
    ERASED: "Tells that a customer was erased. Keep nothing of it but the sequence: it may come back with the next.",
}
_PAYLOADS = {CHANGED: "notification", EXPIRING: "notification", ERASED: "erasure-notification"}
CONTENT_TYPE = "application/cloudevents+json"
STORAGE_QUEUE, SERVICE_BUS = "x-azure-storage-queue", "x-azure-service-bus"

_ABOUT = """\
What producers tell and subscribers are told, as CloudEvents 1.0 in structured JSON mode.

Each of the two channels is a Storage queue or, with the settings EVENTS_TRANSPORT and NOTIFICATIONS_TRANSPORT at
`service-bus`, a queue or topic of Service Bus, with the same name and bodies. Producers can also post events over HTTP:
openapi.json describes that."""

_EVENTS = """\
Facts in any order, any number of times: each register keeps the event with the greatest time, source and id. To
correct a fact, send it again with a later `time`. A message that can never succeed is stored in quarantine with the
reason."""

_NOTIFICATIONS = """\
Every recorded change of a customer's eligibility, at least once; a repeat has the same id and body. `sequence` is 1, 2,
3, … per customer without gaps: keep the highest seen. `GET customers/{id}/history` has what was missed."""


def asyncapi() -> JsonObject:
    names = [*EVENT_TYPES, *dict.fromkeys(_PAYLOADS.values())]
    schemas = {name: definitions()[name] for name in sorted({*names, *reached(*names)})}
    document = {
        "asyncapi": "3.0.0",
        "id": "urn:fasttrack-eligibility",
        "info": {
            "title": "FastTrack Eligibility",
            "version": VERSION,
            "description": _ABOUT,
            "license": {"name": "MIT"},
        },
        "defaultContentType": CONTENT_TYPE,
        "servers": {"storageQueues": _STORAGE_QUEUES, "serviceBus": _SERVICE_BUS},
        "channels": {"events": _events(), "notifications": _notifications()},
        "operations": {
            "receiveEvent": _operation("receive", "events", "Apply a fact and decide the customers it affects."),
            "sendNotification": _operation("send", "notifications", "Notify a changed outcome."),
        },
        "components": {
            "messages": {
                **{called(name): _event(name) for name in EVENT_TYPES},
                **{called(name): _notification(name) for name in _TYPES},
            },
            "schemas": schemas,
        },
    }
    text_of_it = json.dumps(document, ensure_ascii=False)
    found: JsonObject = json.loads(text_of_it.replace(f'"{DEFINITIONS}', f'"{COMPONENTS}'))
    return found


_STORAGE_QUEUES = {
    "host": "{account}.queue.core.windows.net",
    "protocol": "https",
    "description": "The queues of a storage account, used by its REST API or SDKs.",
    "variables": {"account": {"description": "the account that the settings `Storage…` name"}},
}
_SERVICE_BUS = {
    "host": "{namespace}.servicebus.windows.net",
    "protocol": "amqps",
    "protocolVersion": "1.0",
    "description": "The queues and topics of a Service Bus namespace.",
    "variables": {"namespace": {"description": "the namespace that the settings `ServiceBusConnection…` name"}},
}


def _operation(action: str, channel: str, summary: str) -> JsonObject:
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}, "summary": summary}


def _channel(address: Queue, description: str, messages: list[str], **extensions: JsonObject) -> JsonObject:
    return {
        "address": address.value,
        "description": description,
        "servers": [{"$ref": "#/servers/storageQueues"}, {"$ref": "#/servers/serviceBus"}],
        "messages": {called(name): {"$ref": f"#/components/messages/{called(name)}"} for name in messages},
        **extensions,
    }


def _events() -> JsonObject:
    storage = {
        "encoding": "the event's JSON in base64, or the JSON itself",
        "maxBytes": MAX_EVENT_BYTES,
        "maxBytesCount": "the JSON, decoded",
        "timeToLive": "give -1 (never), else the service deletes after 7 days what was not handled",
    }
    service_bus = {
        "entity": "queue",
        "encoding": "the event's JSON as it is",
        "maxBytes": MAX_EVENT_BYTES,
        "properties": "none is read, neither message_id nor session_id",
        "requiresSession": False,
        "requiresDuplicateDetection": False,
    }
    return _channel(Queue.EVENTS, _EVENTS, list(EVENT_TYPES), **{STORAGE_QUEUE: storage, SERVICE_BUS: service_bus})


def _notifications() -> JsonObject:
    storage = {
        "encoding": "the notification's JSON in base64",
        "maxBytes": MAX_NOTIFICATION_BYTES,
        "subscribers": "one: a message that is deleted is gone for all",
        "timeToLive": "never expires",
    }
    service_bus = {
        "entity": "topic, or queue",
        "encoding": "the notification's JSON as it is",
        "maxBytes": MAX_NOTIFICATION_BYTES,
        "messageId": "the notification's id, marked",
        "sessionId": "the customer's id, marked",
        "marked": "an id with a capital letter is followed by ~ and the first 8 hex digits of its SHA-256: Service Bus "
        "may compare without case",
        "subject": "the notification's type",
        "contentType": CONTENT_TYPE,
        "requiresSession": "of subscriptions that want the notifications of a customer in order",
        "requiresDuplicateDetection": "of topics or queues that deliver each notification once",
    }
    return _channel(
        Queue.NOTIFICATIONS, _NOTIFICATIONS, list(_TYPES), **{STORAGE_QUEUE: storage, SERVICE_BUS: service_bus}
    )


def _event(name: str) -> JsonObject:
    return {"name": name, "title": called(name), "summary": EVENT_TYPES[name].says, "payload": _payload(name)}


def _notification(name: str) -> JsonObject:
    return {
        "name": name,
        "title": "".join(each.capitalize() for each in name.split(".")[1:3]),
        "summary": _TYPES[name],
        "description": "Over Service Bus the headers are application properties, for the filters of subscriptions.",
        "headers": _application_properties(name),
        "payload": _payload(_PAYLOADS[name]),
    }


def _payload(name: str) -> Schema:
    return {"$ref": DEFINITIONS + name}


def _application_properties(name: str) -> Schema:
    statuses = [each.value for each in Status]
    is_erased = name == ERASED
    members = {
        "customerId": text("the customer"),
        "status": one_of("the status", [each for each in statuses if (each == Status.UNASSESSED) == is_erased]),
        "previousStatus": one_of("the status before", statuses),
        "type": {"const": name, "description": "the notification's type"},
    }
    if not is_erased:
        members["ruleSetVersion"] = number("the rules that decided", 1)
        members["within"] = number("within how many days eligibility is lost, if that is near", 1)
    return record("Application properties of Service Bus; Storage queues carry none.", members, ("within",))
