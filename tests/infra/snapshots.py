"""The committed snapshots: every resource that Azure would be asked for, for three sets of parameters, with all values.

``python -m tests.infra.snapshots`` writes them again, by the Bicep compiler.
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "infra" / "snapshots"
DEFAULT, EVERYTHING, PRIVATE = "default", "everything", "private"
NAMES: Final = (DEFAULT, EVERYTHING, PRIVATE)
MISSING: Final = "nothing"
"""What stands at a path where nothing does."""


@dataclass(frozen=True)
class Resource:
    """As Azure is asked for it; what only Azure can work out is an expression in brackets."""

    body: dict[str, Any]

    @property
    def type(self) -> str:
        return str(self.body["type"])

    @property
    def name(self) -> str:
        return str(self.body["name"])

    @property
    def called(self) -> str:
        """The last part of its name: what the resource it belongs to calls it."""
        return self.name.rpartition("/")[2]

    @property
    def scope(self) -> str:
        """Of a role, a lock or a diagnostic setting: the id of the resource it is of."""
        id_ = str(self.body["id"])
        if found := re.match(r"\[extensionResourceId\('([^']+)'", id_):
            return found[1]
        return id_.rpartition("/providers/")[0]

    def at(self, path: str) -> Any:
        """What stands at a path such as ``properties.sku.name``, or MISSING."""
        value: Any = self.body
        for step in path.split("."):
            if not isinstance(value, dict) or step not in value:
                return MISSING
            value = value[step]
        return value


@dataclass(frozen=True)
class Snapshot:
    name: str
    resources: tuple[Resource, ...]
    outputs: dict[str, str]

    def of(self, type_: str) -> list[Resource]:
        return [each for each in self.resources if each.type == type_]

    def called(self, type_: str, name: str) -> Resource | None:
        return next((each for each in self.of(type_) if each.called == name), None)


def read_snapshots(folder: Path = FOLDER) -> dict[str, Snapshot]:
    return {name: _read(name, (folder / f"{name}.snapshot.json").read_text("utf-8")) for name in NAMES}


def _read(name: str, text: str) -> Snapshot:
    document = json.loads(text)
    return Snapshot(name, tuple(map(Resource, document["predictedResources"])), document["outputs"])


def values(part: Any) -> Iterator[Any]:
    """Everything at any depth that is neither a list nor an object."""
    if isinstance(part, dict | list):
        for each in part.values() if isinstance(part, dict) else part:
            yield from values(each)
    else:
        yield part


def members(part: Any) -> Iterator[tuple[str, Any]]:
    """Every name at any depth, with its value."""
    if isinstance(part, dict):
        yield from part.items()
    if isinstance(part, dict | list):
        for each in part.values() if isinstance(part, dict) else part:
            yield from members(each)


if __name__ == "__main__":
    from tests.infra.compiler import write_snapshots

    sys.exit(write_snapshots())
