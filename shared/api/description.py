"""The description of the API: OpenAPI, AsyncAPI, the page to try it, and the published schemas.

All but the page is the same for every request and every app of this version: ``./dev reference`` writes it to files.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Annotated

from shared.api.parameters import in_path, text
from shared.api.problems import not_found
from shared.api.route import ANY_ROLE, EVERYONE, Noun, Reply, Route
from shared.api.shapes import TypedDict
from shared.domain.events import EVENT_TYPES
from shared.own_json import compact_bytes
from shared.ports import Ports

NOUN = Noun("Description", "This description, and the schemas of what is exchanged.")

PUBLISHED = Path(__file__).parent / "published"
SCHEMAS = (
    *EVENT_TYPES,
    "rule-set",
    "question",
    "checked",
    "decision",
    "notification",
    "erasure-notification",
    "problem",
)

SchemaName = Annotated[str, in_path("name", text, Annotated[str, "the schema's name"], "rule-set")]
_Document = Annotated[Reply, {"type": "object"}]


class SchemaItem(TypedDict):
    """a schema"""

    name: Annotated[str, "the schema's name"]
    description: Annotated[str, "what it describes"]


class SchemaList(TypedDict):
    """The published schemas."""

    items: list[SchemaItem]
    next: Annotated[str | None, "always null"]


@Route(NOUN, "GET", "openapi.json", EVERYONE, "This API as OpenAPI 3.0", "The description.")
async def get_openapi() -> _Document:
    return Reply(_published("openapi"))


@Route(NOUN, "GET", "asyncapi.json", EVERYONE, "Events and notifications as AsyncAPI 3.0", "The description.")
async def get_asyncapi() -> _Document:
    return Reply(_published("asyncapi"))


@Route(NOUN, "GET", "docs", EVERYONE, "A page to read and try the API", "The page.", answer_type="text/html")
async def get_docs() -> Annotated[Reply, {"type": "string"}]:
    html, headers = _page()
    return Reply(html, type="text/html", headers=dict(headers))


@Route(NOUN, "GET", "schemas", ANY_ROLE, "List the published JSON Schemas", "All of them.")
async def list_schemas(_: Ports) -> SchemaList:
    schemas = [(name, json.loads(_published(f"schemas/{name}"))) for name in SCHEMAS]
    return {"items": [{"name": name, "description": schema["description"]} for name, schema in schemas], "next": None}


@Route(
    NOUN,
    "GET",
    "schemas/{name}",
    ANY_ROLE,
    "One JSON Schema (draft 2020-12)",
    "The schema, complete in itself.",
    problems=(404,),
)
async def get_schema(_: Ports, name: SchemaName) -> _Document:
    if name not in SCHEMAS:
        raise not_found(f"there is no schema of that name; there are {', '.join(SCHEMAS)}")
    return Reply(_published(f"schemas/{name}"))


@cache
def _published(name: str) -> bytes:
    """The file as it is sent, without white space."""
    return compact_bytes(json.loads((PUBLISHED / f"{name}.json").read_bytes()))


@cache
def _page() -> tuple[bytes, dict[str, str]]:
    """One document, its style and script in it, nothing fetched from elsewhere.

    Its headers allow just this style and this script, and questions to the host it came from.
    """
    style, script = _read("page.css"), _read("page.js")
    html = _read("page.html").replace("/* style */", style).replace("/* script */", script)
    policy = {
        "default-src": "'none'",
        "script-src": _hash(script),
        "style-src": _hash(style),
        "img-src": "data:",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return html.encode(), {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-cache",
    }


def _read(name: str) -> str:
    return (Path(__file__).parent / "page" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
