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
DEVELOPMENT = "UseDevelopmentStorage=true"
# The account and key every Azurite has, printed in its documentation: the SDK does not know the short form above.
AZURITE = (
    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
    "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
    "QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1;"
)


def main() -> None:
    event = Path(sys.argv[1]).read_bytes() if len(sys.argv) > 1 else sys.stdin.buffer.read()
    connection = os.environ.get(SETTING, DEVELOPMENT)
    with QueueClient.from_connection_string(
        AZURITE if connection == DEVELOPMENT else connection, QUEUE, message_encode_policy=BinaryBase64EncodePolicy()
    ) as queue:
        # Without a time to live of -1 a message nobody takes is gone after 7 days.
        message = queue.send_message(event, time_to_live=-1)
    sys.stdout.write(f"queued {message.id} on {QUEUE}\n")


if __name__ == "__main__":
    main()
