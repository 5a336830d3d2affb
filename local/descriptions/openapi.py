"""The OpenAPI document, made of the declared routes and the schemas.

It is OpenAPI 3.0 with flat schemas, which every generator of clients reads (``flat``).
"""

import tomllib
from pathlib import Path
from typing import Any

from local.descriptions.catalogue import definitions
from local.descriptions.flat import Flattener, called
from local.descriptions.parts import Schema, ref
from local.descriptions.shape import answer_of, schema_of
from shared.api.bodies import JSON, Body
from shared.api.csv_lists import CSV
from shared.api.parameters import Parameter
from shared.api.route import Route
from shared.api.routes import NOUNS
from shared.domain.decision import JsonObject

PROJECT = Path(__file__).parents[2] / "pyproject.toml"
VERSION: str = tomllib.loads(PROJECT.read_text("utf-8"))["project"]["version"]
KEY, TOKEN = "functionKey", "appRole"
"""Either, as AUTHORISATION says."""

_ABOUT = """\
Decides which customers may use FastTrack services as events arrive, says why, and notifies on every change.

Lists answer `{"items": [...], "next": cursor or null}`; give `next` back to get the next page. To `Accept: text/csv`
flat lists answer in CSV, of 1,000 rows if `limit` is left out. Answers above 1 KiB are compressed for callers that
accept gzip. What goes wrong is told by a problem document (RFC 9457) that names each member at fault and what would be
right; unknown routes (404) and wrong methods (405) too. HEAD is served wherever GET is. Query parameters that
are not described are refused."""

PROBLEMS = {
    400: "A parameter or member is not right or not known; `errors` names each.",
    403: "The caller has none of the app roles that the route takes; `detail` names them.",
    404: "There is no such thing.",
    409: "It cannot be done as things stand.",
    413: "The body is too large.",
    415: "The body's type is not taken here; `detail` names those that are.",
    422: "The document is refused; `errors` names every fault.",
    429: "As much is running as may run at once; ask again later.",
    500: "The app failed unexpectedly; its log has the reason under `invocationId`.",
    503: "Something this depends on does not answer; ask again.",
}

_CSV = f"`Accept: {CSV}`: a line of the members' names, then one for each item; the header Link names the next page."
"""Not a second type of the answer: generated clients would take it for either."""

_CRITERION = {
    "type": "object",
    "description": "the root of the criteria; the JSON Schema `rule-set` describes every type of criterion",
}
"""Open: a client with members for all types of criterion would send back nulls for those that one has not."""


def openapi() -> JsonObject:
    flattener = Flattener({**definitions(), "criterion": _CRITERION})
    paths: dict[str, JsonObject] = {}
    for noun in NOUNS:
        for each in sorted(noun.routes, key=lambda route: not route.roles):  # those open to everyone last
            paths.setdefault(f"/{each.path.replace('{*', '{')}", {})[each.method.lower()] = _flat(
                flattener, operation(each), each.name
            )
    responses = _flat(flattener, _problem_responses(), "problem")
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
        "tags": [{"name": noun.title, "description": noun.description} for noun in NOUNS],
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


def operation(route: Route) -> JsonObject:
    """The route's operation object, its schemas by reference to ``definitions``."""
    first, *others = route.name.split("_")  # getCustomer: some generators make classes of what stands before a _
    described: JsonObject = {
        "operationId": first + "".join(each.title() for each in others),
        "tags": [route.noun.title],
        "summary": route.summary,
    }
    if description := " ".join(filter(None, (route.description, _CSV if route.columns else ""))):
        described["description"] = description
    if route.parameters:
        described["parameters"] = [_parameter(each) for each in route.described_parameters]
    if route.body:
        described["requestBody"] = _body(route.body)
    security: list[JsonObject] = [{KEY: []}, {TOKEN: []}] if route.roles else []
    return {**described, "responses": _responses(route), "security": security}


def _parameter(parameter: Parameter[object]) -> JsonObject:
    schema = schema_of(parameter.shape, {})
    described = {"name": parameter.name, "in": parameter.place, "description": schema.pop("description")}
    example = {} if parameter.example is None else {"example": parameter.example}
    return {**described, "required": parameter.required, "schema": schema, **example}


def _body(body: Body) -> JsonObject:
    examples = {
        name.lower().replace(" ", "-"): {"summary": name, "value": value() if callable(value) else value}
        for name, value in body.examples.items()
    }
    content: JsonObject = {JSON: {"schema": schema_of(body.shape, {}), "examples": examples}}
    return {"required": body.required, "content": content | {each: {} for each in body.other_types}}


def _responses(route: Route) -> JsonObject:
    schema = schema_of(answer_of(route), {})
    responses = {str(route.status): _response(route.answered, schema, route.answer_type)}
    if route.location:
        header = {"description": route.location_text, "schema": {"type": "string", "description": route.location_text}}
        responses[str(route.status)]["headers"] = {"Location": header}
    responses |= {str(status): _response(text, schema) for status, text in route.also.items()}
    return responses | {str(each): {"$ref": f"#/components/responses/{each}"} for each in sorted(_problems(route))}


def _problems(route: Route) -> set[int]:
    """What is in the way of this route alone, and what of every one."""
    problems = {*route.problems, 400, 500}
    problems |= {401, 403, 503} if route.roles else set()
    return problems | ({413} if route.method == "POST" else set()) | ({415} if route.body else set())


def _response(text: str, schema: Schema, content_type: str = JSON) -> JsonObject:
    return {"description": text, "content": {content_type: {"schema": schema}}}


def _problem_responses() -> JsonObject:
    """What the operations refer to."""
    problems = {
        str(status): _response(text, ref("problem"), "application/problem+json") for status, text in PROBLEMS.items()
    }
    return {
        **problems,
        "401": {
            "description": "The key is missing or wrong: Azure itself answers, in a form of its own. "
            "Or nobody is signed in: a problem."
        },
    }
