"""A search for bodies that break a reader, steered by the lines they reach: atheris, in a process of its own.

Arrives: a reader's name and libFuzzer's own arguments. Leaves: libFuzzer's exit status; what it found is in a file that
it names: it belongs into ``found/`` of that reader, where the suite replays it.
"""

import sys
from random import Random

import atheris

with atheris.instrument_imports(include=["shared"], enable_loader_override=False):
    from tests.fuzz.readers import READERS

from tests.fuzz.changes import with_bytes_changed, with_members_changed


def change(body: bytes, max_size: int, seed: int) -> bytes:
    chance = Random(seed)
    way = chance.randrange(4)
    if way == 0:
        return bytes(atheris.Mutate(body, max_size))
    return (with_bytes_changed if way == 1 else with_members_changed)(chance, body)[:max_size]


def main(name: str, arguments: list[str]) -> None:
    atheris.Setup([sys.argv[0], *arguments], READERS[name], custom_mutator=change)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
