"""The bare calls do what the SDK's do, on the same queues and with the same names for what went wrong."""

import uuid
from collections.abc import AsyncIterator, Iterator

import pytest
from azure.storage.queue import QueueClient, QueueMessage

from local.host.queue_calls import QueueCalls
from local.host.queue_trigger import LEASE_LOST, QUEUE_MISSING
from local.host.storage_calls import StorageCallError
from tests.azure_rest.scripted_server import RESET, answer, scripted


@pytest.fixture
async def calls(azurite: str) -> AsyncIterator[QueueCalls]:
    made = QueueCalls(azurite)
    yield made
    await made.close()


@pytest.fixture
def queue(azurite: str) -> Iterator[QueueClient]:
    with QueueClient.from_connection_string(azurite, f"t{uuid.uuid4().hex}") as client:
        client.create_queue()
        yield client


async def test_what_is_received_is_what_the_sdk_receives_and_hidden_until_it_is_deleted(
    calls: QueueCalls, queue: QueueClient
) -> None:
    texts = ["eyJhIjoxfQ==", "<not & base64>", "ü"]
    for text in texts:
        queue.send_message(text)
    peeked = {each.id: each for each in queue.peek_messages(32)}
    received = await calls.receive(queue.queue_name, 32, 600)
    assert [each.content for each in received] == texts
    assert await calls.receive(queue.queue_name, 32, 600) == []
    for each in received:
        assert (each.dequeue_count, each.inserted_on) == (1, peeked[each.id].inserted_on)
        assert each.expires_on == peeked[each.id].expires_on
        await calls.delete(queue.queue_name, each)
    assert queue.get_queue_properties().approximate_message_count == 0


async def test_a_pop_receipt_is_sent_quoted() -> None:
    async with scripted([answer(204)]) as server:
        calls = QueueCalls(f"AccountName=account;AccountKey=a2V5;QueueEndpoint={server.address}")
        await calls.delete("queue", QueueMessage(id="7", pop_receipt="a+b/c=&d e"))
        await calls.close()
    assert server.requests[0].line == "DELETE /account/queue/messages/7?popreceipt=a%2Bb%2Fc%3D%26d%20e HTTP/1.1"


async def test_a_queue_that_is_missing_is_told_by_the_services_code(calls: QueueCalls) -> None:
    with pytest.raises(StorageCallError) as raised:
        await calls.receive("nowhere", 16, 600)
    assert raised.value.error_code == QUEUE_MISSING


async def test_a_lease_that_is_lost_is_told_by_the_services_code(calls: QueueCalls, queue: QueueClient) -> None:
    queue.send_message("taken by another")
    [message] = await calls.receive(queue.queue_name, 16, 600)
    queue.update_message(message, visibility_timeout=600)
    with pytest.raises(StorageCallError) as raised:
        await calls.delete(queue.queue_name, message)
    assert raised.value.error_code in LEASE_LOST
    queue.clear_messages()
    with pytest.raises(StorageCallError) as raised:
        await calls.delete(queue.queue_name, message)
    assert raised.value.error_code in LEASE_LOST


@pytest.mark.parametrize("step", [RESET, answer(500), answer(200, b"<half"), answer(200, b"<a><b/></a>")])
async def test_no_answer_or_a_broken_one_is_an_error_without_a_code(step: bytes) -> None:
    async with scripted([step, step]) as server:
        calls = QueueCalls(f"AccountName=account;AccountKey=a2V5;QueueEndpoint={server.address}")
        with pytest.raises(StorageCallError) as raised:
            await calls.receive("queue", 16, 600)
        await calls.close()
    assert (raised.value.error_code, "a2V5" in str(raised.value)) == ("", False)
