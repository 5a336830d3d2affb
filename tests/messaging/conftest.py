"""A broker of its own for each test of this folder, and the transports it is run over."""

from collections.abc import AsyncIterator, Iterator

import pytest

from local.broker import Broker
from local.entities import PRODUCT
from tests.messaging import mail
from tests.messaging.mail import Mail


@pytest.fixture
def broker() -> Iterator[Broker]:
    with Broker(PRODUCT) as running:
        yield running


@pytest.fixture(params=["memory", "storage-queue", "service-bus"])
async def mailed(request: pytest.FixtureRequest) -> AsyncIterator[Mail]:
    if request.param == "memory":
        made = mail.memory()
    elif request.param == "storage-queue":
        made = mail.storage_queue(request.getfixturevalue("azurite"))
    else:
        made = mail.service_bus(request.getfixturevalue("broker"))
    async with made as running:
        yield running
