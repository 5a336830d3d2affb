"""Events: posted over HTTP, one or a batch, to be put on the queue."""

from __future__ import annotations

from typing import Annotated, NotRequired

from shared.api.bodies import Body
from shared.api.route import PUBLISHERS, Noun, Request, Route, Signed
from shared.api.shapes import FROM_1, TypedDict, ref
from shared.domain.decision import JsonObject
from shared.ports import Ports

NOUN = Noun(
    "Events",
    "What producers tell. They may also put the same events straight on the queue `eligibility-events`.",
)

ONE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
MAX_BATCH = 100
MAX_EVENTS_BYTES = 5 * 1024 * 1024


class Warning(TypedDict):  # noqa: A001  the API's word
    """a member that is probably not meant so"""

    path: Annotated[str, 'where, such as "$[3].data.application"']
    message: Annotated[str, "why it counts for nothing, and what was probably meant"]


class Acceptance(TypedDict):
    """What was queued."""

    accepted: Annotated[int, "how many events", FROM_1]
    warnings: NotRequired[Annotated[list[Warning], "left out if there are none"]]


def _example(name: str, number: int, **data: object) -> JsonObject:
    envelope = {"specversion": "1.0", "id": f"try-{number}", "source": "/docs", "type": name}
    return {**envelope, "time": "2026-06-30T09:30:00Z", "datacontenttype": "application/json", "data": data}


EXAMPLE = _example(
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


@Route(
    NOUN,
    "POST",
    "events",
    PUBLISHERS,
    "Post one event or a batch",
    "All are on the queue.",
    f"""\
A list of 1 to {MAX_BATCH} CloudEvents. Each is checked; if one is wrong, none is queued.

The same list is taken as `{BATCH}`; one event alone as `{ONE}`, as
`application/json`, or in binary mode: its `data` as the body, everything else in headers `ce-specversion`, `ce-id`,
`ce-source`, `ce-type` and `ce-time`.

With app roles, `fasttrack.exception.granted.v1` takes the role `Exceptions.Manage` as well, and the caller's name
replaces `approvedBy`.""",
    Body(
        Annotated[list[Annotated[JsonObject, ref("event")]], {"minItems": 1, "maxItems": MAX_BATCH}],
        {"One event": [EXAMPLE], "A batch": [EXAMPLE, _PROJECT, _ATTACHED]},
        other_types=(BATCH, ONE),
    ),
    max_bytes=MAX_EVENTS_BYTES,
    status=202,
)
async def post_events(ports: Ports, request: Request, who: Signed = None) -> Acceptance:
    from shared.api.granting import Granter
    from shared.api.posting import accept

    return await accept(ports, request.get_body(), request.headers, Granter(who))
