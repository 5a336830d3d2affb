"""What a process does: a message delivered to it, a timer, a call by somebody."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import Enum, auto

from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.settings import RELEASED
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute

NOW = timedelta()


class Rules(Enum):
    """What a process knows of the rules when it begins."""

    UNREAD = auto()
    READ = auto()
    READ_BEFORE = auto()
    """As they were before the scene was prepared, which may have changed them."""


@dataclass(frozen=True)
class Handler:
    """Something a process does. A ``message`` is delivered again if that does not end well; without one nothing is.

    The process's clock is ``ahead`` of the scene's.
    """

    name: str
    begin: Callable[[Ports, int], Awaitable[object]] = field(compare=False)
    message: tuple[Queue, bytes] | None = None
    ahead: timedelta = NOW
    rules: Rules = Rules.READ


def message(queue: Queue, body: bytes, name: str, ahead: timedelta = NOW, rules: Rules = Rules.READ) -> Handler:
    """A delivery of what is on a queue."""
    handle = receive_event if queue is Queue.EVENTS else recompute

    async def begin(ports: Ports, attempt: int) -> None:
        await handle(ports, body, attempt)

    return Handler(name, begin, (queue, body), ahead, rules)


def event(name: str, body: bytes, ahead: timedelta = NOW, rules: Rules = Rules.READ) -> Handler:
    return message(Queue.EVENTS, body, name, ahead, rules)


def act(
    name: str, of: Callable[[Ports], Awaitable[object]], ahead: timedelta = NOW, rules: Rules = Rules.READ
) -> Handler:
    """What a timer or a call does: if its process is killed, it is not done again."""

    async def begin(ports: Ports, _: int) -> None:
        await of(ports)

    return Handler(name, begin, None, ahead, rules)


def told_of_older(handler: Handler) -> Handler:
    """The same in a process that was told that the last released version may run."""

    async def begin(ports: Ports, attempt: int) -> None:
        told = Ports(ports.store, ports.sender, ports.clock, ports.pause, ports.chance, oldest_version=RELEASED[-1])
        told.rule_books = ports.rule_books
        await handler.begin(told, attempt)

    return replace(handler, name=f"{handler.name}, told of an older version", begin=begin)
