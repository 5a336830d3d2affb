"""All schemas by name, and those that are published, each complete in itself."""

from collections.abc import Iterator, Mapping
from functools import cache

from local.descriptions.decision import decision_schemas
from local.descriptions.event import event_schemas
from local.descriptions.fact import fact_schemas
from local.descriptions.help import help_schemas
from local.descriptions.parts import DEFINITIONS, Schema
from local.descriptions.problem import problem_schemas
from local.descriptions.question import question_schemas
from local.descriptions.rule_set import rule_set_schemas
from local.descriptions.shape import answer_of, schema_of
from shared.api.routes import ROUTES

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@cache
def definitions() -> Mapping[str, Schema]:
    """Every schema by name."""
    sources = (
        fact_schemas,
        decision_schemas,
        help_schemas,
        problem_schemas,
        event_schemas,
        question_schemas,
        rule_set_schemas,
    )
    found = {name: schema for source in sources for name, schema in source()}
    for route in ROUTES:
        schema_of(answer_of(route), found)
        if route.body:
            schema_of(route.body.shape, found, is_closed=True)
    return found


@cache
def published(name: str) -> Schema:
    """A schema with all that it refers to."""
    schema = definitions()[name]
    others = {each: definitions()[each] for each in sorted(reached(name))}
    head = {"$schema": DIALECT, "$id": f"urn:fasttrack-eligibility:schema:{name}", "title": name}
    return {**head, **schema, **({"$defs": others} if others else {})}


def reached(*names: str) -> set[str]:
    """Names of the schemas that these refer to, by those referred to as well."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        new = set(_referred(definitions()[waiting.pop()])) - found
        found |= new
        waiting += new
    return found


def _referred(value: object) -> Iterator[str]:
    match value:
        case {"$ref": str(target)}:
            yield target.removeprefix(DEFINITIONS)
        case dict():
            for each in value.values():
                yield from _referred(each)
        case list():
            for each in value:
                yield from _referred(each)
