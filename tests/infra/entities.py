"""Queues, topics, tables and open routes: the template and the code have to name the same.

Arrives: a template, and the code of the app as the platform would index it. Leaves: a line for each name that only one
of them has.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from shared.messaging.sender import Queue
from shared.storage.store import Table
from tests.infra.app_settings import ROOT, Settings, environments, settings_set
from tests.infra.template import Declaration, File, Template

type Functions = dict[str, list[dict[str, Any]]]


def entity_faults(template: Template) -> Iterator[str]:
    settings = settings_set(template)
    functions = functions_under(settings)
    yield from _connections(settings, functions)
    yield from _entities(template, functions)
    yield from _open_routes(template, functions)


def functions_under(settings: Settings) -> Functions:
    """The bindings of each function, as the app is indexed under the template's settings.

    With keys: only then does the host tell open routes from others.
    """
    environment = next(environments(settings), {}) | {"AUTHORISATION": "keys"}
    return _indexed(tuple(environment.items()))


@cache
def _indexed(environment: tuple[tuple[str, str], ...]) -> Functions:
    """In a process of its own: the app is indexed once in a process."""
    done = subprocess.run(
        [sys.executable, "-B", "-m", "tests.infra.tell_bindings"],
        cwd=ROOT,
        env={"PATH": os.environ.get("PATH", ""), **dict(environment)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    functions: Functions = json.loads(done.stdout.splitlines()[-1])
    return functions


def _bindings(functions: Functions, kind: str) -> Iterator[dict[str, Any]]:
    return (each for bindings in functions.values() for each in bindings if each["type"] == kind)


def _connections(settings: Settings, functions: Functions) -> Iterator[str]:
    """Each connection that a binding names is set up for an identity."""
    triggers = [*_bindings(functions, "queueTrigger"), *_bindings(functions, "serviceBusTrigger")]
    for name in sorted({each["connection"] for each in triggers}):
        for part in ("credential", "clientId"):
            if f"{name}__{part}" not in settings:
                yield f"a trigger's connection is {name}; set {name}__{part}"


def _entities(template: Template, functions: Functions) -> Iterator[str]:
    storage_queues = {each["queueName"] for each in _bindings(functions, "queueTrigger")}
    events = {each["queueName"].partition("/")[0] for each in _bindings(functions, "serviceBusTrigger")}
    yield from _alike("Microsoft.Storage/storageAccounts/queueServices/queues", template, storage_queues)
    yield from _alike("Microsoft.Storage/storageAccounts/tableServices/tables", template, {*Table})
    yield from _alike("Microsoft.ServiceBus/namespaces/queues", template, {*events, Queue.EVENTS})
    yield from _alike("Microsoft.ServiceBus/namespaces/topics", template, {Queue.NOTIFICATIONS})


def _alike(kind: str, template: Template, in_code: Iterable[str]) -> Iterator[str]:
    declared = {name for file, each in template.resources() if each.type == kind for name in _called(file, each)}
    said = {str(each) for each in in_code}
    yield from (f"{kind}: the code has no {name!r}" for name in sorted(declared - said))
    yield from (f"{kind}: the template has no {name!r}" for name in sorted(said - declared))


def _called(file: File, resource: Declaration) -> list[str]:
    """The name of a resource, or its names if it is repeated."""
    items = file.resolve(resource.items)
    return [str(each) for each in items] if isinstance(items, list) else [str(file.at("name", resource.value))]


def _open_routes(template: Template, functions: Functions) -> Iterator[str]:
    """What is open without a key is open without signing in, and nothing else, nor where there is no route."""
    file = template.file("modules/app.bicep")
    sign_in = file.find("signIn")
    excluded = file.at("properties.globalValidation.excludedPaths", sign_in.value) if sign_in else None
    routes = _bindings(functions, "httpTrigger")
    anonymous = [each["route"] for each in routes if each["authLevel"].lower() == "anonymous"]
    opened = {f"/api/{route}" for route in anonymous if not route.startswith("{*")}
    if set(excluded if isinstance(excluded, list) else []) != opened:
        yield f"without signing in {excluded} are open; in the code {sorted(opened)} are"
