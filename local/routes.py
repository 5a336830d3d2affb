"""Route templates as ASP.NET reads them.

Arrives: templates such as ``customers/{id:int}/history``. Leaves: which one a path meets, and its parameters decoded.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from local.host_settings import AppError

CONSTRAINTS: Final = {
    "": r"[^/]+",
    "int": r"-?\d+",
    "long": r"-?\d+",
    "alpha": r"[A-Za-z]+",
    "bool": r"(?i:true|false)",
    "guid": r"[0-9A-Fa-f-]{36}",
}
PARAMETER: Final = re.compile(r"\{(\*?)(\w+)(?::(\w+))?(\??)\}")


@dataclass(frozen=True, slots=True)
class Route:
    """One template; ``order`` sorts the more specific first."""

    pattern: re.Pattern[str]
    names: tuple[str, ...]
    order: tuple[int, ...]

    @classmethod
    def parse(cls, template: str) -> "Route":
        pattern, names, order = "", [], []
        for segment in filter(None, template.split("/")):
            found = PARAMETER.fullmatch(segment)
            if not found and "{" in segment:
                raise AppError(f"route {template!r}: the development host does not know {segment!r}")
            if not found:
                pattern += "/" + re.escape(segment)
                order.append(0)
                continue
            star, name, constraint, optional = found.groups()
            if (constraint or "") not in CONSTRAINTS:
                raise AppError(f"route {template!r}: the development host does not know {constraint!r}")
            value = f"/({'.*' if star else CONSTRAINTS[constraint or '']})"
            pattern += f"(?:{value})?" if star or optional else value
            names.append(name)
            order.append(3 if star else 1 if constraint else 2)
        return cls(re.compile(pattern + "/?", re.IGNORECASE), tuple(names), tuple(order))

    def match(self, raw_path: str) -> dict[str, str] | None:
        """The parameters, or None if the (still encoded) path is another's."""
        found = self.pattern.fullmatch(raw_path)
        if found is None:
            return None
        return {
            name: unquote(value) for name, value in zip(self.names, found.groups(), strict=True) if value is not None
        }
