"""What a later version wrote into a row beside what this version knows; written back with the row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Unknown:
    """Properties of the row, members of the document in it and, of a customer, registers by kind."""

    properties: Mapping[str, Any] = field(default_factory=dict)
    members: Mapping[str, Any] = field(default_factory=dict)
    registers: Mapping[str, Any] = field(default_factory=dict)


NOTHING = Unknown()
