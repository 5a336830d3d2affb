"""A round trip with the client that openapi-generator makes for Python: its argument is the API's address."""

import json
import sys
import time
from datetime import UTC, date, datetime

import openapi_client as api
from openapi_client.exceptions import BadRequestException, NotFoundException

CUSTOMER = "C-openapi-generator"
client = api.ApiClient(api.Configuration(host=sys.argv[1]))
events, customers_of = api.EventsApi(client), api.CustomersApi(client)
rule_sets = api.RuleSetsApi(client)


def spend(year: int) -> api.Event:
    return api.Event(
        specversion="1.0",
        id="openapi-generator",
        source="/generated",
        type="fasttrack.spend.updated.v1",
        time=datetime(year, 5, 30, 9, 30, tzinfo=UTC),
        data=api.EventData(
            customer_id=CUSTOMER,
            licence_id="L-1",
            application="sales",
            annual_amount="184000.00",
            currency="USD",
            new_deployment=True,
        ),
    )


def project() -> api.Event:
    return api.Event(
        specversion="1.0",
        id="openapi-generator-project",
        source="/generated",
        type="fasttrack.project.updated.v1",
        time=datetime(2026, 5, 30, 9, 30, tzinfo=UTC),
        data=api.EventData(
            customer_id=CUSTOMER,
            project_id="J-1",
            applications=["sales"],
            initiated_on=date(2026, 7, 1),
            status="planned",
        ),
    )


def first_decision() -> api.Decision:
    until = time.monotonic() + 30
    while True:
        try:
            return customers_of.get_eligibility(CUSTOMER)
        except NotFoundException:
            assert time.monotonic() < until
            time.sleep(0.05)


def every_customer() -> list[str]:
    page = customers_of.list_customers(limit=10)
    found = [each.customer_id for each in page.items]
    while page.next is not None:
        page = customers_of.list_customers(limit=10, after=page.next)
        found += [each.customer_id for each in page.items]
    return found


def refused() -> api.Problem:
    try:
        events.post_events([spend(2099)])
    except BadRequestException as refusal:
        found: api.Problem = refusal.data
        return found
    raise AssertionError("an event of 2099 was accepted")


accepted = events.post_events([spend(2026), project()])
decision = first_decision()
more = api.GivenLicence(
    licence_id="L-2", application="sales", annual_amount="100000", currency="USD", new_deployment=True
)
question = api.Question(customer_id="C-1002", customer=api.GivenCustomer(licences=[more]))
what_if = api.WhatIfApi(client).check(question)
problem = refused()
document = rule_sets.get_rule_set(1).document
document.criteria["criteria"][0]["amount"] = "320000"
draft = rule_sets.post_rule_set(api.Draft(document=document, note="openapi-generator"))
print(
    json.dumps(
        {
            "accepted": accepted.accepted,
            "first": [decision.customer_id, decision.status],
            "customer": json.loads(customers_of.get_customer("C-1002").to_json()),
            "eligible": json.loads(customers_of.get_eligibility("C-1001", on=date(2026, 5, 1)).to_json()),
            "customers": every_customer(),
            "whatIf": json.loads(what_if.to_json()),
            "problem": {"status": problem.status, "path": problem.errors[0].path},
            "draft": {
                "version": draft.version,
                "state": draft.state,
                "amount": draft.document.criteria["criteria"][0]["amount"],
            },
        }
    )
)
