"""All schemas by name, and those that are published, each complete in itself."""

import json
from collections.abc import Iterator, Mapping
from functools import cache

from shared.api_description import (
    check,
    customers,
    description,
    events,
    health,
    partners,
    previews,
    quarantine,
    rule_sets,
)
from shared.api_description.decision_schemas import decision_schemas
from shared.api_description.fact_schemas import fact_schemas
from shared.api_description.help_schema import help_schemas
from shared.api_description.json_schema import DEFINITIONS, Schema
from shared.api_description.problem_schema import problem_schemas
from shared.domain.decision import JsonObject
from shared.domain.events import EVENT_TYPES
from shared.queries.problems import not_found

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PUBLISHED = (*EVENT_TYPES, "rule-set", "question", "checked", "decision", "notification", "problem")
NOUNS = {
    "Customers": customers,
    "What if": check,
    "Partners": partners,
    "Rule sets": rule_sets,
    "Previews": previews,
    "Events": events,
    "Quarantine": quarantine,
    "Health": health,
    "Description": description,
}
"""The groups of routes, in the order a reader meets them."""


@cache
def definitions() -> Mapping[str, Schema]:
    """Every schema by name."""
    sources = (
        fact_schemas,
        decision_schemas,
        help_schemas,
        problem_schemas,
        *(each.schemas for each in NOUNS.values()),
    )
    return {name: schema for source in sources for name, schema in source()}


def list_schemas() -> JsonObject:
    """The published schemas, what each describes."""
    items = [{"name": name, "description": definitions()[name]["description"]} for name in PUBLISHED]
    return {"items": items, "next": None}


def get_schema(name: str) -> Schema:
    """A published schema; raises a problem for any other."""
    if name not in PUBLISHED:
        raise not_found(f"there is no schema of that name; there are {', '.join(PUBLISHED)}")
    return published(name)


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


def as_file(name: str) -> str:
    """The schema as it stands in ``docs/schemas``."""
    return json.dumps(published(name), indent=2, ensure_ascii=False) + "\n"
