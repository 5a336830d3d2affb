"""The Sender over Storage queues (Azurite): what it sends reads as the host reads it, and queues come to be."""

import base64
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueServiceClient

from shared.azure_rest.authorization import QueueKey
from shared.azure_rest.endpoint import Endpoint, Patience
from shared.messaging.sender import Message, Queue, QueueMissingError, SenderUnavailableError
from shared.messaging.storage_queue import StorageQueueSender
from shared.settings import STORAGE, read_settings
from shared.storage_account import storage_account
from shared.wiring import build
from tests.azure_rest.scripted_server import answer, scripted


@pytest.fixture
async def queues(azurite: str) -> AsyncIterator[QueueServiceClient]:
    async with QueueServiceClient.from_connection_string(azurite) as service:
        async for queue in service.list_queues():
            await service.delete_queue(queue.name)
        yield service


@pytest.fixture
async def sender(azurite: str, queues: QueueServiceClient) -> AsyncIterator[StorageQueueSender]:
    _, sender = storage_account(read_settings({STORAGE: azurite}))
    yield sender
    await sender.close()


async def received(queues: QueueServiceClient, queue: Queue) -> QueueMessage | None:
    return await queues.get_queue_client(queue.value).receive_message()


@pytest.mark.parametrize("body", [b"", b"{}", bytes(range(256)) * 192], ids=["empty", "small", "48 KiB"])
async def test_a_first_send_makes_its_queue_and_the_body_arrives_in_base64_kept_until_received(
    sender: StorageQueueSender, queues: QueueServiceClient, body: bytes
) -> None:
    await sender.send(Queue.RECOMPUTE, Message(body))
    found = await received(queues, Queue.RECOMPUTE)
    assert found is not None
    assert base64.b64decode(found.content or "") == body
    assert found.expires_on is not None
    assert found.expires_on.year == 9999


async def test_it_tells_how_many_messages_wait_on_each_queue_that_it_carries_and_since_when(
    sender: StorageQueueSender, queues: QueueServiceClient
) -> None:
    for _ in range(2):
        await sender.send(Queue.RECOMPUTE, Message(b"{}"))
    found = await received(queues, Queue.RECOMPUTE)
    poison = await queues.create_queue(f"{Queue.RECOMPUTE}-poison")
    await poison.send_message("what nobody takes")
    told = {each.queue: each for each in await sender.waiting()}
    names = [queue.value for queue in Queue]
    assert sorted(told) == sorted([*names, "eligibility-events-poison", "eligibility-recompute-poison"])
    assert {name: each.messages for name, each in told.items() if each.messages} == {
        Queue.RECOMPUTE: 2,
        "eligibility-recompute-poison": 1,
    }
    assert found is not None
    assert found.inserted_on is not None
    since = told[Queue.RECOMPUTE].since
    assert since is not None
    assert abs(since - found.inserted_on) < timedelta(seconds=2)
    assert told[Queue.EVENTS].since is None


@pytest.mark.parametrize("transport", ["storage-queue", "service-bus"])
async def test_the_app_counts_the_queues_that_the_platform_does_not_measure(azurite: str, transport: str) -> None:
    bus = "Endpoint=sb://localhost;SharedAccessKeyName=x;SharedAccessKey=y;UseDevelopmentEmulator=true;"
    chosen = {"EVENTS_TRANSPORT": transport, "NOTIFICATIONS_TRANSPORT": transport, "ServiceBusConnection": bus}
    told = {each.queue for each in await build(read_settings({STORAGE: azurite, **chosen})).waiting()}
    always = {"eligibility-recompute", "eligibility-recompute-poison"}
    others = {"eligibility-events", "eligibility-events-poison", "eligibility-notifications"}
    assert told == (always | others if transport == "storage-queue" else always)


async def test_messages_that_are_in_hand_have_not_waited(
    sender: StorageQueueSender, queues: QueueServiceClient
) -> None:
    await sender.send(Queue.RECOMPUTE, Message(b"{}"))
    await received(queues, Queue.RECOMPUTE)
    (told,) = [each for each in await sender.waiting() if each.queue == Queue.RECOMPUTE]
    assert (told.messages, told.since) == (1, None)


async def test_a_check_names_the_queues_that_are_missing_and_creates_none(
    sender: StorageQueueSender, queues: QueueServiceClient
) -> None:
    await sender.send(Queue.RECOMPUTE, Message(b"{}"))
    with pytest.raises(QueueMissingError, match=r"^missing: eligibility-events, eligibility-notifications$"):
        await sender.check()
    with pytest.raises(ResourceNotFoundError):
        await received(queues, Queue.EVENTS)


async def test_queues_are_created_once_and_those_that_are_there_keep_their_messages(
    sender: StorageQueueSender, queues: QueueServiceClient
) -> None:
    await sender.send(Queue.EVENTS, Message(b"{}"))
    await sender.create_queues()
    await sender.create_queues()
    await sender.check()
    assert {queue.name async for queue in queues.list_queues()} == set(Queue)
    assert await received(queues, Queue.EVENTS)


async def test_queues_that_service_bus_carries_are_neither_wanted_nor_created_in_storage(
    azurite: str, queues: QueueServiceClient
) -> None:
    bus = "Endpoint=sb://localhost;SharedAccessKeyName=x;SharedAccessKey=y"
    settings = {STORAGE: azurite, "NOTIFICATIONS_TRANSPORT": "service-bus", "ServiceBusConnection": bus}
    _, sender = storage_account(read_settings(settings))
    await sender.create_queues()
    await sender.check()
    await sender.close()
    assert {queue.name async for queue in queues.list_queues()} == {Queue.EVENTS, Queue.RECOMPUTE}


@pytest.mark.parametrize("tries", ["send", "check"])
async def test_a_service_that_refuses_is_unavailable_with_its_code(tries: str) -> None:
    refused = answer(403, b"<Error><Code>AuthenticationFailed</Code></Error>")
    async with scripted([refused]) as server:
        sender = StorageQueueSender(Endpoint(server.address, QueueKey("a", ""), Patience(first_pause=0)))
        with pytest.raises(SenderUnavailableError, match="eligibility-events: AuthenticationFailed 403"):
            await (sender.send(Queue.EVENTS, Message(b"{}")) if tries == "send" else sender.check())
        await sender.close()
