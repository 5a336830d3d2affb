"""A query parameter that a route does not know is refused, never ignored: but for those the platform reads."""

import pytest

from shared.api.routes import ROUTES as DECLARED
from tests.api.given import spend
from tests.api.world import ROUTES, World, needed

PATHS = [
    (
        method,
        route.replace("{version}", "1").replace("{sequence}", "1").replace("{id}", "X-1").replace("{name}", "event"),
    )
    for method, route in ROUTES
    if route != "portal/{*path}"  # a view's parameters are the page's
]


@pytest.mark.parametrize(("method", "path"), [*PATHS, *(("HEAD", path) for method, path in PATHS if method == "GET")])
async def test_every_route_refuses_a_parameter_it_does_not_know_before_it_asks_the_store_for_anything(
    world: World, method: str, path: str
) -> None:
    world.store.down = world.sender.down = True
    answer = await world.ask(method, path, b"{}", {"nonsense": "1", **needed(path)})
    assert (answer.status, answer.error_paths) == (400, ["nonsense"])


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize("names", [("code", "clientId"), ("Code", "CLIENTID")])
async def test_what_the_platform_reads_is_let_through_in_any_case_of_letters(
    world: World, method: str, path: str, names: tuple[str, str]
) -> None:
    without = await world.ask(method, path, b"{}", needed(path))
    answer = await world.ask(method, path, b"{}", {**dict.fromkeys(names, "x,y"), **needed(path)})
    assert (answer.status, answer.type) == (without.status, without.type)


@pytest.mark.parametrize(
    ("path", "name", "advice"),
    [
        ("customers/C-1/eligibility", "On", 'did you mean "on"?'),
        ("customers/C-1/eligibility", "ON", "The route takes on"),
        ("customers", "limits", 'did you mean "limit"?'),
        ("customers", "LIMIT", 'did you mean "limit"?'),
        (
            "customers",
            "state",
            'did you mean "status"? The route takes status, losesBefore, partner, owner, limit, after',
        ),
        ("customers/C-1", "on", "; the route takes no query parameters"),
        ("health", "verbose", "; the route takes no query parameters"),
        ("customers", "x" * 8000, "; the route takes status, losesBefore, partner, owner, limit, after"),
    ],
)
async def test_the_refusal_names_the_parameters_there_are_and_the_one_that_is_near(
    world: World, path: str, name: str, advice: str
) -> None:
    await world.handle(spend("C-1"))
    answer = await world.get(path, **{name: "2026-03-01"})
    assert (answer.status, answer.error_paths) == (400, [name])
    assert advice in answer.value["errors"][0]["message"]
    assert advice in answer.value["detail"]


async def test_every_unknown_parameter_is_named_and_one_without_a_name_too(world: World) -> None:
    answer = await world.get("customers", **{"state": "x", "limit": 1, "": "y"})
    assert answer.error_paths == ["state", '""']


async def test_a_parameter_given_twice_is_refused_as_the_one_value_it_arrives_as(world: World) -> None:
    await world.handle(spend("C-1"))
    answer = await world.get("customers/C-1/eligibility", on="2026-03-01,2026-03-02")
    assert (answer.status, answer.error_paths) == (400, ["on"])


def test_no_route_declares_what_the_platform_reads() -> None:
    assert not [name for route in DECLARED for name in route.query if name.lower() in ("code", "clientid")]
