"""The portal: a page for people over this API, the same for every path, and its files.

Each file is read and compressed once per process. Its address has a hash over all of them, so a browser may keep it;
the page itself, which names that hash, is asked for each time.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from shared.api.accepted import weight
from shared.api.parameters import in_path, text
from shared.api.problems import not_found
from shared.api.route import EVERYONE, Noun, Reply, Request, Route
from shared.settings import SettingError, access

NOUN = Noun("Portal", "Pages for people, made of this API.")

SERVED = Path(__file__).parents[1] / "portal" / "served"
SHELL = "portal.html"
ASSETS = "assets/"
"""Under the portal's own path."""
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self' data:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",  # signing in checks where a request comes from
    "Vary": "Accept-Encoding",
}
FOR_A_YEAR = "public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}
_GZIP = 31
"""The window of 32 KiB in the form of gzip (``zlib.compressobj``)."""

ViewPath = Annotated[str, in_path("path", text, Annotated[str, "the view, or one of the portal's files"], "customers")]


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it is sent, to who accepts gzip and to others."""

    plain: bytes
    gzipped: bytes
    type: str


@Route(
    NOUN,
    "GET",
    "portal/{*path}",
    EVERYONE,
    "The portal",
    "The page, which is the same for every view.",
    "Files of it are below `portal/assets/`; there is no other file. The page holds no data: it asks this API.",
    problems=(404,),
    answer_type="text/html",
    any_query=True,
)
async def get_portal(request: Request, path: ViewPath) -> Annotated[Reply, {"type": "string"}]:
    """A view's own parameters are the page's to read."""
    if f"{path}/".startswith(ASSETS):
        return _reply(_asset(path.removeprefix(ASSETS)), request.headers, FOR_A_YEAR)
    return _reply(_shell(_access()), request.headers, "no-cache")


def _asset(path: str) -> _File:
    release, _, name = path.partition("/")
    found = files().get(name) if release == version() else None
    if found is None:
        raise not_found("the portal has no such file; it is of another version: load the page again")
    return found


def _reply(file: _File, headers: Mapping[str, str], kept: str) -> Reply:
    """Compressed already, where the caller takes that."""
    is_gzipped = weight(headers.get("accept-encoding", ""), "gzip") > 0
    encoding = {"Content-Encoding": "gzip"} if is_gzipped else {}
    return Reply(
        file.gzipped if is_gzipped else file.plain,
        type=file.type,
        headers={**HEADERS, "Cache-Control": kept, **encoding},
    )


@cache
def files() -> Mapping[str, _File]:
    """By their path; all that the page needs, without the page."""
    found = {file.relative_to(SERVED).as_posix(): file for file in SERVED.rglob("*") if file.suffix in (".js", ".css")}
    return {name: _file(file.read_bytes(), file.suffix) for name, file in found.items()}


@cache
def version() -> str:
    """A hash over all files: they name each other by it."""
    digest = hashlib.sha256()
    for name, file in sorted(files().items()):
        digest.update(name.encode() + b"\0" + hashlib.sha256(file.plain).digest())
    return digest.hexdigest()[:16]


@cache
def _shell(how: str) -> _File:
    page = (SERVED / SHELL).read_text(encoding="utf-8")
    return _file(page.replace("{version}", version()).replace("{access}", how).encode(), ".html")


def _access() -> str:
    """How the app knows its callers, which decides whether the portal signs in; GET me says what is not set up."""
    try:
        return access()
    except SettingError:
        return ""


def _file(body: bytes, suffix: str) -> _File:
    packer = zlib.compressobj(9, wbits=_GZIP)
    return _File(body, packer.compress(body) + packer.flush(), _TYPES[suffix])
