"""Send one event to the Service Bus queue of events.

    python samples/produce_service_bus.py C-1002

ServiceBusConnection holds the connection string of the namespace (`./dev up --transport service-bus` prints one).
"""

import json
import os
import sys
from datetime import UTC, datetime
from uuid import uuid4

from azure.servicebus import ServiceBusClient, ServiceBusMessage

event = {
    "specversion": "1.0",
    "id": str(uuid4()),  # one event, one id, however often it is sent
    "source": "/samples/billing",
    "type": "fasttrack.spend.updated.v1",
    "time": datetime.now(UTC).isoformat(),  # since when it is so: the latest time wins
    "data": {
        "customerId": sys.argv[1],
        "licenceId": "L-9",
        "application": "sales",
        "annualAmount": "240000.00",
        "currency": "USD",
        "newDeployment": True,
    },
}
client = ServiceBusClient.from_connection_string(os.environ["ServiceBusConnection"])
with client, client.get_queue_sender("eligibility-events") as sender:
    sender.send_messages(ServiceBusMessage(json.dumps(event)))
print("sent", event["id"])
