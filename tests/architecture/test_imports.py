"""Imports point one way, and the check that holds it would notice if they did not."""

import pytest

from tests.architecture.imports import cycles, modules, violations


def test_every_import_of_the_app_and_of_the_development_host_points_one_way() -> None:
    found = modules()
    assert {
        "shared.rules.criteria.base",
        "functions.sweep",
        "local.broker.queue",
        "local.host.host",
        "tests.host.hosts",
    } < set(found)
    assert [each for module, file in found.items() for each in violations(module, file.read_text())] == []
    assert [*cycles({module: file.read_text() for module, file in found.items()})] == []


def test_modules_that_import_each_other_are_found_by_way_of_a_package_too_but_not_what_a_call_imports() -> None:
    package = {"a": "from a import one", "a.one": "import b", "b": "from a.two import x", "a.two": ""}
    assert [*cycles(package)] == ["a imports a.one imports b imports a: modules import each other"]
    assert [*cycles({**package, "b": "def f():\n from a.two import x"})] == []


@pytest.mark.parametrize(
    ("module", "source", "reason"),
    [
        ("shared.domain.facts", "from shared.rules.rule_set import RuleSet", "shared.domain comes before shared.rules"),
        ("shared.rules.criteria", "import shared.workflow.decide", "shared.rules comes before shared.workflow"),
        ("shared.storage.keys", "from shared import messaging", "shared.storage comes before shared.messaging"),
        ("shared.workflow.relay", "import functions.http", "shared.workflow comes before functions"),
        ("shared.wiring", "from local.host.host import Host", "local.host is in no layer of the app"),
        ("functions.sweep", "from tests.oracle import decide", "tests is in no layer of the app"),
        ("shared.helpers", "from shared.domain import facts", "shared.helpers is in no layer of the app"),
        ("shared.workflow.relay", "from shared.storage import tables", "only shared.wiring picks an implementation"),
        (
            "functions.http",
            "def f():\n import shared.messaging.service_bus",
            "only shared.wiring picks an implementation",
        ),
        ("shared.api.health", "import azure.functions as func", "only functions/ knows azure.functions"),
        ("shared.domain.events", "from azure.data.tables import TableClient", "shared.domain is pure"),
        ("shared.rules.rule_set", "import pathlib", "shared.rules is pure"),
        ("shared.domain.facts", "from urllib.request import urlopen", "shared.domain is pure"),
        ("shared.workflow.sweep", "import os\nx = os.environ['X']", "only shared.settings does"),
        ("functions.http", "from os import getenv", "only shared.settings does"),
        ("shared.rules.criteria.scope", "from . import faults", "write the whole name"),
        ("local.broker.queue", "from local.host.host import Host", "of ours local.broker may import only itself"),
        ("local.broker.message", "import shared.errors", "of ours local.broker may import only itself"),
        ("local.host.keys", "from local.setup.node import find_node", "of ours local.host may import only itself"),
        ("local.host.logs", "from shared.logs import Line", "of ours local.host may import only itself"),
        ("local.host.settings", "from local.azurite import Azurite", "of ours local.host may import only itself"),
        (
            "tests.host.hosts",
            "from shared.settings import STORAGE",
            "local.broker, tests.azure_rest.scripted_server",
        ),
        (
            "tests.broker.bus",
            "from shared.messaging.sender import Queue",
            "only local.broker, tests.outside_tools",
        ),
        ("local.setup.doctor", "from local.host.host import Host", "only local.host.arguments, local.host.ports"),
        ("local.setup.node", "from shared.settings import Settings", "local.host.arguments, local.host.ports"),
        (
            "local.replay",
            "from shared.messaging import sender",
            "may import only local.host, local.broker, local.setup, shared.domain, shared.rules, shared.settings",
        ),
        (
            "local.up",
            "import function_app",
            "may import only local.host, local.broker, local.setup, shared.domain, shared.rules, shared.settings",
        ),
        ("local.commands.rules", "from shared.wiring import ports", "shared.storage_account, shared.storage_clock"),
        ("local.commands.app", "from tests import events", "shared.storage_account, shared.storage_clock"),
    ],
)
def test_an_import_in_the_wrong_direction_is_refused_with_the_reason(module: str, source: str, reason: str) -> None:
    assert [each for each in violations(module, source) if each.endswith(reason)]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("function_app", "import azure.functions as func\nfrom functions.sweep import blueprint"),
        ("functions.http", "import azure.functions as func\nfrom shared.wiring import ports"),
        ("shared.wiring", "from shared.storage.tables import TableStore"),
        ("shared.settings", "import os\nx = os.environ['X']"),
        ("shared.storage.tables", "from azure.data.tables.aio import TableClient"),
        ("local.report", "import os\nfrom shared.rules.reasons import phrase\nx = os.environ['X']"),
        ("local.up", "from local import broker\nfrom local.host.host import Host"),
        ("local.setup.doctor", "from local.host.ports import is_taken"),
        ("local.host.options", "from local.host import ports"),
        ("local.broker.server", "from local.broker import entities"),
        ("local.commands.reconcile", "from shared.messaging.storage_queue import StorageQueueSender"),
        (
            "shared.rules.quantified",
            "from shared.rules.criteria.base import ANY\nfrom shared.domain.facts import Licence",
        ),
    ],
)
def test_an_import_in_the_right_direction_passes(module: str, source: str) -> None:
    assert list(violations(module, source)) == []
