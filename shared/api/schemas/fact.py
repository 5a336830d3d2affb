"""The schemas of facts: as a question gives them, and as they are answered, with the event each came from."""

from collections.abc import Iterator

from shared.api.schemas.models import model_schema, models_inside
from shared.api.schemas.parts import Schema, moment, one_of, record, text, titled
from shared.domain.events import EVENT_TYPES
from shared.rules import given_models as given

_ANSWERED = {
    "licence": given.GivenLicence,
    "project": given.GivenProject,
    "attachment": given.GivenAttachment,
    "competency": given.GivenCompetency,
    "designation": given.GivenDesignation,
    "deployment": given.GivenDeployment,
    "training": given.GivenTraining,
}
_EVENT = {
    "source": text("the event's source"),
    "id": text("the event's id"),
    "type": one_of("the event's type", list(EVENT_TYPES)),
    "time": moment("the event's time"),
}


def fact_schemas() -> Iterator[tuple[str, Schema]]:
    yield from models_inside(given.GivenFacts)
    event = titled("fact-event", record("the event it came from", _EVENT))
    for kind, model in _ANSWERED.items():
        properties = model_schema(model)["properties"]
        required = model_schema(model)["required"] + (["attached"] if kind == "attachment" else [])
        yield (
            kind,
            {
                "type": "object",
                "description": f"A {kind}, as the last event told it.",
                "required": [*required, "event"],
                "properties": {**properties, "event": event},
            },
        )
