"""Clients generated from ``openapi.json`` compile and are of use: each makes a round trip with the running app.

A program per generator posts events, reads until the customer is decided, reads a customer and a decision with all that
they have, lists customers page by page, asks what if, is refused, and stores a draft of other rules. What it read
through its generated types is held against what the API answered.
"""

import json
import re
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.generated_clients import generators
from tests.host.hosts import ROOT, ask, eventually
from tests.system.running_system import RunningSystem, running_system

pytestmark = pytest.mark.timeout(300)
QUICK = [generators.openapi_python_client, generators.openapi_typescript]
SLOW = [
    generators.openapi_generator_python,
    generators.openapi_generator_typescript,
    generators.kiota,
    generators.nswag,
]
DEEP = [pytest.param(each, marks=pytest.mark.deep) for each in SLOW]
MORE_SPEND = {
    "licenceId": "L-2",
    "application": "sales",
    "annualAmount": "100000",
    "currency": "USD",
    "newDeployment": True,
}


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    with running_system(tmp_path_factory.mktemp("system") / "log") as started:
        for line in (ROOT / "samples" / "events.jsonl").read_bytes().splitlines()[:150]:
            started.send(line)
        started.host.settle(60)
        yield started


@pytest.fixture
def description(system: RunningSystem, tmp_path: Path) -> Path:
    """As it is served."""
    file = tmp_path / "openapi.json"
    file.write_bytes(ask(f"{system.host.url}/api/openapi.json").body)
    return file


def same(value: Any) -> Any:
    """Null is as absent to some clients; JavaScript knows a moment to the millisecond."""
    if isinstance(value, dict):
        return {name: same(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [same(each) for each in value]
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value):
        moment = datetime.fromisoformat(value)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    return value


@pytest.mark.parametrize("generate", [*QUICK, *DEEP])
def test_a_generated_client_makes_a_round_trip(
    system: RunningSystem, description: Path, tmp_path: Path, generate: Any
) -> None:
    folder = tmp_path / "generated"
    folder.mkdir()
    command = generate(description, folder)
    customers = [each["customerId"] for each in system.every("customers")]
    seen = json.loads(generators.run([*command, f"{system.host.url}/api"], folder))
    assert seen["accepted"] == 2
    customer, status = seen["first"]
    assert status == "ineligible"
    assert set(seen["customers"]) - {customer} == set(customers)
    assert seen["problem"] == {"status": 400, "path": "$[0].time"}
    assert same(seen["customer"]) == same(system.get("customers/C-1002"))
    assert same(seen["eligible"]) == same(system.get("customers/C-1001/eligibility?on=2026-05-01"))
    question = {"customerId": "C-1002", "customer": {"licences": [MORE_SPEND]}}
    assert same(seen["whatIf"]) == same(
        ask(f"{system.host.url}/api/check", "POST", json.dumps(question).encode()).json()
    )
    draft = system.get(f"rule-sets/{seen['draft']['version']}")
    assert (seen["draft"]["state"], seen["draft"]["amount"]) == ("draft", "320000")
    assert draft["document"]["criteria"]["criteria"][0]["amount"] == "320000"
    eventually(
        lambda: [each["initiatedOn"] for each in system.get(f"customers/{customer}")["projects"]] == ["2026-07-01"]
    )


@pytest.mark.deep
def test_the_types_of_the_python_client_hold_the_program_that_uses_it(description: Path, tmp_path: Path) -> None:
    folder = tmp_path / "generated"
    folder.mkdir()
    *_, program = generators.openapi_python_client(description, folder)
    mypy = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--follow-imports=silent", program]
    generators.run(mypy, folder, MYPYPATH=str(folder))
