"""Writes the published schemas to ``docs/schemas``; removes what is published no more. Run by ``./dev reference``."""

import sys
from pathlib import Path

from shared.api_description.catalogue import PUBLISHED, as_file

FOLDER = Path(__file__).parents[2] / "docs" / "schemas"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file in FOLDER.glob("*.json"):
        if file.stem not in PUBLISHED:
            file.unlink()
    for name in PUBLISHED:
        (FOLDER / f"{name}.json").write_text(as_file(name), encoding="utf-8")
    sys.stdout.write(f"{len(PUBLISHED)} schemas in {FOLDER}\n")


if __name__ == "__main__":
    main()
