"""A round trip with the client that openapi-python-client makes: its argument is the API's address."""

import json
import sys
import time
from datetime import UTC, date, datetime

from fast_track_eligibility_client import AuthenticatedClient
from fast_track_eligibility_client.api.customers import get_customer, get_eligibility, list_customers
from fast_track_eligibility_client.api.events import post_events
from fast_track_eligibility_client.api.rule_sets import get_rule_set, post_rule_set
from fast_track_eligibility_client.api.what_if import check
from fast_track_eligibility_client.models import (
    Acceptance,
    Customer,
    CustomerItemPage,
    Decision,
    Draft,
    Event,
    EventData,
    EventDataStatus,
    EventType,
    GivenCustomer,
    GivenLicence,
    Problem,
    Question,
    RuleSetVersion,
)
from fast_track_eligibility_client.types import UNSET, Unset

CUSTOMER = "C-openapi-python-client"
client = AuthenticatedClient(sys.argv[1], token="a-key", prefix="", auth_header_name="x-functions-key")


def spend(year: int) -> Event:
    return Event(
        specversion="1.0",
        id="openapi-python-client",
        source="/generated",
        type_=EventType.FASTTRACK_SPEND_UPDATED_V1,
        time=datetime(year, 5, 30, 9, 30, tzinfo=UTC),
        data=EventData(
            customer_id=CUSTOMER,
            licence_id="L-1",
            application="sales",
            annual_amount="184000.00",
            currency="USD",
            new_deployment=True,
        ),
    )


def project() -> Event:
    return Event(
        specversion="1.0",
        id="openapi-python-client-project",
        source="/generated",
        type_=EventType.FASTTRACK_PROJECT_UPDATED_V1,
        time=datetime(2026, 5, 30, 9, 30, tzinfo=UTC),
        data=EventData(
            customer_id=CUSTOMER,
            project_id="J-1",
            applications=["sales"],
            initiated_on=date(2026, 7, 1),
            status=EventDataStatus.PLANNED,
        ),
    )


def eligibility(customer: str, on: date | Unset = UNSET) -> Decision | None:
    found = get_eligibility.sync(customer, client=client, on=on)
    return found if isinstance(found, Decision) else None


accepted = post_events.sync(client=client, body=[spend(2026), project()])
assert isinstance(accepted, Acceptance)
until = time.monotonic() + 30
while (decision := eligibility(CUSTOMER)) is None and time.monotonic() < until:
    time.sleep(0.05)
eligible = eligibility("C-1001", date(2026, 5, 1))
known = get_customer.sync("C-1002", client=client)
assert decision
assert eligible
assert isinstance(known, Customer)
customers: list[str] = []
page = list_customers.sync(client=client, limit=10)
while True:
    assert isinstance(page, CustomerItemPage)
    customers += [each.customer_id for each in page.items]
    if page.next_ is None:
        break
    page = list_customers.sync(client=client, limit=10, after=page.next_)
more = GivenLicence(licence_id="L-2", application="sales", annual_amount="100000", currency="USD", new_deployment=True)
question = Question(customer_id="C-1002", customer=GivenCustomer(licences=[more]))
answer = check.sync(client=client, body=question)
assert isinstance(answer, Decision)
problem = post_events.sync(client=client, body=[spend(2099)])
assert isinstance(problem, Problem)
assert problem.errors
shipped = get_rule_set.sync(1, client=client)
assert isinstance(shipped, RuleSetVersion)
shipped.document.criteria["criteria"][0]["amount"] = "320000"
drafted = post_rule_set.sync(client=client, body=Draft(document=shipped.document, note="openapi-python-client"))
assert isinstance(drafted, RuleSetVersion), drafted
print(
    json.dumps(
        {
            "accepted": accepted.accepted,
            "first": [decision.customer_id, decision.status.value],
            "customer": known.to_dict(),
            "eligible": eligible.to_dict(),
            "customers": customers,
            "whatIf": answer.to_dict(),
            "problem": {"status": problem.status, "path": problem.errors[0].path},
            "draft": {
                "version": drafted.version,
                "state": drafted.state.value,
                "amount": drafted.document.criteria["criteria"][0]["amount"],
            },
        }
    )
)
