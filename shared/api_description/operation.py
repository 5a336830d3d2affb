"""One route, described.

Arrives: a line or two per route. Leaves: its operation object of OpenAPI, with every problem it may answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.api_description.json_schema import (
    DEFINITIONS,
    Schema,
    list_of,
    named,
    nullable,
    number,
    record,
    ref,
    text,
    titled,
)
from shared.domain.decision import JsonObject
from shared.queries.parameters import DEFAULT_LIMIT, MAX_LIMIT

KEY, TOKEN = "functionKey", "appRole"
"""Either, as AUTHORISATION says."""

PROBLEMS = {
    400: "A parameter or member is not right or not known; `errors` names each.",
    403: "The caller has none of the app roles that the route takes; `detail` names them.",
    404: "There is no such thing.",
    409: "It cannot be done as things stand.",
    413: "The body is too large.",
    415: "The body's type is not taken here; `detail` names those that are.",
    422: "The document is refused; `errors` names every fault.",
    500: "The app failed unexpectedly; its log has the reason under `invocationId`.",
    503: "Something this depends on does not answer; ask again.",
}


@dataclass(frozen=True)
class Parameter:
    """A part of the path (``place`` path) or a parameter of the query."""

    name: str
    schema: Schema
    place: str = "query"
    example: str | int | None = None
    required: bool = False

    def to_json(self) -> JsonObject:
        schema = {name: value for name, value in self.schema.items() if name != "description"}
        example = {} if self.example is None else {"example": self.example}
        described = {"name": self.name, "in": self.place, "description": self.schema["description"]}
        return {**described, "required": self.required, "schema": schema, **example}


@dataclass(frozen=True)
class Body:
    """What is sent: its schema and named examples that work against the sample programme."""

    schema: Schema
    examples: Mapping[str, Any]
    required: bool = True
    type: str = "application/json"
    other_types: tuple[str, ...] = ()
    """Without a schema: some generators cannot choose between types that have one each."""

    def to_json(self) -> JsonObject:
        examples = {
            name.lower().replace(" ", "-"): {"summary": name, "value": value} for name, value in self.examples.items()
        }
        content: JsonObject = {self.type: {"schema": self.schema, "examples": examples}}
        return {"required": self.required, "content": content | {each: {} for each in self.other_types}}


@dataclass(frozen=True)
class Operation:
    """``name`` is the function's; ``path`` and ``method`` are what it is bound to (a test holds them equal)."""

    name: str
    method: str
    path: str
    summary: str
    answer: Schema
    told: str = "The answer."
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    status: int = 200
    problems: tuple[int, ...] = ()
    answer_type: str = "application/json"
    open: bool = False
    others: Mapping[int, tuple[str, Schema]] = field(default_factory=dict)
    headers: Mapping[str, Schema] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The name as ``getCustomer``: some generators make classes of what stands before an underscore."""
        first, *others = self.name.split("_")
        return first + "".join(each.title() for each in others)

    def to_json(self, tag: str) -> JsonObject:
        described: JsonObject = {"operationId": self.id, "tags": [tag], "summary": self.summary}
        if self.description:
            described["description"] = self.description
        if self.parameters:
            described["parameters"] = [each.to_json() for each in self.parameters]
        if self.body:
            described["requestBody"] = self.body.to_json()
        return {**described, "responses": self._responses(), "security": [] if self.open else [{KEY: []}, {TOKEN: []}]}

    def _responses(self) -> JsonObject:
        responses = {str(self.status): _response(self.told, self.answer, self.answer_type)}
        if self.headers:
            responses[str(self.status)]["headers"] = {name: _header(each) for name, each in self.headers.items()}
        responses |= {str(status): _response(told, schema) for status, (told, schema) in self.others.items()}
        responses |= {str(each): {"$ref": f"#/components/responses/{each}"} for each in sorted(self._all_problems())}
        return responses

    def _all_problems(self) -> set[int]:
        """What is in the way of this route alone, and what of every one."""
        problems = {*self.problems, 400, 500}
        problems |= set() if self.open else {401, 403, 503}
        return problems | ({413} if self.method == "POST" else set()) | ({415} if self.body else set())


def _header(schema: Schema) -> JsonObject:
    return {"description": schema["description"], "schema": schema}


def _response(told: str, schema: Schema, content_type: str = "application/json") -> JsonObject:
    return {"description": told, "content": {content_type: {"schema": schema}}}


def problem_responses() -> JsonObject:
    """What the operations refer to."""
    problems = {
        str(status): _response(told, ref("problem"), "application/problem+json") for status, told in PROBLEMS.items()
    }
    return {
        **problems,
        "401": {
            "description": "The key is missing or wrong: Azure itself answers, in a form of its own. "
            "Or nobody is signed in: a problem."
        },
    }


def in_path(name: str, schema: Schema, example: str | int) -> Parameter:
    return Parameter(name, schema, "path", example, required=True)


LIMIT = Parameter("limit", number("how many at most", 1, maximum=MAX_LIMIT, default=DEFAULT_LIMIT))


def after(schema: Schema) -> Parameter:
    """The cursor of a list that goes on after what it names."""
    return Parameter("after", named(schema, "go on after this: what the page before answered as `next`"))


BEFORE = Parameter(
    "before", number("go on before this: what the page before answered as `next`", 1, maximum=9_999_999_998)
)


def page_of(items: Schema) -> Schema:
    """The answer of every list."""
    name = items["$ref"].removeprefix(DEFINITIONS)
    members = {"items": list_of(items), "next": nullable(text("the cursor of the next page; null on the last"))}
    return titled(f"{name}-page", record("A page of a list.", members))
