"""Send one event to the Storage queue of events.

    python samples/produce_storage_queue.py C-1002

EligibilityStorage holds the connection string of the storage account; without it, Azurite on this machine.
"""

import json
import os
import sys
from datetime import UTC, datetime
from uuid import uuid4

from azure.storage.queue import QueueClient

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
connection = os.environ.get("EligibilityStorage", "UseDevelopmentStorage=true")
with QueueClient.from_connection_string(connection, "eligibility-events") as queue:
    queue.send_message(json.dumps(event), time_to_live=-1)  # otherwise it is gone after 7 days if nobody takes it
print("sent", event["id"])
