"""A sender over several transports."""

import asyncio

import pytest

from shared.messaging.routed import RoutedSender
from shared.messaging.sender import Message, Queue, SenderUnavailableError
from tests.memory_sender import MemorySender


class Down(MemorySender):
    async def check(self) -> None:
        raise SenderUnavailableError("down")


async def test_each_queue_is_left_to_its_own_sender_and_the_rest_to_the_other() -> None:
    other, own = MemorySender(), MemorySender()
    sender = RoutedSender(other, {Queue.NOTIFICATIONS: own})
    for queue in Queue:
        await sender.send(queue, Message(queue.value.encode()))
    assert [queue for queue, messages in own.queues.items() if messages] == [Queue.NOTIFICATIONS]
    assert [queue for queue, messages in other.queues.items() if messages] == [Queue.EVENTS, Queue.RECOMPUTE]


@pytest.mark.parametrize(("other", "own"), [(Down(), MemorySender()), (MemorySender(), Down())])
async def test_it_answers_only_if_all_of_them_do(other: MemorySender, own: MemorySender) -> None:
    with pytest.raises(SenderUnavailableError):
        await RoutedSender(other, {Queue.EVENTS: own}).check()


async def test_all_of_them_are_asked_at_once() -> None:
    both_asked = asyncio.Barrier(2)

    class Waiting(MemorySender):
        async def check(self) -> None:
            async with asyncio.timeout(5), both_asked:
                pass

    await RoutedSender(Waiting(), {Queue.EVENTS: Waiting()}).check()
