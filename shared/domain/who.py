"""Who does something: a caller that the platform verified, or a name that was given."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Who:
    """``name`` may be empty where it is not ``verified``; ``id`` is that of a verified caller in the directory, if that
    is known."""

    name: str = ""
    verified: bool = False
    id: str = ""

    def is_same(self, other: "Who") -> bool:
        """Whether both may be one person: of equal id, or of equal name in any case of letters."""
        return (self.id != "" and self.id == other.id) or self.name.casefold() == other.name.casefold()


NOBODY = Who()
