"""What people call a customer or a partner, and who looks after it."""

from typing import NamedTuple, Self

from shared.domain.facts import Data


class Named(NamedTuple):
    """None where nobody has told."""

    name: str | None = None
    owner: str | None = None

    @classmethod
    def of(cls, data: Data) -> Self:
        """Of a description's data, or of the columns of a row."""
        return cls(data.get("name"), data.get("owner"))

    def columns(self) -> dict[str, str]:
        """Of the row of whom it names, where lists read it."""
        return {name: value for name, value in self._asdict().items() if value is not None}


NOT_NAMED = Named()
