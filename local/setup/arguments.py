"""Options that several commands of ``./dev`` take, and types of others: the value of a word, or ArgumentTypeError that
says what is right."""

from __future__ import annotations

import getpass
import re
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date

from local.host.arguments import port


def author(parser: ArgumentParser) -> None:
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):
        user = ""
    parser.add_argument("--author", default=user, metavar="WHO", help="who wants it (you)")


def day(text: str) -> date:
    try:
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ArgumentTypeError(f"invalid day {text!r}: give a date such as 2026-03-02")


def three_ports(text: str) -> tuple[int, int, int]:
    words = text.split(",")
    if len(words) != 3:
        raise ArgumentTypeError(f"invalid ports {text!r}: give three such as 10000,10001,10002, or 0,0,0 for free ones")
    blob, queue, table = (port(word) for word in words)
    return blob, queue, table


def version(text: str) -> int:
    if re.fullmatch("[1-9][0-9]{0,9}", text):
        return int(text)
    raise ArgumentTypeError(f"invalid rule-set version {text!r}: give a number such as 2; ./dev rules list has them")


def count(text: str) -> int:
    if re.fullmatch("[0-9]+", text):
        return int(text)
    raise ArgumentTypeError(f"invalid number of customers {text!r}: give 0 or more")


def limit(text: str) -> int:
    if re.fullmatch("[1-9][0-9]{0,3}", text) and int(text) <= 1000:
        return int(text)
    raise ArgumentTypeError(f"invalid limit {text!r}: give a number from 1 to 1000")
