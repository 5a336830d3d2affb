"""The route about health."""

from collections.abc import Iterator

from shared.api_description.json_schema import Schema, one_of, record, text
from shared.api_description.operation import Operation

TELLS = "Whether the system works, and how to talk to it."


def schemas() -> Iterator[tuple[str, Schema]]:
    states = {
        "type": "object",
        "description": '"up" or what is wrong, by dependency',
        "additionalProperties": text('"up", "down" or what is wrong'),
    }
    members = {"status": one_of("of the whole", ["healthy", "unhealthy"]), "dependencies": states}
    yield "health", record("Whether what this depends on answers.", members)


OPERATIONS = (
    Operation(
        "health",
        "GET",
        "health",
        "Whether the system works",
        {"$ref": "#/$defs/health"},
        told="Every dependency answers.",
        others={503: ("Some dependency does not answer.", {"$ref": "#/$defs/health"})},
        open=True,
    ),
)
