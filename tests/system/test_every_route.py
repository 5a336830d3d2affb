"""Every route as its description has it: whatever is asked, no 5xx, and the answer is one that is described.

schemathesis makes up requests that hold to the served description and ones that do not, against a running system that
has heard part of the sample programme.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from local.descriptions.openapi import openapi
from shared.api.bodies import MAX_BODY_BYTES
from shared.api.events import MAX_EVENTS_BYTES
from tests.functions.children import ROOT
from tests.host.hosts import ask
from tests.system.running_system import RunningSystem, running_system

pytestmark = pytest.mark.timeout(300)
OPERATIONS = [(method.upper(), path) for path, methods in openapi()["paths"].items() for method in methods]
CHECKS: list[CheckFunction] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
MODES = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    with running_system(tmp_path_factory.mktemp("every_route") / "log") as running:
        for event in (ROOT / "samples" / "events.jsonl").read_bytes().splitlines()[:40]:
            running.send(event)
        running.send(b"kept")
        running.host.settle(100)
        yield running


@pytest.fixture(scope="module")
def api(system: RunningSystem) -> Any:
    return schemathesis.openapi.from_url(f"{system.host.url}/api/openapi.json")


@pytest.fixture(scope="module")
def known(system: RunningSystem) -> dict[str, list[Mapping[str, Any]]]:
    """By the first part of a path: what may stand in it and is there."""
    numbers: list[Mapping[str, Any]] = [{"version": number} for number in (1, 2, 3)]
    customers, kept = system.every("customers"), system.every("quarantine")
    return {
        "customers": [{"id": each["customerId"], "sequence": 1} for each in customers],
        "partners": [{"id": name} for name in ("P-fabrikam", "P-litware", "P-lamna", "P-woodgrove")],
        "quarantine": [{"id": each["id"]} for each in kept],
        "rule-sets": numbers,
    }


def ask_of(api: Any, method: str, path: str, known: list[Mapping[str, Any]], examples: int) -> None:
    """So many requests of each mode, half of them about what is there.

    The answer to a list of questions is described by the JSON Schema ``checked``, not here.
    """
    operation = api[path][method]
    names = {each.name for each in operation.path_parameters}
    there = [{name: value for name, value in each.items() if name in names} for each in known]
    strategies = [operation.as_strategy(generation_mode=mode) for mode in MODES]
    if names:
        strategies += [operation.as_strategy(generation_mode=MODES[0], path_parameters=each) for each in there[:5]]

    @given(st.one_of(strategies))
    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def hold(case: Any) -> None:
        excluded = [response_schema_conformance] if path == "/check" and isinstance(case.body, list) else []
        case.call_and_validate(checks=CHECKS, excluded_checks=excluded, timeout=20)

    hold()


HOSTILE = {
    "no UTF-8": b"\xff\xfe",
    "a NUL": b'{"note": "\x00"}',
    "half a surrogate pair": b'{"note": "\\ud800", "document": {"currency": "\\udfff"}}',
    "100,000 deep": b"[" * 100_000 + b"]" * 100_000,
    "100,000 members deep": b'{"document":' * 80_000,
    "a text of 1 MB": b'{"customerId": "' + b"x" * 1_000_000 + b'"}',
    "a number of 10^400": b'{"maxLost": 1' + b"0" * 400 + b', "ruleSetVersion": 1' + b"0" * 400 + b"}",
    "a number of 1 MB": b'{"maxLost": ' + b"9" * 1_000_000 + b"}",
    "1e400": b'{"maxLost": 1e400, "ruleSetVersion": -1e400}',
    "no number": b'{"maxLost": NaN, "on": Infinity}',
    "a member twice": b'{"note": "a", "note": "b"}',
}
POSTS = [path for method, path in OPERATIONS if method == "POST"]


@pytest.mark.parametrize("path", POSTS)
def test_no_body_makes_a_route_fail(system: RunningSystem, path: str) -> None:
    url = f"{system.host.url}/api" + re.sub(r"{\w+}", "1", path)
    for name, body in HOSTILE.items():
        answer = ask(url, "POST", body)
        assert 200 <= answer.status < 500, (name, answer)
        assert answer.status < 300 or answer.headers["content-type"].startswith("application/problem+json"), name


@pytest.mark.parametrize("path", POSTS)
def test_a_body_past_the_limit_is_413(system: RunningSystem, path: str) -> None:
    url = f"{system.host.url}/api" + re.sub(r"{\w+}", "1", path)
    limit = MAX_EVENTS_BYTES if path == "/events" else MAX_BODY_BYTES
    assert ask(url, "POST", b" " * (limit + 1)).status == 413
    assert ask(url, "POST", b" " * limit).status != 413


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_one_that_is_described(
    api: Any, known: dict[str, list[Mapping[str, Any]]], method: str, path: str
) -> None:
    ask_of(api, method, path, known.get(path.split("/")[1], []), 8)


@pytest.mark.deep
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_one_of_many_answers_is_described(
    api: Any, known: dict[str, list[Mapping[str, Any]]], method: str, path: str
) -> None:
    ask_of(api, method, path, known.get(path.split("/")[1], []), 200)
