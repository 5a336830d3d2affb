"""With app roles every route lets through whom docs/reference/security.md names, and refuses all others unasked."""

import json
import re
from typing import Any

import azure.functions as func
import pytest

from shared import wiring
from shared.api.principal import MAX_HEADER, Role
from shared.api.routes import ROUTES as DECLARED
from shared.api.unrouted import UNROUTED
from tests.api.world import CALL, ROUTES, World
from tests.functions.children import ROOT, told_by
from tests.functions.principals import ROLE_URI, ask, encoded, principal

type Route = tuple[str, str]

COLUMNS = (
    Role.READER,
    Role.PUBLISHER,
    Role.RULE_MANAGER,
    Role.RULE_APPROVER,
    Role.OPERATOR,
    Role.EXCEPTION_MANAGER,
)
OPEN = {("GET", each) for each in ("health", "docs", "openapi.json", "asyncapi.json", "portal/{*path}")}
MANAGER = principal("Rules.Manage", preferred_username="ada@example.com")


@pytest.fixture(scope="module")
def indexed() -> dict[str, Route]:
    """Each HTTP function of the app, by name, but for that of what no route takes."""
    triggers = told_by("tell_triggers", AUTHORISATION="app-roles")
    del triggers["unrouted"]
    return {name: (each["methods"][0], each["route"]) for name, each in triggers.items() if "route" in each}


def documented() -> dict[Route, set[Role]]:
    """The table of docs/reference/security.md."""
    text = (ROOT / "docs" / "reference" / "security.md").read_text()
    rows = re.findall(r"^\| `(GET|POST|DELETE) (\S+)` \|(.*)\|$", text, re.MULTILINE)
    return {
        (method, route): {role for role, cell in zip(COLUMNS, cells.split("|"), strict=True) if cell.strip() == "yes"}
        for method, route, cells in rows
    }


class NothingAsked:
    """Ports of which nothing may be wanted."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was asked for")


@pytest.fixture
def untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "_built", NothingAsked())


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(wiring, "_built", made.ports)
    return made


def problem(response: func.HttpResponse) -> dict[str, Any]:
    assert response.mimetype == "application/problem+json"
    value: dict[str, Any] = json.loads(response.get_body())
    assert value["status"] == response.status_code
    return value


def test_every_function_with_a_route_names_its_roles_and_is_documented(indexed: dict[str, Route]) -> None:
    assert {each.name: (each.method, each.path) for each in DECLARED} == indexed
    documentation = {route: frozenset(roles) for route, roles in documented().items()}
    declared = {(each.method, each.path): each.roles for each in DECLARED}
    assert declared == documentation | dict.fromkeys(OPEN, frozenset())
    assert UNROUTED.roles == frozenset()


@pytest.mark.usefixtures("app_roles", "untouched")
async def test_without_a_principal_every_route_is_401_before_anything_is_asked(indexed: dict[str, Route]) -> None:
    for route in set(indexed.values()) - OPEN:
        for header in (None, ""):
            response = await ask(*route, header)
            assert (response.status_code, problem(response)["title"]) == (401, "Not signed in"), route
            assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.usefixtures("app_roles", "untouched")
async def test_a_caller_without_a_role_of_the_route_is_403_before_anything_is_asked(indexed: dict[str, Route]) -> None:
    for route in set(indexed.values()) - OPEN:
        wrong = [role.value for role in Role if role not in documented()[route]]
        for roles in ([], ["Eligibility.Write", "reader", "*"], *([each] for each in wrong), wrong):
            response = await ask(*route, principal(*roles))
            told = problem(response)
            assert (response.status_code, told["title"]) == (403, "Forbidden"), (route, roles)
            assert all((role.value in told["detail"]) == (role in documented()[route]) for role in Role)


@pytest.mark.usefixtures("app_roles")
async def test_a_caller_with_one_role_of_the_route_gets_its_answer(world: World, indexed: dict[str, Route]) -> None:
    world.store.down = True
    for route in set(indexed.values()) - OPEN:
        for role in documented()[route]:
            for claim in ("roles", ROLE_URI):
                response = await ask(*route, principal(role.value, claim=claim))
                assert response.status_code in (200, 400, 422, 404, 503), (route, role)
                told = json.loads(response.get_body())
                assert told.get("title") not in ("Not signed in", "Forbidden", "Not set up"), (route, role)


@pytest.mark.usefixtures("app_roles", "untouched")
async def test_who_may_not_ask_does_not_hear_which_parameters_there_are(indexed: dict[str, Route]) -> None:
    for route in set(indexed.values()) - OPEN:
        for header, status in ((None, 401), (principal(), 403)):
            assert (await ask(*route, header, params={"nonsense": "1"})).status_code == status


@pytest.mark.usefixtures("app_roles")
async def test_what_is_open_to_everyone_asks_for_no_principal(world: World) -> None:
    for route in OPEN:
        for header in (None, "nonsense", principal()):
            assert (await ask(*route, header)).status_code == 200


BROKEN = {
    "not base64": "{}",
    "base64 of no JSON": "bm90IEpTT04=",
    "not UTF-8": "/////w==",
    "not ASCII": "é",
    "a list": encoded([]),
    "null": encoded(None),
    "no claims": encoded({"auth_typ": "aad"}),
    "claims that are no list": encoded({"claims": 7}),
    "claims that are text": encoded({"claims": "roles"}),
    "a claim that is null": encoded({"claims": [None, {"typ": "roles", "val": "Rules.Manage"}]}),
    "a claim without a type": encoded({"claims": [{"val": "Rules.Manage"}]}),
    "two of them joined": f"{MANAGER},{MANAGER}",
    "too long": principal("Rules.Manage", x="x" * MAX_HEADER),
    "nested too deeply": "W1tb" * 10_000,
}


@pytest.mark.usefixtures("app_roles", "untouched")
@pytest.mark.parametrize("header", BROKEN.values(), ids=BROKEN)
async def test_a_principal_that_cannot_be_read_is_nobody(header: str) -> None:
    response = await ask("POST", "rule-sets", header)
    assert (response.status_code, problem(response)["title"]) == (401, "Not signed in")


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"AUTHORISATION": "app-roles"}, "WEBSITE_AUTH_ENABLED"),
        ({"AUTHORISATION": "app-roles", "WEBSITE_AUTH_ENABLED": "False"}, "WEBSITE_AUTH_ENABLED"),
        ({"AUTHORISATION": "none", "WEBSITE_AUTH_ENABLED": "True"}, "AUTHORISATION"),
    ],
)
async def test_where_nobody_is_verified_a_principal_counts_for_nothing_and_every_route_says_what_is_not_set_up(
    monkeypatch: pytest.MonkeyPatch, indexed: dict[str, Route], settings: dict[str, str], named: str
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    for route in set(indexed.values()) - OPEN:
        response = await ask(*route, principal(*(role.value for role in Role)))
        told = problem(response)
        assert (response.status_code, told["title"]) == (503, "Not set up"), route
        assert named in told["detail"]
    health = await ask("GET", "health")
    assert health.status_code == 503
    assert named in json.loads(health.get_body())["dependencies"]["settings"]


@pytest.mark.parametrize(("named", "level"), [("none", "FUNCTION"), ("app-roles", "ANONYMOUS")])
def test_the_host_asks_for_keys_unless_the_app_asks_for_roles(named: str, level: str) -> None:
    """Without the setting too: ``test_bindings``."""
    triggers = told_by("tell_triggers", AUTHORISATION=named)
    routes = {each["route"]: each["authLevel"] for each in triggers.values() if "route" in each}
    assert {routes.pop(route) for route in (*(route for _, route in OPEN), "{*rest}")} == {"ANONYMOUS"}
    assert set(routes.values()) == {level}


BODY = json.dumps(
    {
        "document": json.loads((ROOT / "rule_sets" / "2024-02-05.json").read_bytes()),
        "author": "somebody else",
        "note": "as agreed",
    }
).encode()


@pytest.mark.usefixtures("app_roles", "world")
@pytest.mark.parametrize(
    ("claims", "author"),
    [
        ({"name": "Ada L.", "preferred_username": "ada@example.com", "appid": "7"}, "ada@example.com"),
        ({"name": "Ada L."}, "Ada L."),
        ({"azp": "11-22"}, "11-22"),
        ({}, "a caller without a name"),
        ({"preferred_username": "x" * 2000}, "x" * 200),
        ({"name": "Ada\n\u202eL."}, "Ada??L."),
    ],
)
async def test_the_author_of_a_change_of_rules_is_the_verified_caller_whatever_was_given(
    claims: dict[str, str], author: str
) -> None:
    header = principal("Rules.Manage", **claims)
    draft = json.loads((await ask("POST", "rule-sets", header, BODY)).get_body())
    assert (draft["author"], draft["note"]) == (author, "as agreed")


@pytest.mark.usefixtures("app_roles")
async def test_so_it_is_for_activating_and_retiring(world: World) -> None:
    await ask("POST", "rule-sets", MANAGER, BODY)
    given = json.dumps({"author": "somebody else"}).encode()
    for path in ("rule-sets/{version}/activate", "rule-sets/{version}/retire"):
        handler: Any = ROUTES["POST", path]
        headers = {"x-ms-client-principal": MANAGER, "content-type": "application/json"}
        request = func.HttpRequest("POST", path, headers=headers, route_params={"version": "2"}, body=given)
        changes = json.loads((await handler(request, CALL)).get_body())["changes"]
        assert [each["author"] for each in changes] == ["ada@example.com"] * len(changes)
        assert changes


async def test_with_keys_a_principal_is_not_looked_at(world: World) -> None:
    """Anybody could have sent it."""
    for header in ("nonsense", MANAGER):
        assert (await ask("GET", "rule-sets", header)).status_code == 200
    assert json.loads((await ask("POST", "rule-sets", MANAGER, BODY)).get_body())["author"] == "somebody else"
