"""Classes whose fields declare what else is made of them: ``name: Annotated[type, metadata]``."""

from dataclasses import Field, dataclass, fields
from typing import Any, dataclass_transform


@dataclass_transform(frozen_default=True)
def declared[T](cls: type[T]) -> type[T]:
    """A dataclass that only the type checker holds frozen, without comparison: made in a third of the time.

    The class needs a docstring, or one is made of its signature, which takes longer than all else.
    """
    return dataclass(eq=False, repr=False)(cls)


def fields_of(cls: type) -> "tuple[Field[object], ...]":
    return fields(cls)


def metadata_of(field: "Field[object]") -> Any:
    """The metadata of an annotated field, or None."""
    return next(iter(getattr(field.type, "__metadata__", ())), None)


def json_name(name: str) -> str:
    """The name in JSON: ``valid_from`` is ``validFrom``."""
    first, *others = name.split("_")
    return first + "".join(each.capitalize() for each in others)
