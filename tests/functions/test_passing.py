"""A failure that passes is answered with 503 over HTTP, which says what it is and what to do."""

import json

import azure.functions as func
import pytest

from shared import wiring
from shared.api.route import EVERYONE, Noun, Route
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

    route = Route(Noun("Tests", ""), "GET", "somewhere", EVERYONE, "")
    route(somewhere)
    reply = await serve(route, func.HttpRequest("GET", "/api/somewhere", body=b""), "", wiring.ports)
    problem = json.loads(reply.body)
    assert (reply.status, problem["title"], problem["detail"]) == (503, title, detail)
