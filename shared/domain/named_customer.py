"""Finds whether a message names a customer, and takes it out of one that names others too."""

import base64
import json
from contextlib import suppress

from shared.domain.recompute import Recompute, parse_recompute
from shared.errors import PermanentError


def names_customer(body: bytes, customer_id: str) -> bool:
    """Whether a JSON body has the customer's id as a value, in a subject, or in the data that it carries as base64."""
    wanted = {customer_id, f"customers/{customer_id}"}
    if any(json.dumps(each).encode() in body for each in wanted):  # also in what JSON leaves out as repeated
        return True
    left: list[object] = [_json(body)]
    while left:
        match value := left.pop():
            case dict():
                left += value.values()
                left.append(_carried(value.get("data_base64")))
            case list():
                left += value
            case str() if value in wanted:
                return True
    return False


def without_customer(body: bytes, customer_id: str) -> bytes | None:
    """A message of the recompute queue without the customer; None if nothing is left of it, or it is none."""
    try:
        message = parse_recompute(body)
    except PermanentError:
        return None
    if not isinstance(message, Recompute):
        return None
    others = tuple(each for each in message.customer_ids if each != customer_id)
    return Recompute(others, message.reason, message.chain).to_bytes() if others else None


def _carried(value: object) -> object:
    if not isinstance(value, str):
        return None
    with suppress(ValueError):
        return _json(base64.b64decode(value))
    return None


def _json(body: bytes) -> object:
    with suppress(ValueError, RecursionError):
        return json.loads(body)
    return None
