"""The portal's page and files as they are served: the same page for every view, files that a browser may keep."""

import gzip
import re

import azure.functions as func
import pytest

from shared.api import portal
from tests.api.world import CALL, ROUTES, World

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


async def get(path: str, **headers: str) -> func.HttpResponse:
    given = {"path": path} if path else {}
    handler = ROUTES["GET", "portal/{*path}"]
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    response = await handler(func.HttpRequest("GET", "", headers=sent, route_params=given, body=b""), CALL)
    assert isinstance(response, func.HttpResponse)
    return response


async def addresses() -> list[str]:
    """Of the files that the page names, below the portal."""
    return re.findall(r'"/api/portal/(assets/[^"]+)"', (await get("")).get_body().decode())


@pytest.mark.parametrize(
    "path", ["", "customers", "customers/C-1001", "customers/C-1001/history/2", "x/../y", "assetsx"]
)
async def test_every_view_has_the_same_page(path: str) -> None:
    response = await get(path)
    assert response.status_code == 200
    assert response.get_body() == (await get("")).get_body()
    assert response.mimetype == "text/html"
    assert response.headers["Cache-Control"] == "no-cache"


async def test_the_page_allows_its_own_script_and_style_alone_and_tells_other_sites_nothing() -> None:
    headers = (await get("customers")).headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"


async def test_the_page_names_one_style_and_one_script_which_may_be_kept_for_a_year() -> None:
    found = await addresses()
    assert [each.rsplit("/", 1)[1] for each in found] == ["portal.css", "portal.js"]
    for each, kind in zip(found, ("text/css", "text/javascript"), strict=True):
        response = await get(each)
        assert (response.status_code, response.mimetype) == (200, kind)
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


async def test_who_accepts_gzip_gets_what_was_compressed_once() -> None:
    for path in ("", *(await addresses())):
        plain, packed = await get(path), await get(path, accept_encoding="gzip, br")
        assert gzip.decompress(packed.get_body()) == plain.get_body()
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Content-Encoding" not in plain.headers
        assert (await get(path, accept_encoding="gzip")).get_body() is packed.get_body()
        assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "path", ["assets/0123456789abcdef/portal.js", "assets", "assets/", "assets/VERSION/../portal.html"]
)
async def test_a_file_that_there_is_not_or_of_another_version_is_not_found(path: str) -> None:
    response = await get(path.replace("VERSION", portal.version()))
    assert (response.status_code, response.mimetype) == (404, "application/problem+json")
    assert response.headers["Cache-Control"] == "no-store"


async def test_a_page_that_is_posted_to_names_what_it_takes(world: World) -> None:
    for path in ("portal", "portal/customers/C-1"):
        answer = await world.post(path)
        assert (answer.status, answer.allow) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "local"),
        ({"WEBSITE_SITE_NAME": "an-app"}, "keys"),
        ({"WEBSITE_SITE_NAME": "an-app", "AUTHORISATION": "app-roles", "WEBSITE_AUTH_ENABLED": "True"}, "app-roles"),
        ({"AUTHORISATION": "nobody"}, ""),
    ],
)
async def test_the_page_says_whether_callers_sign_in(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], told: str
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert f'<meta name="access" content="{told}">' in (await get("")).get_body().decode()
