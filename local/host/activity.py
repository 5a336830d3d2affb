"""Counts the calls in flight, and says whether any ran between two looks."""

from collections.abc import Iterator
from contextlib import contextmanager


class Activity:
    """``started`` only grows: two equal looks with nothing in flight mean nothing ran in between."""

    def __init__(self) -> None:
        self.in_flight = 0
        self.started = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        self.in_flight += 1
        self.started += 1
        try:
            yield
        finally:
            self.in_flight -= 1
