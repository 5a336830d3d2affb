"""Writes the published schemas to ``docs/schemas`` and ``docs/asyncapi.json``, as ``./dev reference`` runs it.

A schema that is no longer published is removed.
"""

import sys
from pathlib import Path

from shared.api import asyncapi
from shared.api.schemas.catalogue import PUBLISHED, as_file

DOCS = Path(__file__).parents[2] / "docs"
FOLDER, ASYNCAPI = DOCS / "schemas", DOCS / "asyncapi.json"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file in FOLDER.glob("*.json"):
        if file.stem not in PUBLISHED:
            file.unlink()
    for name in PUBLISHED:
        (FOLDER / f"{name}.json").write_text(as_file(name), encoding="utf-8")
    ASYNCAPI.write_text(asyncapi.as_file(), encoding="utf-8")
    sys.stdout.write(f"{len(PUBLISHED)} schemas in {FOLDER}, and {ASYNCAPI}\n")


if __name__ == "__main__":
    main()
