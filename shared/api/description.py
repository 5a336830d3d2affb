"""The description of the API: OpenAPI, AsyncAPI, the page to try it, and the published schemas.

What describes it is loaded when it is first asked for.
"""

from __future__ import annotations

from typing import Annotated

from shared.api.parameters import in_path, text
from shared.api.route import ANY_ROLE, EVERYONE, Noun, Reply, Route
from shared.api.shapes import AnyObject, TypedDict
from shared.ports import Ports

NOUN = Noun("Description", "This description, and the schemas of what is exchanged.", 9)

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
    from shared.api.openapi import openapi_json

    return Reply(openapi_json())


@Route(NOUN, "GET", "asyncapi.json", EVERYONE, "Events and notifications as AsyncAPI 3.0", "The description.")
async def get_asyncapi() -> _Document:
    from shared.api.asyncapi import asyncapi_json

    return Reply(asyncapi_json())


@Route(NOUN, "GET", "docs", EVERYONE, "A page to read and try the API", "The page.", answer_type="text/html")
async def get_docs() -> Annotated[Reply, {"type": "string"}]:
    from shared.api.page import page

    html, headers = page()
    return Reply(html, type="text/html", headers=dict(headers))


@Route(NOUN, "GET", "schemas", ANY_ROLE, "List the published JSON Schemas", "All of them.")
async def list_schemas(_: Ports) -> SchemaList:
    from shared.api.schemas.catalogue import PUBLISHED, definitions

    return {
        "items": [{"name": name, "description": definitions()[name]["description"]} for name in PUBLISHED],
        "next": None,
    }


@Route(
    NOUN,
    "GET",
    "schemas/{name}",
    ANY_ROLE,
    "One JSON Schema (draft 2020-12)",
    "The schema, complete in itself.",
    problems=(404,),
)
async def get_schema(_: Ports, name: SchemaName) -> AnyObject:
    from shared.api.problems import not_found
    from shared.api.schemas.catalogue import PUBLISHED, published

    if name not in PUBLISHED:
        raise not_found(f"there is no schema of that name; there are {', '.join(PUBLISHED)}")
    return published(name)
