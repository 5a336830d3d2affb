"""The function app: registers the blueprints of ``functions``.

One of the event queue's two triggers is registered, by ``EVENTS_TRANSPORT``. If a setting is invalid, no queue trigger
is: messages stay queued instead of being retried into the poison queue. The others say in each call what is wrong.
"""

import contextlib

import azure.functions as func

from functions import http, quarantine, receive_event, recompute, sweep
from shared.settings import SettingError, Transport, read_settings

app = func.FunctionApp(http_auth_level=http.host_level())
app.register_functions(sweep.blueprint)
app.register_functions(http.blueprint)

_BY_TRANSPORT = {
    Transport.STORAGE_QUEUE: (receive_event.storage_queue, quarantine.storage_queue),
    Transport.SERVICE_BUS: (receive_event.service_bus, quarantine.service_bus),
}
with contextlib.suppress(SettingError):
    for _blueprint in (*_BY_TRANSPORT[read_settings().events], recompute.blueprint, quarantine.blueprint):
        app.register_functions(_blueprint)
