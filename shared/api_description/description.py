"""The routes that describe the others."""

from collections.abc import Iterator

from shared.api_description.json_schema import Schema, list_of, nullable, record, ref, text, titled
from shared.api_description.operation import Operation, in_path

TELLS = "This description, and the schemas of what is exchanged."

_ANY_OBJECT = {"type": "object"}


def schemas() -> Iterator[tuple[str, Schema]]:
    item = {"name": text("the schema's name"), "description": text("what it describes")}
    members = {"items": list_of(titled("schema-item", record("a schema", item))), "next": nullable(text("always null"))}
    yield "schema-list", record("The published schemas.", members)


OPERATIONS = (
    Operation(
        "list_schemas",
        "GET",
        "schemas",
        "List the published JSON Schemas",
        ref("schema-list"),
        told="All of them.",
    ),
    Operation(
        "get_schema",
        "GET",
        "schemas/{name}",
        "One JSON Schema (draft 2020-12)",
        _ANY_OBJECT,
        told="The schema, complete in itself.",
        parameters=(in_path("name", text("the schema's name"), "rule-set"),),
        problems=(404,),
    ),
    Operation(
        "get_openapi",
        "GET",
        "openapi.json",
        "This API as OpenAPI 3.0",
        _ANY_OBJECT,
        told="The description.",
        open=True,
    ),
    Operation(
        "get_asyncapi",
        "GET",
        "asyncapi.json",
        "Events and notifications as AsyncAPI 3.0",
        _ANY_OBJECT,
        told="The description.",
        open=True,
    ),
    Operation(
        "get_docs",
        "GET",
        "docs",
        "A page to read and try the API",
        {"type": "string"},
        told="The page.",
        answer_type="text/html",
        open=True,
    ),
)
