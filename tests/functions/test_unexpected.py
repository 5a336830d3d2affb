"""An exception that no route expects is answered as a problem with an id, logged under that id, and counted."""

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import azure.functions as func
import pytest

from shared import wiring
from shared.api.route import EVERYONE, READERS, Noun, Roles, Route
from shared.api.serving import serve
from tests.api.world import CALL, ROUTES, World
from tests.functions.measured import Measured
from tests.functions.principals import ask, principal

SECRET = "Zanzibar-Canary"


class Broken:
    """Ports of a fault: whatever is wanted of them raises what nobody expects."""

    def __getattr__(self, name: str) -> Any:
        try:
            int(SECRET)
        except ValueError as fault:
            raise ZeroDivisionError(f"{SECRET} {name}") from fault


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "_built", Broken())


def record(caplog: pytest.LogCaptureFixture) -> dict[str, Any]:
    [found] = [each for each in caplog.records if each.levelno == logging.ERROR]
    line: dict[str, Any] = json.loads(found.getMessage())
    return line


@pytest.mark.usefixtures("broken")
async def test_the_answer_has_the_invocations_id_and_the_log_the_traceback_under_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    response = await ask("GET", "customers/{id}")
    problem = json.loads(response.get_body())
    assert (response.status_code, response.mimetype) == (500, "application/problem+json")
    assert (problem["status"], problem["invocationId"]) == (500, CALL.invocation_id)
    assert CALL.invocation_id in problem["detail"]
    line = record(caplog)
    assert (line["what"], line["route"], line["fault"]) == ("request failed", "get_customer", "ZeroDivisionError")
    assert line["invocationId"] == CALL.invocation_id
    assert "in get_customer\n" in line["traceback"]
    assert "test_unexpected.py" in line["traceback"]
    assert "because of builtins.ValueError\n" in line["traceback"]
    assert SECRET not in response.get_body().decode() + caplog.text, "what an exception says may quote what was sent"


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize(("method", "route"), ROUTES)
async def test_every_route_that_asks_the_store_answers_so(method: str, route: str) -> None:
    response = await ask(method, route, body=json.dumps({"specversion": "1.0"}).encode())
    assert "X-Content-Type-Options" in response.headers
    if response.status_code == 500:
        assert json.loads(response.get_body())["invocationId"] == CALL.invocation_id
    else:  # the store is not asked
        assert response.status_code in (200, 400, 404, 415, 422)
        assert (
            route.startswith(("docs", "openapi", "asyncapi", "schemas", "me", "portal")) or response.status_code > 200
        )


@pytest.mark.usefixtures("broken")
async def test_a_fault_of_checking_who_asks_is_answered_so_too_and_lets_nobody_in(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("shared.api.serving.read_authorisation", lambda: Broken().anything)
    response = await ask("GET", "customers", principal("Eligibility.Read"))
    assert response.status_code == 500
    assert record(caplog)["fault"] == "ZeroDivisionError"


async def status_of(handler: Callable[[], Awaitable[None]], roles: Roles) -> int:
    """What a route with this handler answers."""
    route = Route(Noun("Tests", ""), "GET", "somewhere", roles, "")
    route(handler)
    request = func.HttpRequest("GET", "/api/somewhere", body=b"")
    return (await serve(route, request, CALL.invocation_id, wiring.ports)).status


async def test_groups_and_endless_recursion_are_logged_within_bounds(caplog: pytest.LogCaptureFixture) -> None:
    def deep() -> None:
        deep()

    async def several() -> None:
        faults: list[Exception] = []
        for _ in range(50):
            try:
                deep()
            except RecursionError as fault:
                faults.append(fault)
        raise ExceptionGroup("several", faults)

    assert await status_of(several, EVERYONE) == 500
    text = record(caplog)["traceback"]
    assert "builtins.RecursionError" in text
    assert len(text) < 30_000, "a line of the log has an end"


async def test_it_is_counted_by_route(measured: Measured) -> None:
    async def somewhere() -> None:
        raise ZeroDivisionError

    assert await status_of(somewhere, READERS) == 500
    assert measured.points()["eligibility.requests.failed"] == {("somewhere",): 1}


async def test_what_a_route_expects_is_neither_counted_nor_logged_as_an_error(
    world_down: World, caplog: pytest.LogCaptureFixture
) -> None:
    assert (await world_down.get("customers/C-1")).status == 503
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR]


@pytest.fixture
def world_down(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    made.store.down = True
    monkeypatch.setattr(wiring, "_built", made.ports)
    return made
