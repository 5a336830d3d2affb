"""The OpenAPI document: the tables of the routes and the schemas, put together.

It is OpenAPI 3.0 with flat schemas, which every generator of clients reads (``flat``).
"""

import json
from functools import cache
from typing import Any

from shared.api_description.catalogue import NOUNS, definitions
from shared.api_description.flat import Flattener, called
from shared.api_description.json_schema import ref
from shared.api_description.operation import KEY, TOKEN, problem_responses
from shared.domain.decision import JsonObject

VERSION = "0.2.0"

_ABOUT = """\
Decides which customers may use FastTrack services as events arrive, says why, and notifies on every change.

Lists answer `{"items": [...], "next": cursor or null}`; give `next` back to get the next page. What goes wrong is told
by a problem document (RFC 9457) that names each member at fault and what would be right; unknown routes (404) and wrong
methods (405) too. HEAD is served wherever GET is. Query parameters that are not described are refused."""


_CRITERION = {
    "type": "object",
    "description": "the root of the criteria; the JSON Schema `rule-set` describes every type of criterion",
}
"""Open: a client with members for all types of criterion would send back nulls for those that one has not."""


@cache
def openapi_json() -> bytes:
    """The document as it is served."""
    return json.dumps(openapi(), ensure_ascii=False, separators=(",", ":")).encode()


def openapi() -> JsonObject:
    flattener = Flattener({**definitions(), "criterion": _CRITERION})
    paths: dict[str, JsonObject] = {}
    for tag, noun in NOUNS.items():
        for each in noun.OPERATIONS:
            described = _flat(flattener, each.to_json(tag), each.name)
            paths.setdefault(f"/{each.path}", {})[each.method.lower()] = described
    responses = _flat(flattener, problem_responses(), "problem")
    flattener.flat(ref("notification"))
    key = {"type": "apiKey", "in": "header", "name": "x-functions-key", "description": "a key of the function app"}
    token = {
        "type": "http",
        "scheme": "bearer",
        "description": "a token with an app role, where the app asks for roles",
    }
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "FastTrack Eligibility",
            "version": VERSION,
            "description": _ABOUT,
            "license": {"name": "MIT"},
        },
        "servers": [{"url": "/api"}],
        "tags": [{"name": tag, "description": noun.TELLS} for tag, noun in NOUNS.items()],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(flattener.components.items())),
            "responses": responses,
            "securitySchemes": {KEY: key, TOKEN: token},
        },
    }


def _flat(flattener: Flattener, value: Any, name: str) -> Any:
    """The same, with every schema in it flat; an inline object is called by the operation's name."""
    if isinstance(value, list):
        return [_flat(flattener, each, name) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: each
        if key in ("example", "examples")
        else flattener.flat(each, called(name))
        if key == "schema"
        else _flat(flattener, each, name)
        for key, each in value.items()
    }
