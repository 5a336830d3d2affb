"""Every answer keeps browsers from storing, guessing or framing it, whatever it is."""

import pytest

from shared import wiring
from shared.api import portal
from tests.api.world import ROUTES, World
from tests.functions.principals import ask, principal

LOCKED = "default-src 'none'; frame-ancestors 'none'"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(wiring, "_built", made.ports)
    return made


async def statuses(method: str, route: str, world: World, monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Ask in several ways; each answer must bear the headers."""
    seen = set()
    for down in (False, True):
        world.store.down = down
        for body in (b"{}", b" " * (5 * 1024 * 1024 + 1)):
            for setting, header in (("keys", None), ("app-roles", None), ("app-roles", principal()), ("none", None)):
                monkeypatch.setenv("AUTHORISATION", setting)
                response = await ask(method, route, header, body)
                seen.add(response.status_code)
                headers = response.headers
                assert headers.getlist("X-Content-Type-Options") == ["nosniff"]
                is_portal = route == "portal/{*path}" and response.status_code == 200
                assert headers.getlist("Referrer-Policy") == ["same-origin" if is_portal else "no-referrer"]
                [policy] = headers.getlist("Content-Security-Policy")
                [caching] = headers.getlist("Cache-Control")
                if route == "docs":
                    assert policy.startswith("default-src 'none'; script-src 'sha256-")
                    assert "frame-ancestors 'none'" in policy
                    assert caching == "no-cache"
                elif is_portal:
                    assert (policy, caching) == (portal.HEADERS["Content-Security-Policy"], "no-cache")
                else:
                    assert (policy, caching) == (LOCKED, "no-store")
    return seen


@pytest.mark.parametrize(("method", "route"), ROUTES)
async def test_every_answer_of_every_route_has_them(
    world: World, monkeypatch: pytest.MonkeyPatch, method: str, route: str
) -> None:
    monkeypatch.setenv("WEBSITE_AUTH_ENABLED", "True")
    seen = await statuses(method, route, world, monkeypatch)
    if route == "me":
        assert seen >= {401, 403, 413}
    elif route not in ("health", "docs", "openapi.json", "asyncapi.json", "portal/{*path}"):
        assert seen >= {401, 403, 413, 503}


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(("method", "route"), ROUTES)
async def test_browsers_are_bound_to_tls_only_by_answers_over_tls(method: str, route: str) -> None:
    assert "Strict-Transport-Security" in (await ask(method, route)).headers
    assert "Strict-Transport-Security" not in (await ask(method, route, scheme="http")).headers
