"""One event's JSON arrives in a file or on standard input and leaves as a message on the queue `eligibility-events`.

    python samples/post_event.py samples/event.json
    python samples/post_event.py < samples/event.json

`EligibilityStorage` holds the connection string of the storage account; without it, Azurite on this machine.
"""

import os
import sys
from pathlib import Path

from azure.storage.queue import BinaryBase64EncodePolicy, QueueClient

QUEUE = "eligibility-events"
SETTING = "EligibilityStorage"
AZURITE = "UseDevelopmentStorage=true"


def main() -> None:
    event = Path(sys.argv[1]).read_bytes() if len(sys.argv) > 1 else sys.stdin.buffer.read()
    connection = os.environ.get(SETTING, AZURITE)
    encode = BinaryBase64EncodePolicy()
    with QueueClient.from_connection_string(connection, QUEUE, message_encode_policy=encode) as queue:
        # Without a time to live of -1 a message nobody takes is gone after 7 days.
        message = queue.send_message(event, time_to_live=-1)
    sys.stdout.write(f"queued {message.id} on {QUEUE}\n")


if __name__ == "__main__":
    main()
