"""What differs between two recorded decisions is said fact by fact and criterion by criterion."""

import pytest

from tests.api.asking import Json
from tests.api.world import World


@pytest.fixture
def world() -> World:
    return World()


async def decisions(world: World, *numbers: int) -> list[Json]:
    return [(await world.get(f"customers/C-1/history/{number}")).value for number in numbers]
