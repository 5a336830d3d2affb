"""The routes about customers."""

from collections.abc import Iterator

from shared.api_description.decision_schemas import KEPT, decision
from shared.api_description.json_schema import (
    DAY,
    IDENTIFIER,
    Schema,
    list_of,
    moment,
    named,
    nullable,
    number,
    one_of,
    record,
    ref,
)
from shared.api_description.operation import BEFORE, LIMIT, Operation, Parameter, after, in_path, page_of
from shared.domain.decision import Status

TELLS = "Who is eligible, since when, and why."

CUSTOMER = in_path("id", named(IDENTIFIER, "the customer"), "C-1001")
_STATUS = one_of("the current status", [each.value for each in Status])
_ITEM = {
    "customerId": IDENTIFIER,
    "status": _STATUS,
    "sequence": number("number of the last recorded decision"),
    "decidedAt": moment("when the customer was decided last"),
}
_CUSTOMER = {
    "customerId": IDENTIFIER,
    "licences": list_of(ref("licence")),
    "projects": list_of(ref("project")),
    "attachments": list_of(ref("attachment")),
    "decision": nullable(ref("decision")),
    "decidedAt": moment("when the customer was decided last"),
}


_FACTS: Schema = {
    "type": ["object", "null"],
    "description": "what it was decided from; null if that was more than is kept",
    "required": ["customer", "partners", "on", "ruleSetVersion", "ruleSetSha256", "rulesChangeOn"],
}


def schemas() -> Iterator[tuple[str, Schema]]:
    yield "customer-item", record("A customer in a list.", _ITEM)
    rules = {**nullable(ref("rule-set")), "description": "the rule set's document"}
    yield "kept-decision", decision({**KEPT, "facts": _FACTS, "ruleSet": rules})
    yield "customer", record("A customer's facts, and the current decision.", _CUSTOMER)


OPERATIONS = (
    Operation(
        "list_customers",
        "GET",
        "customers",
        "List customers with their current status",
        page_of(ref("customer-item")),
        told="Customers by id.",
        parameters=(LIMIT, after(IDENTIFIER)),
    ),
    Operation(
        "get_customer",
        "GET",
        "customers/{id}",
        "One customer: facts and current decision",
        ref("customer"),
        told="Each fact with the event it came from, and the current decision.",
        parameters=(CUSTOMER,),
        problems=(404,),
    ),
    Operation(
        "get_eligibility",
        "GET",
        "customers/{id}/eligibility",
        "Decide a customer now, or as of a date",
        ref("decision"),
        told="The decision with the whole tree of reasons.",
        description="Decides from the stored facts by the rules in force on that date. Stores nothing. A past date is "
        "judged by the facts and rules known today (`knownAsOf`); what was decided then is in the history.",
        parameters=(CUSTOMER, Parameter("on", named(DAY, "the date to decide for; today if left out"))),
        problems=(404, 409),
    ),
    Operation(
        "get_history",
        "GET",
        "customers/{id}/history",
        "The decisions recorded for a customer",
        page_of(ref("recorded-decision")),
        told="Recorded decisions, newest first.",
        parameters=(CUSTOMER, LIMIT, BEFORE),
        problems=(404,),
    ),
    Operation(
        "get_recorded",
        "GET",
        "customers/{id}/history/{sequence}",
        "One recorded decision with all it was decided from",
        ref("kept-decision"),
        told="The decision, the facts it used and its rule set: all that deciding it again needs.",
        parameters=(CUSTOMER, in_path("sequence", number("which one", 1, maximum=9_999_999_998), 1)),
        problems=(404,),
    ),
)
