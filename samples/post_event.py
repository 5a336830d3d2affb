"""One event's JSON arrives in a file or on standard input and leaves as a message on the queue `eligibility-events`.

    python samples/post_event.py samples/event.json
    python samples/post_event.py < samples/event.json

`EligibilityStorage` holds the connection string of the storage account; without it, Azurite on this machine.
"""

import os
import sys
from pathlib import Path

from azure.core.exceptions import AzureError
from azure.storage.queue import BinaryBase64EncodePolicy, LinearRetry, QueueClient

QUEUE = "eligibility-events"
SETTING = "EligibilityStorage"
AZURITE = "UseDevelopmentStorage=true"


def main() -> int:
    try:
        event = Path(sys.argv[1]).read_bytes() if len(sys.argv) > 1 else sys.stdin.buffer.read()
    except OSError as fault:
        return stopped(f"{fault.filename} cannot be read: {fault.strerror}", 2)
    try:
        queue = QueueClient.from_connection_string(
            os.environ.get(SETTING, AZURITE),
            QUEUE,
            message_encode_policy=BinaryBase64EncodePolicy(),
            retry_policy=LinearRetry(backoff=1, retry_total=1, random_jitter_range=0),
            connection_timeout=2,
            read_timeout=5,
        )
    except ValueError:
        return stopped(f"{SETTING} is not a connection string of a storage account with its key", 2)
    try:
        with queue:
            # Without a time to live of -1 a message nobody takes is gone after 7 days.
            message = queue.send_message(event, time_to_live=-1)
    except AzureError as fault:
        why = str(fault).partition("\n")[0]
        return stopped(f"{queue.primary_endpoint} did not take the event ({why}); is it up, is {SETTING} right?", 1)
    sys.stdout.write(f"queued {message.id} on {queue.primary_endpoint.partition('?')[0]}\n")
    return 0


def stopped(told: str, status: int) -> int:
    sys.stderr.write(f"post_event: {told}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
