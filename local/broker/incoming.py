"""Transfers from clients: messages to store or refuse, requests to answer, planned faults to meet."""

from collections.abc import Callable
from time import time
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from proton import Condition, Delivery, symbol
from proton import Message as AmqpMessage

from local.broker.encoding import messages
from local.broker.errors import DETACH_FORCED, NOT_FOUND, SERVER_BUSY, SIZE_EXCEEDED, RefusedError
from local.broker.faults import Fault, Faults
from local.broker.management import reply, token_reply
from local.broker.namespace import Namespace
from local.broker.queue import Queue
from local.broker.target import Target

CREDIT: Final = 500
LARGEST_MESSAGE: Final = 256 * 1024  # of the Standard tier
TOKENS: Final = "$cbs"
MANAGEMENT: Final = "/$management"


def path_of(address: str | None) -> str:
    """Addresses arrive as ``amqps://host/entity`` or as the entity alone."""
    return unquote(urlsplit(address or "").path).strip("/")


def is_request(path: str) -> bool:
    return path == TOKENS or path.endswith(MANAGEMENT)


class Incoming:
    def __init__(self, namespace: Namespace, faults: Faults, cut: Callable[[], None]) -> None:
        self._namespace, self._faults, self._cut = namespace, faults, cut

    def check(self, path: str) -> None:
        """Refuse what leads nowhere."""
        if path.endswith(MANAGEMENT):
            self._about(path)
        elif path != TOKENS:
            self._namespace.target(path)

    def _about(self, path: str) -> tuple[Queue | None, Target | None]:
        """What a management request is about: a queue is both, a topic no queue, a subscription no target."""
        entity = path.removesuffix(MANAGEMENT)
        queue, target = self._namespace.find_queue(entity), self._namespace.find_target(entity)
        if not queue and not target:
            self._namespace.queue(entity)
        return queue, target

    def receive(self, link: Any, delivery: Any) -> None:
        content = bytes(link.recv(delivery.pending) or b"")
        link.advance()
        if link.credit < CREDIT // 2:
            link.flow(CREDIT - link.credit)
        path = path_of(link.remote_target.address)
        if is_request(path):
            self._answer(link, path, content)
            _settle(delivery)
        else:
            self._store(link, delivery, path, content)

    def _store(self, link: Any, delivery: Any, path: str, content: bytes) -> None:
        fault = self._faults.next()
        if fault is Fault.SERVER_BUSY:
            _settle(delivery, RefusedError(SERVER_BUSY, "The server is busy: try later."))
            return
        if fault is Fault.LINK_DETACH:
            link.condition = Condition(DETACH_FORCED, "The link was detached by the broker.")
            link.close()
            return
        try:
            if len(content) > LARGEST_MESSAGE:
                raise _too_large(content)
            self._namespace.target(path).put(messages(content), time())
        except RefusedError as error:
            _settle(delivery, error)
        else:
            if fault is Fault.CONNECTION_CUT:
                self._cut()
            else:
                _settle(delivery)

    def _answer(self, link: Any, path: str, content: bytes) -> None:
        request = AmqpMessage()
        request.decode(content)
        answer = token_reply(request) if path == TOKENS else reply(request, *self._about(path), time())
        back = _way_back(link, path)
        back.delivery(back.delivery_tag())
        back.stream(answer.encode())
        back.advance()


def _way_back(link: Any, path: str) -> Any:
    """The link over which the same session listens for replies."""
    candidate = link.connection.link_head(0)
    while candidate is not None:
        here = candidate.is_sender and candidate.session == link.session
        if here and path_of(candidate.remote_source.address) == path:
            return candidate
        candidate = candidate.next(0)
    raise RefusedError(NOT_FOUND, f"no receiver for replies of '{path}'")


def _too_large(content: bytes) -> RefusedError:
    return RefusedError(SIZE_EXCEEDED, f"The message has {len(content)} bytes; at most {LARGEST_MESSAGE} are allowed.")


def _settle(delivery: Any, error: RefusedError | None = None) -> None:
    if error:
        # The client takes a refusal for one only with all three parts.
        delivery.local.condition = Condition(error.condition, str(error), {symbol("tracking-id"): "broker"})
    delivery.update(Delivery.REJECTED if error else Delivery.ACCEPTED)
    delivery.settle()
