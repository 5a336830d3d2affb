"""Who asks, as GET me answers it; and writes that come with the platform's session cookie."""

import json
from collections.abc import Mapping
from typing import Any

import azure.functions as func
import pytest

from shared import wiring
from shared.api.principal import Role
from shared.api.routes import ROUTES as DECLARED
from tests.api.world import CALL, ROUTES, World
from tests.functions.principals import PATH, ask, principal

COOKIE = {"Cookie": "lang=en; AppServiceAuthSession=abc"}
WRITES = [(each.method, each.path) for each in DECLARED if each.method != "GET"]
ALL = [role.value for role in Role]


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(wiring, "_built", made.ports)
    return made


async def me(header: str | None) -> Any:
    return json.loads((await ask("GET", "me", header)).get_body())


async def send(method: str, route: str, headers: Mapping[str, str]) -> func.HttpResponse:
    sent = {"content-type": "application/json", "x-ms-client-principal": principal(*ALL), **headers}
    request = func.HttpRequest(method, route, headers=sent, route_params=PATH, body=b"{}")
    handler: Any = ROUTES[method, route]
    response = await handler(request, CALL)
    assert isinstance(response, func.HttpResponse)
    return response


@pytest.mark.usefixtures("app_roles")
async def test_a_caller_who_is_signed_in_is_told_name_and_roles() -> None:
    header = principal("Rules.Manage", "Eligibility.Read", "Something.Else", preferred_username="ada@example.com")
    assert await me(header) == {
        "name": "ada@example.com",
        "roles": ["Eligibility.Read", "Rules.Manage"],
        "access": "app-roles",
    }


async def test_where_callers_have_keys_nobody_is_named_and_every_role_is_had(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBSITE_SITE_NAME", "an-app")
    assert await me(principal("Eligibility.Read", name="Ada")) == {"name": None, "roles": ALL, "access": "keys"}


async def test_on_a_developers_machine_it_says_so() -> None:
    assert (await me(None))["access"] == "local"


@pytest.mark.usefixtures("app_roles")
@pytest.mark.parametrize(("method", "route"), WRITES)
async def test_a_write_with_the_session_cookie_alone_is_refused_unread(world: World, method: str, route: str) -> None:
    world.store.down = True
    for cookie in (COOKIE, {"Cookie": "AppServiceAuthSession=a"}, {"cookie": "AppServiceAuthSession1=b; x=y"}):
        response = await send(method, route, cookie)
        told = json.loads(response.get_body())
        assert (response.status_code, told["title"]) == (403, "Forbidden")
        assert "X-Requested-With" in told["detail"]


@pytest.mark.usefixtures("app_roles")
@pytest.mark.parametrize(("method", "route"), WRITES)
async def test_a_write_with_the_header_or_with_another_cookie_goes_on(world: World, method: str, route: str) -> None:
    world.store.down = True
    for headers in ({**COOKIE, "X-Requested-With": "portal"}, {"Cookie": "lang=AppServiceAuthSession"}, {}):
        assert (await send(method, route, headers)).status_code != 403


@pytest.mark.usefixtures("app_roles")
async def test_a_question_with_the_session_cookie_needs_no_header() -> None:
    assert (await send("GET", "me", COOKIE)).status_code == 200
