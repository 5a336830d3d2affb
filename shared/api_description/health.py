"""The route about health."""

from collections.abc import Iterator

from shared.api_description.json_schema import Schema, nullable, number, one_of, record, text
from shared.api_description.operation import Operation

TELLS = "Whether the system works, and how to talk to it."


def schemas() -> Iterator[tuple[str, Schema]]:
    states = {
        "type": "object",
        "description": '"up" or what is wrong, by dependency',
        "additionalProperties": text('"up", "down" or what is wrong'),
    }
    members = {"status": one_of("of the whole", ["healthy", "unhealthy"]), "dependencies": states}
    upgrade = {
        "done": number("how many are, of this upgrade", 0),
        "of": nullable(number("of how many; null while that is not known", 0)),
    }
    members["upgrading"] = record("Every customer is being decided once more after an upgrade.", upgrade)
    yield "health", record("Whether what this depends on answers.", members, ["upgrading"])


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
