"""What the notifications topic and its subscription promise: each once, in order per session."""

from uuid import uuid4

import pytest
from azure.servicebus import NEXT_AVAILABLE_SESSION, ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver, ServiceBusSender
from azure.servicebus.exceptions import OperationTimeoutError, SessionCannotBeLockedError

from tests.broker.bus import ALL, NOTIFICATIONS, body, complete_all, nothing_left, receive

pytestmark = pytest.mark.asyncio(loop_scope="module")


def a_session() -> str:
    return f"C-{uuid4().hex}"


def notice(session: str, number: int) -> ServiceBusMessage:
    return ServiceBusMessage(f"{number}", message_id=f"{session}/{number}", session_id=session)


def reading(client: ServiceBusClient, session: str) -> ServiceBusReceiver:
    return client.get_subscription_receiver(NOTIFICATIONS, ALL, session_id=session)


async def test_a_session_gives_its_own_messages_in_order_and_a_repeated_one_once(
    client: ServiceBusClient, notifications: ServiceBusSender
) -> None:
    one, other = a_session(), a_session()
    for number in range(4):
        await notifications.send_messages([notice(one, number), notice(other, number)])
        await notifications.send_messages(notice(one, number))
    for session in (one, other):
        async with reading(client, session) as receiver:
            messages = await receive(receiver, 4)
            assert [(each.session_id, body(each)) for each in messages] == [(session, b"%d" % n) for n in range(4)]
            await complete_all(receiver, messages)
            assert await nothing_left(receiver)


async def test_an_abandoned_message_of_a_session_comes_again_before_the_next(
    client: ServiceBusClient, notifications: ServiceBusSender
) -> None:
    session = a_session()
    await notifications.send_messages([notice(session, number) for number in range(3)])
    async with reading(client, session) as receiver:
        (first,) = await receive(receiver, 1)
        await receiver.abandon_message(first)
        messages = await receive(receiver, 3)
        assert [body(each) for each in messages] == [b"0", b"1", b"2"]
        await complete_all(receiver, messages)


async def test_a_session_that_its_reader_closed_is_free_at_once_with_all_that_was_not_settled(
    client: ServiceBusClient, notifications: ServiceBusSender
) -> None:
    session = a_session()
    await notifications.send_messages([notice(session, number) for number in range(2)])
    async with reading(client, session) as first:
        assert [body(each) for each in await receive(first, 1)] == [b"0"]
    async with reading(client, session) as second:
        messages = await receive(second, 2)
        assert [body(each) for each in messages] == [b"0", b"1"]
        await complete_all(second, messages)


async def test_a_session_is_read_by_one_receiver_at_a_time_and_keeps_a_state(
    client: ServiceBusClient, bus: str, notifications: ServiceBusSender
) -> None:
    session = a_session()
    await notifications.send_messages(notice(session, 1))
    async with (
        reading(client, session) as holder,
        ServiceBusClient.from_connection_string(bus, retry_total=0) as second,
    ):
        with pytest.raises(SessionCannotBeLockedError):
            await reading(second, session).receive_messages(1, max_wait_time=5)
        before = holder.session.locked_until_utc
        assert before
        assert await holder.session.renew_lock() > before
        await holder.session.set_state("half way")
        assert await holder.session.get_state() == b"half way"
        await complete_all(holder, await receive(holder, 1))
        await holder.session.set_state(None)


async def test_session_ids_that_differ_only_in_case_are_one_session(
    client: ServiceBusClient, notifications: ServiceBusSender
) -> None:
    session = a_session()
    for number, spelt in enumerate((session.upper(), session.lower())):
        await notifications.send_messages(notice(spelt, number))
    async with reading(client, session) as receiver:
        messages = await receive(receiver, 2)
        assert [body(each) for each in messages] == [b"0", b"1"]
        await complete_all(receiver, messages)


async def test_any_waiting_session_can_be_asked_for_and_none_is_a_timeout(
    bus: str, notifications: ServiceBusSender
) -> None:
    session = a_session()
    await notifications.send_messages(notice(session, 1))
    async with ServiceBusClient.from_connection_string(bus, retry_total=0) as client:
        async with client.get_subscription_receiver(NOTIFICATIONS, ALL, session_id=NEXT_AVAILABLE_SESSION) as receiver:
            assert receiver.session.session_id == session
            await complete_all(receiver, await receive(receiver, 1))
        nobody = client.get_subscription_receiver(
            NOTIFICATIONS, ALL, session_id=NEXT_AVAILABLE_SESSION, max_wait_time=0.5
        )
        with pytest.raises(OperationTimeoutError):
            await nobody.receive_messages(1)
