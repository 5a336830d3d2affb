"""Requests by message: tokens (``$cbs``) and what has no link of its own (``entity/$management``).

Arrives: a request message and the queue it is about. Leaves: the reply.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Final
from uuid import UUID

from proton import UNDESCRIBED, Array, Data, int32, symbol
from proton import Message as AmqpMessage

from local.broker.encoding import milliseconds, payload
from local.broker.errors import MESSAGE_NOT_FOUND, NOT_IMPLEMENTED, SESSION_LOCK_LOST, RefusedError
from local.broker.message import Entry
from local.broker.queue import Queue

PREFIX: Final = "com.microsoft:"
GONE: Final = {SESSION_LOCK_LOST, MESSAGE_NOT_FOUND}
type Body = dict[str, Any]


def token_reply(request: AmqpMessage) -> AmqpMessage:
    """Every token is good."""
    return _reply(request, {"status-code": int32(202), "status-description": "Accepted"})


def reply(request: AmqpMessage, queue: Queue | None, now: float) -> AmqpMessage:
    """``queue``: none if the request is about a topic, of which nothing can be asked here."""
    operation = str((request.properties or {}).get("operation", "")).removeprefix(PREFIX)
    try:
        body = _operation(operation, queue)(request.body or {}, now)
    except RefusedError as error:
        properties = {"statusCode": int32(404 if error.condition in GONE else 410), "statusDescription": str(error)}
        return _reply(request, {**properties, "errorCondition": symbol(error.condition)}, {})
    status = 204 if body == {"messages": []} else 200
    return _reply(request, {"statusCode": int32(status), "statusDescription": "OK"}, body)


def _operation(name: str, queue: Queue | None) -> Callable[[Body, float], Body]:
    if queue is None or name not in OPERATIONS:
        raise RefusedError(NOT_IMPLEMENTED, f"The operation '{name}' is not known here.")
    return partial(OPERATIONS[name], queue)


def _reply(request: AmqpMessage, properties: Body, body: Body | None = None) -> AmqpMessage:
    return AmqpMessage(body=body, correlation_id=request.id, properties=properties)


def _renew_lock(queue: Queue, request: Body, now: float) -> Body:
    until = [milliseconds(queue.renew(token, now)) for token in _tokens(request)]
    return {"expirations": Array(UNDESCRIBED, Data.TIMESTAMP, *until)}


def _tokens(request: Body) -> list[UUID]:
    return list(request["lock-tokens"].elements)


def _renew_session_lock(queue: Queue, request: Body, now: float) -> Body:
    return {"expiration": milliseconds(queue.sessions.renew(request["session-id"], now))}


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
    entries = queue.take_deferred([int(each) for each in request["sequence-numbers"].elements], now)
    return {"messages": [_with_token(each) for each in entries]}


def _with_token(entry: Entry) -> Body:
    return {"lock-token": entry.lock, "message": payload(entry)}


def _update_disposition(queue: Queue, request: Body, now: float) -> Body:
    status = request["disposition-status"]
    for token in _tokens(request):
        if status == "suspended":
            reason, description = request.get("deadletter-reason"), request.get("deadletter-description")
            queue.dead_letter(token, reason or "", description or "", now)
        else:
            SETTLED[status](queue, token, now)
    return {}


SETTLED: Final[dict[str, Callable[[Queue, UUID, float], None]]] = {
    "completed": Queue.complete,
    "abandoned": Queue.abandon,
    "defered": Queue.defer,  # so spelled in the protocol
}
OPERATIONS: Final[dict[str, Callable[[Queue, Body, float], Body]]] = {
    "renew-lock": _renew_lock,
    "renew-session-lock": _renew_session_lock,
    "get-session-state": _session_state,
    "set-session-state": _set_session_state,
    "peek-message": _peek,
    "receive-by-sequence-number": _receive_deferred,
    "update-disposition": _update_disposition,
}
