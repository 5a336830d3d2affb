"""The routes about partners."""

from collections.abc import Iterator

from shared.api_description.json_schema import (
    IDENTIFIER,
    Schema,
    flag,
    list_of,
    named,
    number,
    one_of,
    record,
    ref,
)
from shared.api_description.operation import LIMIT, Operation, after, in_path, page_of
from shared.domain.decision import Status

TELLS = "What partners can show, and whom they work for."

PARTNER = in_path("id", named(IDENTIFIER, "the partner"), "P-fabrikam")
_PARTNER = {
    "partnerId": IDENTIFIER,
    "competencies": list_of(ref("competency")),
    "designations": list_of(ref("designation")),
    "deployments": list_of(ref("deployment")),
    "trainings": list_of(ref("training")),
    "qualification": {
        "type": "object",
        "description": "by area, what the rules in force say of the partner alone; training depends on a project",
        "additionalProperties": list_of(ref("node")),
    },
    "attachedCustomers": number("how many customers it works for"),
    "factsOmitted": number("facts left out of the lists, which have 768 KiB at most"),
    "attachedCustomersIsAtLeast": flag("true: there are more than were counted"),
}
_CUSTOMER = {
    "customerId": IDENTIFIER,
    "status": one_of("the current status", [each.value for each in Status]),
}


def schemas() -> Iterator[tuple[str, Schema]]:
    told = "A partner's facts and qualification."
    yield "partner", record(told, _PARTNER, optional=("factsOmitted", "attachedCustomersIsAtLeast"))
    yield "partner-customer", record("A customer the partner works for.", _CUSTOMER)


OPERATIONS = (
    Operation(
        "get_partner",
        "GET",
        "partners/{id}",
        "One partner: facts and qualification per area",
        ref("partner"),
        told="Each fact with the event it came from, and the qualification as of today.",
        parameters=(PARTNER,),
        problems=(404, 409),
    ),
    Operation(
        "list_partner_customers",
        "GET",
        "partners/{id}/customers",
        "The customers a partner works for",
        page_of(ref("partner-customer")),
        told="Customers by id; a page may hold fewer than `limit`, even none, where many no longer are.",
        parameters=(PARTNER, LIMIT, after(IDENTIFIER)),
        problems=(404,),
    ),
)
