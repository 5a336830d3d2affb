"""Words of the command line that stand for a day, a port, a time or a number.

Arrives: a word. Leaves: its value, or ArgumentTypeError, which says what would be right; argparse names the option.
"""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from datetime import date

LONGEST_LEASE = 7 * 86400
"""Seconds that the queue service hides a message at most."""


def day(text: str) -> date:
    try:
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ArgumentTypeError(f"{text!r} is no day: give a date such as 2026-03-02")


def port(text: str) -> int:
    if re.fullmatch("[0-9]{1,5}", text) and int(text) <= 65535:
        return int(text)
    raise ArgumentTypeError(f"{text!r} is no port: give a number from 0 to 65535, 0 for any free one")


def three_ports(text: str) -> tuple[int, int, int]:
    words = text.split(",")
    if len(words) != 3:
        raise ArgumentTypeError(f"{text!r} is not three ports: give such as 10000,10001,10002, or 0,0,0 for free ones")
    blob, queue, table = (port(word) for word in words)
    return blob, queue, table


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
    raise ArgumentTypeError(f"{text!r} is no {what}: give {least} to {most} seconds")


def version(text: str) -> int:
    if re.fullmatch("[1-9][0-9]{0,9}", text):
        return int(text)
    raise ArgumentTypeError(f"{text!r} is no version of the rules: give a number such as 2; ./dev rules list has them")


def count(text: str) -> int:
    if re.fullmatch("[0-9]+", text):
        return int(text)
    raise ArgumentTypeError(f"{text!r} is no number of customers: give 0 or more")
