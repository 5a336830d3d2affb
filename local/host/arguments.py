"""Types of command-line options: a port, and the seconds of a lease or a pause."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError

LONGEST_LEASE = 7 * 86400
"""Seconds that the queue service hides a message at most."""


def port(text: str) -> int:
    if re.fullmatch("[0-9]{1,5}", text) and int(text) <= 65535:
        return int(text)
    raise ArgumentTypeError(f"invalid port {text!r}: give a number from 0 to 65535, 0 for any free one")


def lease(text: str) -> float:
    return _seconds(text, "time to hide a message", 1, LONGEST_LEASE)


def pause(text: str) -> float:
    return _seconds(text, "pause", 0.001, 60)


def _seconds(text: str, what: str, least: float, most: float) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if least <= seconds <= most:  # which "nan" is not
        return seconds
    raise ArgumentTypeError(f"invalid {what} {text!r}: give {least} to {most} seconds")
