"""The edge of HTTP over a running system: HEAD, what no route takes, keys in the query, an unexpected failure."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.data.tables import TableClient, UpdateMode

from local.descriptions.openapi import openapi
from tests import events
from tests.host.hosts import Answer, ask
from tests.system.running_system import RunningSystem, running_system

PATHS = sorted(path for path, methods in openapi()["paths"].items() if "get" in methods)
VALUES = {"{id}": "C-1", "{version}": "1", "{sequence}": "1", "{name}": "event"}
VARY = {"date", "content-length", "transfer-encoding"}
"""Headers of the connection: Azure announces no length, and a body made twice may differ in its times."""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    with running_system(tmp_path_factory.mktemp("edge") / "log") as running:
        running.create_event_queue()
        for event in events.eligible("C-1"):
            running.send(event)
        running.host.settle()
        yield running


def asked(system: RunningSystem, path: str, method: str = "GET") -> Answer:
    for name, value in VALUES.items():
        path = path.replace(name, value)
    return ask(f"{system.host.url}/api{path}", method)


def told(answer: Answer) -> tuple[int, dict[str, str]]:
    return answer.status, {name: value for name, value in answer.headers.items() if name not in VARY}


@pytest.mark.parametrize("path", PATHS)
def test_head_is_get_without_the_body(system: RunningSystem, path: str) -> None:
    of_get, of_head = asked(system, path), asked(system, path, "HEAD")
    assert told(of_head) == told(of_get)
    assert (bool(of_get.body), of_head.body) == (True, b"")


def test_a_wrong_method_and_an_unknown_path_are_problems(system: RunningSystem) -> None:
    wrong = asked(system, "/customers/C-1", "PUT")
    assert (wrong.status, wrong.headers["allow"], wrong.json()["status"]) == (405, "GET, HEAD, DELETE", 405)
    assert asked(system, "/events").headers["allow"] == "POST"
    for path in ("/custmers/C-1", "/", ""):
        unknown = asked(system, path)
        assert (unknown.status, unknown.headers["content-type"]) == (404, "application/problem+json")
    assert "/api/customers/{id}" in asked(system, "/custmers/C-1").json()["detail"]
    assert asked(system, "/custmers/C-1", "HEAD").status == 404


def test_a_misspelt_parameter_is_refused_and_the_platforms_are_not(system: RunningSystem) -> None:
    wrong = asked(system, "/customers/C-1/eligibility?On=2026-05-01")
    assert (wrong.status, wrong.json()["errors"][0]["path"]) == (400, "On")
    assert '"on"' in wrong.json()["detail"]
    right = asked(system, "/customers/C-1/eligibility?code=KEY&clientId=default&on=")
    assert (right.status, right.json()["decidedOn"]) == (200, "2026-06-01"), "an empty one is left out by the host"


def test_an_unexpected_failure_is_found_in_the_log_by_the_id_in_its_answer(tmp_path: Path) -> None:
    """A stored row that cannot be read is one."""
    with running_system(tmp_path / "log") as system:
        asked(system, "/rule-sets")
        with TableClient.from_connection_string(system.host.connection, "rules") as table:
            table.upsert_entity(
                {"PartitionKey": "rules", "RowKey": "epoch", "epoch": 1, "latest": 1}, UpdateMode.REPLACE
            )
        answer = asked(system, "/rule-sets")
        assert (answer.status, answer.headers["content-type"]) == (500, "application/problem+json")
        found = [line for line in system.host.log.read_text().splitlines() if answer.json()["invocationId"] in line]
        assert len(found) == 1
        assert " ERROR " in found[0]
        assert "in list_rule_sets" in found[0]
