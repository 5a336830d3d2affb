"""What no route takes: 404 with what is near, 405 with what is allowed; nothing is asked of the store or the caller."""

import re

import azure.functions as func
import pytest

from functions.http import UNROUTED_HANDLER
from shared import wiring
from shared.api.route import METHODS
from tests.api.world import CALL, ROUTES, World


@pytest.mark.parametrize("route", sorted({route for _, route in ROUTES}))
async def test_a_wrong_method_is_405_and_names_those_that_the_path_takes(world: World, route: str) -> None:
    wiring._built = None  # nothing of it is needed
    path = (
        route.replace("{*path}", "customers/X-1")
        .replace("{id}", "X%2F1")
        .replace("{version}", "1")
        .replace("{sequence}", "1")
        .replace("{name}", "n")
    )
    takes = {verb for verb, template in ROUTES if re.fullmatch(_pattern(template), path)}
    served = [method for method in METHODS if ("GET" if method == "HEAD" else method) in takes]
    for method in (each for each in METHODS if each not in served):
        for written in (path, path.upper(), f"{path}/"):
            answer = await world.ask(method, written, b"", {"any": "thing"})
            assert (answer.status, answer.type, answer.allow) == (405, "application/problem+json", ", ".join(served))
            assert answer.value["status"] == 405
            assert all(each in answer.value["detail"] for each in (method, *served))


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("customer", ["GET or HEAD /api/customers;"]),
        ("Customer/C-1", ["GET or HEAD /api/customers/{id}"]),
        ("customers/C-1/eligibilty", ["GET or HEAD /api/customers/{id}/eligibility"]),
        ("rule-set", ["GET or HEAD /api/rule-sets", "POST /api/rule-sets"]),
        ("rule-sets/7/activte", ["POST /api/rule-sets/{version}/activate"]),
        ("openapi.yaml", ["/api/openapi.json"]),
        ("", ["/api/docs"]),
        ("x/y/z" * 50_000, ["/api/docs"]),
    ],
)
async def test_an_unknown_path_is_404_and_names_the_routes_near_it(world: World, path: str, near: list[str]) -> None:
    for method in METHODS:
        answer = await world.ask(method, path, b"", {})
        assert (answer.status, answer.type, answer.allow) == (404, "application/problem+json", "")
        assert [each for each in near if each not in answer.value["detail"] + ";"] == []
        assert len(answer.value["detail"]) < 700


async def test_a_path_with_a_slash_too_many_is_unknown_also_by_a_method_that_the_route_takes(world: World) -> None:
    for path in ("customers//", "/customers", "customers//C-1"):
        response = await UNROUTED_HANDLER(func.HttpRequest("GET", "", route_params={"rest": path}, body=b""), CALL)
        assert response.status_code == 404


async def test_the_host_leaves_an_empty_path_out(world: World) -> None:
    response = await UNROUTED_HANDLER(func.HttpRequest("GET", "/api/", route_params={}, body=b""), CALL)
    assert response.status_code == 404


def _pattern(template: str) -> str:
    return re.sub(r"\{\w+\}", "[^/]+", re.sub(r"\{\*\w+\}", ".*", template))
