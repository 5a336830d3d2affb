"""The function app: registers the blueprints of ``functions`` and does nothing else.

Of the event queue's two triggers one is registered, by ``EVENTS_TRANSPORT``. Where a setting is wrong, no trigger of a
queue is: messages wait untouched, where a handler could only use up their tries and leave them to the poison queue, to
end there. Everything else says in each call what is wrong.
"""

import contextlib

import azure.functions as func

from functions import (
    create_queues,
    http_check,
    http_customers,
    http_description,
    http_events,
    http_health,
    http_partners,
    http_quarantine,
    http_rule_sets,
    http_unrouted,
    keep_dead_letter,
    keep_poison,
    receive_event,
    recompute,
    sweep,
)
from functions.access import host_level
from shared.settings import SettingError, Transport, read_settings

app = func.FunctionApp(http_auth_level=host_level())

for _each in (
    create_queues,
    sweep,
    http_customers,
    http_check,
    http_events,
    http_partners,
    http_rule_sets,
    http_quarantine,
    http_health,
    http_description,
    http_unrouted,
):
    app.register_functions(_each.blueprint)

_BY_TRANSPORT = {
    Transport.STORAGE_QUEUE: (receive_event.storage_queue, keep_poison.events),
    Transport.SERVICE_BUS: (receive_event.service_bus, keep_dead_letter.blueprint),
}
with contextlib.suppress(SettingError):
    for _blueprint in (*_BY_TRANSPORT[read_settings().events], recompute.blueprint, keep_poison.blueprint):
        app.register_functions(_blueprint)
