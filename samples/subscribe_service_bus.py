"""Print each change of a customer's eligibility once and in order, from the Service Bus topic of notifications.

    python samples/subscribe_service_bus.py all

The subscription (here "all") requires sessions: one session is one customer. ServiceBusConnection holds the connection
string of the namespace.
"""

import json
import os
import sys

from azure.servicebus import NEXT_AVAILABLE_SESSION, ServiceBusClient
from azure.servicebus.exceptions import OperationTimeoutError

TOPIC, subscription = "eligibility-notifications", sys.argv[1]
with ServiceBusClient.from_connection_string(os.environ["ServiceBusConnection"]) as client:
    while True:
        try:
            customer = client.get_subscription_receiver(
                TOPIC, subscription, session_id=NEXT_AVAILABLE_SESSION, max_wait_time=2
            )
            with customer:
                for message in customer:  # until none has come for 2 seconds: then another customer's turn
                    data = json.loads(str(message))["data"]
                    change = f"{data['previousStatus']} -> {data['status']}"
                    print(f"{data['customerId']}/{data['sequence']}: {change}", flush=True)
                    customer.complete_message(message)  # last: until then it comes again
        except OperationTimeoutError:
            pass  # no customer has a message now
