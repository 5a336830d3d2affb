"""The bus under test: this project's broker, or what SERVICEBUS_CONNECTION names (Microsoft's emulator, a namespace).

Clients, senders and receivers take a second to open and close: those of a module are shared, in one loop.
"""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver, ServiceBusSender

from local.broker import Broker
from tests.broker.bus import ENTITIES, EVENTS, NOTIFICATIONS

ELSEWHERE = os.environ.get("SERVICEBUS_CONNECTION", "")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Elsewhere faults cannot be planned."""
    ours = [item for item in items if ELSEWHERE and item.get_closest_marker("own_broker")]
    if ours:
        config.hook.pytest_deselected(items=ours)
        items[:] = [item for item in items if item not in ours]


@pytest.fixture(scope="module")
def bus() -> Iterator[str]:
    """A connection string."""
    if ELSEWHERE:
        yield ELSEWHERE
    else:
        with Broker(ENTITIES) as broker:
            yield broker.connection_string


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(bus: str) -> AsyncIterator[ServiceBusClient]:
    async with ServiceBusClient.from_connection_string(bus) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def events(client: ServiceBusClient) -> AsyncIterator[ServiceBusSender]:
    async with client.get_queue_sender(EVENTS) as sender:
        yield sender


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def notifications(client: ServiceBusClient) -> AsyncIterator[ServiceBusSender]:
    async with client.get_topic_sender(NOTIFICATIONS) as sender:
        yield sender


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def receiver(client: ServiceBusClient) -> AsyncIterator[ServiceBusReceiver]:
    """Of the events; what an earlier run left there is thrown away."""
    async with client.get_queue_receiver(EVENTS) as opened:
        while ELSEWHERE and (left := await opened.receive_messages(100, max_wait_time=2)):
            for message in left:
                await opened.complete_message(message)
        yield opened
