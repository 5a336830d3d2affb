"""Every route of the product asks for a function key as Azure would, but those that are open to everybody."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.functions.children import told_by
from tests.functions.principals import principal
from tests.host.hosts import Answer, RunningHost, ask
from tests.running_app import running_app

OPEN = {"health", "docs", "openapi.json", "asyncapi.json", "portal/{*path}", "{*rest}"}


@pytest.fixture(scope="module")
def app(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHost]:
    """The app itself, with a key for all and one for the function ``get_customer``."""
    keys = ("--key", "host-key==", "--key", "get_customer:own-key")
    with running_app(azurite, tmp_path_factory.mktemp("keys") / "log", *keys) as started:
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


def test_with_app_roles_the_host_asks_for_no_key_and_the_app_for_a_role(azurite: str, tmp_path: Path) -> None:
    settings = {"AUTHORISATION": "app-roles", "WEBSITE_AUTH_ENABLED": "True"}
    with running_app(azurite, tmp_path / "log", "--key", "host-key", **settings) as app:

        def asked(*roles: str) -> Answer:
            return ask(f"{app.url}/api/rule-sets", headers={"X-MS-CLIENT-PRINCIPAL": principal(*roles)})

        nobody = ask(f"{app.url}/api/rule-sets", headers={"x-functions-key": "host-key"})
        assert (nobody.status, nobody.headers["www-authenticate"]) == (401, "Bearer")
        assert nobody.headers["content-type"].startswith("application/problem+json")
        assert (asked("Events.Publish").status, asked("Eligibility.Read").status) == (403, 200)
