"""What a dataclass declares of its fields: ``name: Annotated[type, metadata]``."""

from dataclasses import Field
from typing import Any


def metadata_of(field: "Field[Any]") -> Any:
    """The metadata of an annotated field, or None."""
    return next(iter(getattr(field.type, "__metadata__", ())), None)
