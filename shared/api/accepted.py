"""What a caller accepts (RFC 9110, section 12.5): how much it wants a type or an encoding."""

import re

_WEIGHT = re.compile(r"\s*q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*", re.IGNORECASE)
_MOST = 8192
"""Characters of a header that are read; the host takes no longer ones."""


def weight(header: str, wanted: str) -> float:
    """From 0 (not at all) to 1, as the header says of ``wanted`` by name; wildcards ask for nothing in particular."""
    for each in header[:_MOST].lower().split(","):
        name, *parameters = each.split(";")
        if name.strip() == wanted:
            given = (_WEIGHT.fullmatch(parameter) for parameter in parameters)
            return next((float(each[1]) for each in given if each), 1.0)
    return 0.0
