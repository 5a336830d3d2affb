"""Queues, topics, tables and open routes: a deployment and the code have to name the same.

Arrives: a snapshot, and the code of the app as the platform would index it. Leaves: a line for each name that only one
of them has.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Final

from shared.messaging.sender import Queue
from shared.storage.store import Table
from tests.infra.app_settings import Settings, settings_set
from tests.infra.rules import BUS, SITE, STORAGE
from tests.infra.snapshots import ROOT, Snapshot

type Functions = dict[str, list[dict[str, Any]]]


PORTAL: Final = {"/api/portal", "/api/portal/*"}
"""The page and its files, which hold no data: whoever opens them is asked to sign in by them."""


def entity_faults(snapshot: Snapshot) -> Iterator[str]:
    settings = settings_set(snapshot)
    functions = functions_under(settings)
    for fault in (
        *_connections(settings, functions),
        *_entities(snapshot, functions),
        *_open_routes(snapshot, functions),
    ):
        yield f"{snapshot.name}: {fault}"


def functions_under(settings: Settings) -> Functions:
    """The bindings of each function, as the app is indexed under these settings.

    With keys: only then does the host tell open routes from others.
    """
    environment = {**settings, "AUTHORISATION": "keys"}
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


def _entities(snapshot: Snapshot, functions: Functions) -> Iterator[str]:
    storage_queues = {each["queueName"] for each in _bindings(functions, "queueTrigger")}
    events = {each["queueName"].partition("/")[0] for each in _bindings(functions, "serviceBusTrigger")}
    yield from _alike(f"{STORAGE}/queueServices/queues", snapshot, storage_queues)
    yield from _alike(f"{STORAGE}/tableServices/tables", snapshot, {*Table})
    yield from _alike(f"{BUS}/queues", snapshot, {*events, Queue.EVENTS})
    yield from _alike(f"{BUS}/topics", snapshot, {Queue.NOTIFICATIONS})


def _alike(kind: str, snapshot: Snapshot, in_code: Iterable[str]) -> Iterator[str]:
    made = {each.called for each in snapshot.of(kind)}
    said = {str(each) for each in in_code}
    yield from (f"{kind}: the code has no {name!r}" for name in sorted(made - said))
    yield from (f"{kind}: there is no {name!r}" for name in sorted(said - made))


def _open_routes(snapshot: Snapshot, functions: Functions) -> Iterator[str]:
    """What is open without a key is open without signing in, and nothing else, nor where there is no route."""
    sign_in = snapshot.called(f"{SITE}/config", "authsettingsV2")
    if sign_in is None:
        return
    excluded = sign_in.at("properties.globalValidation.excludedPaths")
    routes = _bindings(functions, "httpTrigger")
    anonymous = [each["route"] for each in routes if each["authLevel"].lower() == "anonymous"]
    opened = {f"/api/{route}" for route in anonymous if not route.startswith(("{*", "portal"))} | PORTAL
    if set(excluded) != opened:
        yield f"without signing in {sorted(excluded)} are open; in the code {sorted(opened)} are"
