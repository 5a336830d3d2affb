"""Requests by message: tokens (``$cbs``) and what has no link of its own (``entity/$management``)."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final
from uuid import UUID

from proton import UNDESCRIBED, Array, Data, int32, symbol
from proton import Message as AmqpMessage

from local.broker.encoding import message, milliseconds, payload
from local.broker.errors import MESSAGE_NOT_FOUND, NOT_IMPLEMENTED, SESSION_LOCK_LOST, RefusedError
from local.broker.message import Entry
from local.broker.queue import Queue
from local.broker.target import Target

PREFIX: Final = "com.microsoft:"
GONE: Final = {SESSION_LOCK_LOST, MESSAGE_NOT_FOUND}
SETTLED_AT_ONCE: Final = 0
type Body = dict[str, Any]


def token_reply(request: AmqpMessage) -> AmqpMessage:
    """Every token is good."""
    return _reply(request, {"status-code": int32(202), "status-description": "Accepted"})


def reply(request: AmqpMessage, queue: Queue | None, target: Target | None, now: float) -> AmqpMessage:
    """``queue`` and ``target`` are the entity of the request: a topic is not a queue, a subscription not a target."""
    operation = str((request.properties or {}).get("operation", "")).removeprefix(PREFIX)
    try:
        body = _operation(operation, queue, target)(request.body or {}, now)
    except RefusedError as error:
        properties = {"statusCode": int32(404 if error.condition in GONE else 410), "statusDescription": str(error)}
        return _reply(request, {**properties, "errorCondition": symbol(error.condition)}, {})
    status = 204 if body == {"messages": []} else 200
    return _reply(request, {"statusCode": int32(status), "statusDescription": "OK"}, body)


def _operation(name: str, queue: Queue | None, target: Target | None) -> Callable[[Body, float], Body]:
    if queue and name in READING:
        return partial(READING[name], queue)
    if target and name in SENDING:
        return partial(SENDING[name], target)
    raise RefusedError(NOT_IMPLEMENTED, f"The operation '{name}' is not known here.")


def _reply(request: AmqpMessage, properties: Body, body: Body | None = None) -> AmqpMessage:
    return AmqpMessage(body=body, correlation_id=request.id, properties=properties)


def _renew_lock(queue: Queue, request: Body, now: float) -> Body:
    until = [milliseconds(queue.renew(token, now)) for token in _tokens(request)]
    return {"expirations": Array(UNDESCRIBED, Data.TIMESTAMP, *until)}


def _tokens(request: Body) -> list[UUID]:
    return list(request["lock-tokens"].elements)


def _renew_session_lock(queue: Queue, request: Body, now: float) -> Body:
    return {"expiration": milliseconds(queue.sessions.renew(request["session-id"], now))}


def _check_session(queue: Queue, request: Body) -> None:
    """A reader of a session names it, and has to hold it."""
    if (session_id := request.get("session-id")) is not None:
        queue.sessions.of(session_id)


def _session_state(queue: Queue, request: Body, _now: float) -> Body:
    queue.sessions.of(request["session-id"])
    return {"session-state": queue.sessions.state(request["session-id"])}


def _set_session_state(queue: Queue, request: Body, _now: float) -> Body:
    queue.sessions.of(request["session-id"])
    state = request.get("session-state")
    queue.sessions.set_state(request["session-id"], None if state is None else bytes(state))
    return {}


def _peek(queue: Queue, request: Body, _now: float) -> Body:
    start, count = int(request["from-sequence-number"]), int(request["message-count"])
    return {"messages": [{"message": payload(each)} for each in queue.peek(start, count, request.get("session-id"))]}


def _receive_deferred(queue: Queue, request: Body, now: float) -> Body:
    _check_session(queue, request)
    entries = queue.take_deferred(_sequence_numbers(request), now)
    answer: Body = {"messages": [_with_token(each) for each in entries]}
    if request.get("receiver-settle-mode") == SETTLED_AT_ONCE:
        for entry in entries:
            assert entry.lock  # noqa: S101  narrows the type: what is taken is locked
            queue.complete(entry.lock, now)
    return answer


def _sequence_numbers(request: Body) -> list[int]:
    return [int(each) for each in request["sequence-numbers"].elements]


def _with_token(entry: Entry) -> Body:
    return {"lock-token": entry.lock, "message": payload(entry)}


def _update_disposition(queue: Queue, request: Body, now: float) -> Body:
    _check_session(queue, request)
    changed = {str(name): value for name, value in (request.get("properties-to-modify") or {}).items()}
    for token in _tokens(request):
        match request["disposition-status"]:
            case "completed":
                queue.complete(token, now)
            case "abandoned":
                queue.abandon(token, now, changed)
            case "defered":  # so spelled in the protocol
                queue.defer(token, now, changed)
            case _:
                reason, description = request.get("deadletter-reason"), request.get("deadletter-description")
                queue.dead_letter(token, reason or "", description or "", now, changed)
    return {}


def _schedule(target: Target, request: Body, now: float) -> Body:
    """When each is due, its own annotation says."""
    numbers = target.put([message(bytes(each["message"])) for each in request["messages"]], now)
    return {"sequence-numbers": Array(UNDESCRIBED, Data.LONG, *numbers)}


def _cancel(target: Target, request: Body, _now: float) -> Body:
    target.cancel(_sequence_numbers(request))
    return {}


READING: Final[dict[str, Callable[[Queue, Body, float], Body]]] = {
    "renew-lock": _renew_lock,
    "renew-session-lock": _renew_session_lock,
    "get-session-state": _session_state,
    "set-session-state": _set_session_state,
    "peek-message": _peek,
    "receive-by-sequence-number": _receive_deferred,
    "update-disposition": _update_disposition,
}
SENDING: Final[dict[str, Callable[[Target, Body, float], Body]]] = {
    "schedule-message": _schedule,
    "cancel-scheduled-message": _cancel,
}
