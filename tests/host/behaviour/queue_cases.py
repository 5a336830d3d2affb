"""What the real Functions host (4.36) was measured to do with a message, line by line, asked of ``tests/host/app``."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final


def in_base64(body: str) -> str:
    return base64.b64encode(body.encode()).decode()


def with_white_space(body: str) -> str:
    text = in_base64(body)
    return f"{text[:3]} \n{text[3:6]}\t{text[6:]}"


def as_it_is(body: str) -> str:
    return body


@dataclass(frozen=True)
class QueueCase:
    """``RUN`` in a body stands for what tells the messages of one run from those of others."""

    line: str
    body: str
    queue: str = "text"
    encode: Callable[[str], str] = in_base64
    calls: int = 1
    id: str | None = None
    """What the function sees as the message's id, if it is not the message's."""
    is_poisoned: bool = False

    @property
    def name(self) -> str:
        return f"{self.line}: {self.body}"


TRIES: Final = 5

CASES: Final = (
    QueueCase("base64", "hällo RUN"),
    QueueCase("white space in base64", "spaced RUN", encode=with_white_space),
    QueueCase("not base64", "{not base64 RUN}", encode=as_it_is, calls=0, is_poisoned=True),
    QueueCase("after the fifth failed try", "fail RUN", calls=TRIES, is_poisoned=True),
    QueueCase("members over the metadata", '{"id": 7, "run": "RUN"}', id="7"),
    QueueCase("members over the metadata", '{"insertionTime": "tomorrow", "run": "RUN"}', calls=0, is_poisoned=True),
    QueueCase("binary is safe", '{"id": 7, "insertionTime": "tomorrow", "run": "RUN"}', queue="binary"),
)
"""Of a host with ``messageEncoding`` base64."""

CASES_OF_NONE: Final = (
    QueueCase("text as it is", "hällo {RUN}", encode=as_it_is),
    QueueCase("text as it is", in_base64("not decoded") + "RUN", encode=as_it_is),
)
"""Of a host with ``messageEncoding`` none."""
