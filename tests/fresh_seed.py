"""The seed of what is tried anew in each run: chosen once, so that all processes of a run have the same.

Arrives: ``FRESH_SEED``, to replay what a failure or the head of a run names. Leaves: that, or a random one.
"""

import os
import random
from typing import Final

NAME: Final = "FRESH_SEED"


def choose() -> None:
    """Before the run starts processes of its own: they inherit it."""
    os.environ.setdefault(NAME, str(random.SystemRandom().randrange(10**9)))


def fresh_seed() -> int:
    return int(os.environ[NAME])


def told() -> str:
    return f"{NAME}={os.environ[NAME]}"
