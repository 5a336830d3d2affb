"""The OpenAPI 3.1 document: the tables of the routes and the schemas, put together."""

import json
from functools import cache

from shared.api_description.catalogue import NOUNS, definitions
from shared.api_description.json_schema import DEFINITIONS
from shared.api_description.operation import KEY, TOKEN, problem_responses
from shared.domain.decision import JsonObject

VERSION = "0.2.0"

_ABOUT = """\
Decides which customers may use FastTrack services as events arrive, says why, and notifies on every change.

Lists answer `{"items": [...], "next": cursor or null}`; give `next` back to get the next page. What goes wrong is told
by a problem document (RFC 9457) that names each member at fault and what would be right; unknown routes (404) and wrong
methods (405) too. HEAD is served wherever GET is. Query parameters that are not described are refused."""


@cache
def openapi_json() -> bytes:
    """The document as it is served."""
    text = json.dumps(openapi(), ensure_ascii=False, separators=(",", ":"))
    return text.replace(f'"{DEFINITIONS}', '"#/components/schemas/').encode()


def openapi() -> JsonObject:
    """The document, its references still as among the schemas."""
    paths: dict[str, JsonObject] = {}
    for tag, noun in NOUNS.items():
        for each in noun.OPERATIONS:
            paths.setdefault(f"/{each.path}", {})[each.method.lower()] = each.to_json(tag)
    key = {"type": "apiKey", "in": "header", "name": "x-functions-key", "description": "a key of the function app"}
    token = {
        "type": "http",
        "scheme": "bearer",
        "description": "a token with an app role, where the app asks for roles",
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "FastTrack Eligibility",
            "version": VERSION,
            "description": _ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/api"}],
        "tags": [{"name": tag, "description": noun.TELLS} for tag, noun in NOUNS.items()],
        "paths": paths,
        "components": {
            "schemas": dict(definitions()),
            "responses": problem_responses(),
            "securitySchemes": {KEY: key, TOKEN: token},
        },
    }
