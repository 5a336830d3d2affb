"""Quarantines messages that cannot be handled: their bytes as they came, with the reason.

A permanent error is quarantined at once. A failure that is not the message's own (``PassingError``) uses up no attempt:
after the host's last try a copy goes back to the queue with a delay, for a day. Any other is quarantined on the last
try.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta

from shared.domain.events import parse_event
from shared.domain.recompute import parse_recompute
from shared.domain.retried import Retried
from shared.errors import MemberError, PassingError, PermanentError, WentBackError
from shared.logs import Fields, Log
from shared.messaging.sender import Message, Queue, SenderUnavailableError
from shared.ports import Ports
from shared.storage.quarantined import Quarantined
from shared.storage_clock import ClockOffError
from shared.workflow.decide import until_first

LAST_ATTEMPT = 5
"""The host's ``maxDequeueCount`` in host.json: after it the host would move the message to its poison queue.

On Service Bus the queue's ``maxDeliveryCount``, after which the message would go to its dead-letter queue.
"""
LONGEST_RETRIED = timedelta(days=1)
FEWEST_COPIES = 48
"""A day has more; less, and it is a clock that went ahead, not a day that passed."""
MOST_LOST = 2
"""How often a valid message whose tries were lost with their processes is put back before it is kept."""
_SHORTEST_DELAY, _LONGEST_DELAY = timedelta(minutes=1).total_seconds(), timedelta(minutes=15).total_seconds()
_TRIES_TO_READ = 3
"""Of those a poison message has: if reading it is what kills, it is kept unread."""

_log = Log("quarantine")


async def handled[T](
    ports: Ports, queue: Queue, body: bytes, attempt: int, handle: Callable[[Ports, bytes], Awaitable[T]]
) -> T | None:
    """What comes of a message, or None if it was quarantined or put back; raises what the host is to retry."""
    message = Retried.of(body)
    try:
        try:
            return await handle(ports, message.read())
        except PermanentError as fault:
            await _keep(ports, queue, message.body, fault.reason, fault.errors, attempt)
    except PassingError as fault:
        _log.warning("failed", fault=str(fault), last=attempt >= LAST_ATTEMPT)
        await see_to(ports, fault)
        if attempt < LAST_ATTEMPT:
            raise
        await _retry_later(ports, queue, message, str(fault), attempt)
    except Exception as fault:
        named = type(fault).__name__
        _log.warning("failed", fault=named, last=attempt >= LAST_ATTEMPT)
        if attempt < LAST_ATTEMPT:
            raise
        await _keep(ports, queue, message.body, f"failed {attempt} times, last with: {named}", (), attempt)
    return None


async def see_to(ports: Ports, fault: PassingError) -> None:
    """Look at the clock again if it was off; note a row that went back."""
    if isinstance(fault, ClockOffError):
        await ports.look_at_clock()
    elif isinstance(fault, WentBackError):
        from shared.workflow.gone_back import note  # rare, and no event should wait for it

        await note(ports, fault)


async def _retry_later(ports: Ports, queue: Queue, message: Retried, named: str, attempt: int) -> None:
    if message.copies >= FEWEST_COPIES and ports.is_older(_since(ports, message), LONGEST_RETRIED):
        attempts = message.copies * LAST_ATTEMPT + attempt
        reason = f"failed for {LONGEST_RETRIED // timedelta(hours=1)} hours, last with: {named}"
        await _keep(ports, queue, message.body, reason, (), attempts)
    else:
        await _put_back(ports, queue, replace(message, copies=message.copies + 1))


async def _put_back(ports: Ports, queue: Queue, message: Retried) -> None:
    """A fresh copy, which has all its tries again, after a delay that grows with the time since the first."""
    since = _since(ports, message)
    longest = min(max(ports.seconds_since(since), 2 * _SHORTEST_DELAY), _LONGEST_DELAY)
    delay = ports.chance.uniform(_SHORTEST_DELAY, longest)
    await ports.sender.send(queue, Message(replace(message, since=since).to_bytes(), delay=delay))
    tries: Fields = {"copies": message.copies, "lost": message.lost, "since": since}
    _log.warning("put back", queue=queue.value, seconds=round(delay), **tries)


def _since(ports: Ports, message: Retried) -> str:
    """When its tries first ran out; by a clock that was ahead it would never end."""
    now = ports.timestamp()
    return min(message.since or now, now)


async def keep_poison(ports: Ports, queue: Queue, body: bytes, attempt: int = 1) -> None:
    """Put back a message of ``queue`` that the host gave up, twice at most if it is valid; then keep it."""
    reason = f"given up by the host: the last of {LAST_ATTEMPT} tries did not end"
    async with _put_back_on_failure(ports, queue, body):
        await _redrive_or_keep(ports, queue, body, reason, LAST_ATTEMPT, is_read=attempt <= _TRIES_TO_READ)


async def keep_undecoded_poison(ports: Ports, queue: Queue, text: bytes, attempt: int) -> None:
    """Keep a message whose text is neither JSON nor base64 and that the host gave up, or put it back."""
    async with _put_back_on_failure(ports, queue, text):
        await keep_undecoded(ports, queue, text, attempt)


@asynccontextmanager
async def _put_back_on_failure(ports: Ports, queue: Queue, body: bytes) -> AsyncIterator[None]:
    """In a poison queue a message has five tries and seven days; a fresh one on its own queue has no end."""
    try:
        yield
    except Exception as fault:
        await ports.sender.send(queue, Message(body, delay=_SHORTEST_DELAY))
        _log.warning("put back", queue=queue.value, fault=type(fault).__name__)


async def keep_dead_letter(
    ports: Ports, queue: Queue, body: bytes, attempts: int, reason: str | None, description: str | None
) -> None:
    """The same for a message of ``queue`` that Service Bus gave up after so many tries, with its word for why."""
    named = ": ".join(filter(None, (reason, description))) or "no reason told"
    await _redrive_or_keep(ports, queue, body, f"given up by Service Bus: {named}", attempts)


async def _redrive_or_keep(
    ports: Ports, queue: Queue, body: bytes, reason: str, attempts: int, *, is_read: bool = True
) -> None:
    message = Retried.of(body)
    if is_read and message.lost < MOST_LOST and _is_valid(ports, queue, message):
        with suppress(SenderUnavailableError):
            await _put_back(ports, queue, replace(message, lost=message.lost + 1))
            return
    before = f"; it was put back {message.lost} times" if message.lost else ""
    await _keep(ports, queue, message.body, f"{reason}{before}", (), attempts)


def _is_valid(ports: Ports, queue: Queue, message: Retried) -> bool:
    with suppress(PassingError):
        try:
            parse_event(message.read(), ports.now()) if queue is Queue.EVENTS else parse_recompute(message.read())
        except PermanentError:
            return False
    return True


async def keep_undecoded(ports: Ports, queue: Queue, text: bytes, attempt: int) -> None:
    """Keep a message whose text is neither JSON nor base64."""
    reason = "neither JSON nor base64; put the event's JSON on the queue, as it is or in base64 of its UTF-8"
    await _keep(ports, queue, text, reason, (MemberError("$", reason),), attempt)


async def _keep(
    ports: Ports, queue: Queue, body: bytes, reason: str, errors: tuple[MemberError, ...], attempts: int
) -> None:
    message = Quarantined(queue.value, body, ports.timestamp(), reason, errors, attempts)
    await until_first(ports, lambda: ports.quarantine.keep(message))
    # The reason may quote what was sent: it is in quarantine, where it is under lock, and beside the line, in no log.
    ids = {"quarantineId": message.id, "queue": queue.value, "attempt": attempts}
    _log.warning("kept", {"reason": reason}, **ids, faults=len(errors))
