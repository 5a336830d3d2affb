"""Print each change of a customer's eligibility once and in order, from the Service Bus topic of notifications.

    python samples/subscribe_service_bus.py all highest.json

The subscription (here "all") requires sessions: one session is one customer. The file keeps the highest sequence seen
of each customer, over restarts and for catch_up.py. ServiceBusConnection holds the connection string of the namespace.
"""

import json
import os
import sys
from pathlib import Path

from azure.servicebus import NEXT_AVAILABLE_SESSION, ServiceBusClient
from azure.servicebus.exceptions import OperationTimeoutError

TOPIC, subscription, file = "eligibility-notifications", sys.argv[1], Path(sys.argv[2])
highest = json.loads(file.read_text()) if file.exists() else {}
with ServiceBusClient.from_connection_string(os.environ["ServiceBusConnection"]) as client:
    while True:
        try:
            session = client.get_subscription_receiver(
                TOPIC, subscription, session_id=NEXT_AVAILABLE_SESSION, max_wait_time=2
            )
            with session:
                for message in session:  # until none has come for 2 seconds: then another customer's turn
                    data = json.loads(str(message))["data"]
                    customer, sequence = data["customerId"], data["sequence"]
                    if sequence > highest.get(customer, 0):  # otherwise it was caught up, or came before
                        print(f"{customer}/{sequence}: {data['previousStatus']} -> {data['status']}", flush=True)
                        highest[customer] = sequence
                        file.write_text(json.dumps(highest))
                    session.complete_message(message)  # last: until then it comes again
        except OperationTimeoutError:
            pass  # no customer has a message now
