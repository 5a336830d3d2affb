"""The route that takes events."""

from collections.abc import Iterator

from shared.api_description.event_schemas import event_schemas
from shared.api_description.json_schema import Schema, list_of, number, record, ref, text, titled
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
    warnings = list_of(titled("warning", record("a member that is probably not meant so", warning)))
    members = {
        "accepted": number("how many events", 1),
        "warnings": {**warnings, "description": "left out if there are none"},
    }
    yield "acceptance", record("What was queued.", members, optional=("warnings",))


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

_DESCRIPTION = f"""\
A list of 1 to {MAX_BATCH} CloudEvents. Each is checked; if one is wrong, none is queued.

The same list is taken as `application/cloudevents-batch+json`; one event alone as `application/cloudevents+json`, as
`application/json`, or in binary mode: its `data` as the body, everything else in headers `ce-specversion`, `ce-id`,
`ce-source`, `ce-type` and `ce-time`."""

OPERATIONS = (
    Operation(
        "post_events",
        "POST",
        "events",
        "Post one event or a batch",
        ref("acceptance"),
        told="All are on the queue.",
        description=_DESCRIPTION,
        body=Body(
            list_of(ref("event"), minItems=1, maxItems=MAX_BATCH),
            {"One event": [_SPEND], "A batch": [_SPEND, _PROJECT, _ATTACHED]},
            other_types=("application/cloudevents-batch+json", "application/cloudevents+json"),
        ),
        status=202,
    ),
)
