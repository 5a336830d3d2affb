"""A failure that passes is answered with 503 over HTTP, which says what it is and what to do."""

import json
from collections.abc import Awaitable, Callable

import azure.functions as func
import pytest

from shared import wiring
from shared.api.route import EVERYONE, Noun, Reply, Route
from shared.api.serving import serve
from shared.errors import LaterVersionError, PassingError, WentBackError
from shared.rule_books import RulesMissingError
from shared.storage_clock import ClockOffError
from tests.world import World


@pytest.mark.parametrize(
    ("fault", "title", "detail"),
    [
        (PassingError("of C-1"), "Unavailable for now", "a part this depends on does not answer; ask again"),
        (ClockOffError("the clock is off"), "Clock off", "the clock is off; ask again"),
        (LaterVersionError("row C-1 has format 2", "rows"), "Of a later version", "row C-1 has format 2"),
        (
            WentBackError("P-1", 3, 2),
            "A row went back",
            "partner P-1 is stored as of 2, and 3 was decided by: the row went back; ask again in some minutes",
        ),
        (RulesMissingError(), "Rules missing", str(RulesMissingError())),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
async def test_it_says_what_it_is_and_what_to_do(
    fault: PassingError, title: str, detail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "_built", World().ports)

    async def somewhere() -> None:
        raise fault

    reply = await served(somewhere)
    problem = json.loads(reply.body)
    assert (reply.status, problem["title"], problem["detail"]) == (503, title, detail)


async def served(handler: Callable[[], Awaitable[None]]) -> Reply:
    """What a route with this handler answers."""
    route = Route(Noun("Tests", ""), "GET", "somewhere", EVERYONE, "")
    route(handler)
    return await serve(route, func.HttpRequest("GET", "/api/somewhere", body=b""), "I-1", wiring.ports)


async def test_a_failure_that_cannot_be_seen_to_is_answered_and_logged_as_an_unexpected_one(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ports = World().ports

    async def broken() -> None:
        raise ZeroDivisionError

    async def somewhere() -> None:
        raise ClockOffError("the clock is off")

    monkeypatch.setattr(ports, "look_at_clock", broken)
    monkeypatch.setattr(wiring, "_built", ports)
    reply = await served(somewhere)
    problem = json.loads(reply.body)
    assert (reply.status, reply.type, problem["invocationId"]) == (500, "application/problem+json", "I-1")
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert [json.loads(each.getMessage())["what"] for each in caplog.records] == ["request failed"]
