"""The two calls a queue trigger makes for every message, receive and delete, without the SDK's pipeline around them."""

from email.utils import parsedate_to_datetime
from xml.etree import ElementTree  # nosec B405

from azure.storage.queue import QueueMessage

from local.host.storage_calls import StorageCallError, StorageCalls


class QueueCalls:
    """One session for all queues of an account; made within a running event loop."""

    def __init__(self, connection: str) -> None:
        """Raises ValueError, which does not quote the text: it may hold a secret."""
        self._calls = StorageCalls(connection, "queue")

    async def receive(self, queue: str, most: int, lease: int) -> list[QueueMessage]:
        """Up to ``most`` messages, hidden for ``lease`` seconds; raises StorageCallError."""
        query = {"numofmessages": str(most), "visibilitytimeout": str(lease)}
        body = await self._calls.call("GET", f"/{queue}/messages", query)
        try:
            found = ElementTree.fromstring(body)  # noqa: S314  the account's answer, read as by the SDK  # nosec B314
            return [_message(each) for each in found]
        except (ElementTree.ParseError, ValueError, KeyError) as error:
            raise StorageCallError(f"the answer cannot be read: {error}") from error

    async def delete(self, queue: str, message: QueueMessage) -> None:
        """Raises StorageCallError."""
        await self._calls.call("DELETE", f"/{queue}/messages/{message.id}", {"popreceipt": message.pop_receipt or ""})

    async def close(self) -> None:
        await self._calls.close()


def _message(element: ElementTree.Element) -> QueueMessage:
    fields = {each.tag: each.text or "" for each in element}
    return QueueMessage(
        fields["MessageText"],
        id=fields["MessageId"],
        pop_receipt=fields["PopReceipt"],
        dequeue_count=int(fields["DequeueCount"]),
        inserted_on=parsedate_to_datetime(fields["InsertionTime"]),
        expires_on=parsedate_to_datetime(fields["ExpirationTime"]),
        next_visible_on=parsedate_to_datetime(fields["TimeNextVisible"]),
    )
