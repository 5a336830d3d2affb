"""The route that takes events."""

from collections.abc import Iterator

from shared.api_description.event_schemas import event_schemas
from shared.api_description.json_schema import Schema, list_of, number, record, ref, text
from shared.api_description.operation import Body, Operation
from shared.domain.decision import JsonObject
from shared.domain.events import EVENT_TYPES
from shared.queries.post_events import MAX_BATCH

TELLS = "What producers tell. They may also put the same events straight on the queue `eligibility-events`."


def schemas() -> Iterator[tuple[str, Schema]]:
    yield from event_schemas()
    yield "event", {"description": "One event: a CloudEvent.", "oneOf": [ref(name) for name in EVENT_TYPES]}
    warning = {
        "path": text('where, such as "$[3].data.application"'),
        "message": text("why it counts for nothing, and what was probably meant"),
    }
    members = {
        "accepted": number("how many events", 1),
        "warnings": list_of(record("a member that is probably not meant so", warning), "left out if there are none"),
    }
    yield "accepted", record("What was queued.", members, optional=("warnings",))


def _example(name: str, number: int, **data: object) -> JsonObject:
    envelope = {"specversion": "1.0", "id": f"try-{number}", "source": "/docs", "type": name}
    return {**envelope, "time": "2026-06-30T09:30:00Z", "datacontenttype": "application/json", "data": data}


_SPEND = _example(
    "fasttrack.spend.updated.v1",
    1,
    customerId="C-1002",
    licenceId="L-9",
    application="sales",
    annualAmount="240000.00",
    currency="USD",
    newDeployment=True,
)
_PROJECT = _example(
    "fasttrack.project.updated.v1",
    2,
    customerId="C-1002",
    projectId="J-9",
    applications=["sales"],
    initiatedOn="2026-09-01",
    status="planned",
)
_ATTACHED = _example("fasttrack.partner.attached.v1", 3, customerId="C-1002", partnerId="P-adatum", projectId=None)

OPERATIONS = (
    Operation(
        "post_events",
        "POST",
        "events",
        "Post one event or a batch",
        ref("accepted"),
        told="All are on the queue.",
        description=f"One CloudEvent, or a list of 1 to {MAX_BATCH}. Each is checked; if one is wrong, none is queued.",
        body=Body(
            {"oneOf": [ref("event"), list_of(ref("event"), minItems=1, maxItems=MAX_BATCH)]},
            {"One event": _SPEND, "A batch": [_SPEND, _PROJECT, _ATTACHED]},
        ),
        status=202,
        problems=(400,),
    ),
)
