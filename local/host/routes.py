"""Route templates as ASP.NET reads them, such as ``customers/{id:int}/history``, and the parameters of a path."""

import re
from dataclasses import dataclass
from typing import Final

from local.host.settings import AppError

CONSTRAINTS: Final = {
    "": r"[^/]+",
    "int": r"-?[0-9]+",
    "long": r"-?[0-9]+",
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
            # A catch-all takes all that is left, empty segments too, but for one at its start.
            value = f"/({'(?!/).*' if star else CONSTRAINTS[constraint or '']})"
            pattern += f"(?:{value})?" if star or optional else value
            names.append(name)
            order.append(3 if star else 1 if constraint else 2)
        return cls(re.compile(pattern + "/?", re.IGNORECASE | re.DOTALL), tuple(names), tuple(order))

    def match(self, path: str) -> dict[str, str] | None:
        """The parameters, or None if the decoded path is another's; one that matched nothing is absent."""
        found = self.pattern.fullmatch(path)
        return found and {name: value for name, value in zip(self.names, found.groups(), strict=True) if value}
