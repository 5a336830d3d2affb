"""Function keys as Azure asks for them, where the development host is told to; else none are asked for."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.functions.children import told_by
from tests.functions.principals import principal
from tests.host.hosts import ROOT, Answer, RunningHost, ask, running

OPEN = {"health", "docs", "openapi.json", "asyncapi.json", "{*rest}"}


@pytest.fixture(scope="module")
def app(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHost]:
    """The app itself, with a key for all and one for the function ``get_customer``."""
    keys = ("--key", "host-key==", "--key", "get_customer:own-key")
    with running(azurite, tmp_path_factory.mktemp("keys") / "log", "--app", str(ROOT), *keys) as started:
        yield started


@pytest.fixture(scope="module")
def guarded(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHost]:
    """The app of these tests, which counts its calls."""
    with running(azurite, tmp_path_factory.mktemp("guarded") / "log", "--key", "host-key") as started:
        yield started


def test_every_route_but_the_open_ones_asks_for_a_key_of_its_own_or_of_the_host(app: RunningHost) -> None:
    for name, trigger in told_by("tell_triggers").items():
        if "route" not in trigger:
            continue
        path = re.sub(r"\{version\}|\{sequence\}", "1", trigger["route"])
        url = f"{app.url}/api/{re.sub(r'\{\w+\}', 'X-1', path)}"
        for method in trigger["methods"]:
            asks_for_a_key(name, method, url, trigger["route"] in OPEN)


def asks_for_a_key(name: str, method: str, url: str, is_open: bool) -> None:
    def status(key: str = "", query: str = "") -> int:
        body = b"{}" if method == "POST" else None
        return ask(url + query, method, body, {"x-functions-key": key} if key else {}).status

    refused = [
        status(),
        status("wrong"),
        status("host-key"),
        status(query="?code=wrong"),
        status("wrong", "?code=host-key%3D%3D"),
    ]
    assert [each == 401 for each in refused] == [not is_open] * 5, (method, name)
    assert 401 not in (status("host-key=="), status(query="?code=host-key%3D%3D&clientId=it")), (method, name)
    assert (status("own-key") == 401) == (not is_open and name != "get_customer"), (method, name)


def test_a_refusal_has_no_body_and_calls_no_function(guarded: RunningHost) -> None:
    for headers in ({}, {"x-functions-key": "wrong"}):
        answer = ask(f"{guarded.url}/api/locked", "POST", b"refused", headers)
        assert (answer.status, answer.body) == (401, b"")
        assert ask(f"{guarded.url}/api/nowhere", headers=headers).status == 404
    assert ask(f"{guarded.url}/api/locked", "POST", b"let through", {"x-functions-key": "host-key"}).status == 204
    assert guarded.calls("locked") == ["let through"]


def test_without_keys_none_is_asked_for(host: RunningHost) -> None:
    assert ask(f"{host.url}/api/locked", "POST", b"").status == 204


def test_with_app_roles_the_host_asks_for_no_key_and_the_app_for_a_role(azurite: str, tmp_path: Path) -> None:
    settings = {"AUTHORISATION": "app-roles", "WEBSITE_AUTH_ENABLED": "True"}
    with running(azurite, tmp_path / "log", "--app", str(ROOT), "--key", "host-key", **settings) as app:

        def asked(*roles: str) -> Answer:
            return ask(f"{app.url}/api/rule-sets", headers={"X-MS-CLIENT-PRINCIPAL": principal(*roles)})

        nobody = ask(f"{app.url}/api/rule-sets", headers={"x-functions-key": "host-key"})
        assert (nobody.status, nobody.headers["www-authenticate"]) == (401, "Bearer")
        assert nobody.headers["content-type"].startswith("application/problem+json")
        assert (asked("Events.Publish").status, asked("Eligibility.Read").status) == (403, 200)
