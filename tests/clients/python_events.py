"""Events made by the CloudEvents SDK of Python, which gives them an id and the time of now."""

from cloudevents.core.v1.event import CloudEvent

SPEND = {"licenceId": "L-1", "application": "finance", "annualAmount": "180000.00", "currency": "USD"}


def spend(customer: str, **attributes: str) -> CloudEvent:
    given = {"source": "/clients/python", "type": "fasttrack.spend.updated.v1", **attributes}
    return CloudEvent(given, {"customerId": customer, **SPEND, "newDeployment": True})
