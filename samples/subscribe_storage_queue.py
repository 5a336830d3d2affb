"""Print each change of a customer's eligibility once, from the Storage queue of notifications.

    python samples/subscribe_storage_queue.py highest.json

The file keeps the highest sequence seen of each customer, over restarts. The queue has one reader: this program takes
its messages away. EligibilityStorage holds the connection string of the storage account; without it, Azurite on this
machine.
"""

import base64
import json
import os
import sys
import time
from pathlib import Path

from azure.storage.queue import QueueClient

file = Path(sys.argv[1])
highest = json.loads(file.read_text()) if file.exists() else {}
connection = os.environ.get("EligibilityStorage", "UseDevelopmentStorage=true")
queue = QueueClient.from_connection_string(connection, "eligibility-notifications")
while True:
    for message in queue.receive_messages(messages_per_page=32, visibility_timeout=60):
        data = json.loads(base64.b64decode(message.content))["data"]
        customer, sequence = data["customerId"], data["sequence"]
        if sequence > highest.get(customer, 0):  # otherwise it came before, or late
            print(f"{customer}/{sequence}: {data['previousStatus']} -> {data['status']}", flush=True)
            highest[customer] = sequence
            file.write_text(json.dumps(highest))
        queue.delete_message(message)  # last: until then it comes again
    time.sleep(1)
