"""The links of one connection: what clients attach to and what comes over it. Proton calls the methods ``on_...``."""

import time
from collections.abc import Callable
from typing import Any, Final

from proton import Condition, Terminus, symbol

from local.broker.consumer import Consumer
from local.broker.errors import NOT_ALLOWED, TIMEOUT, RefusedError
from local.broker.faults import Faults
from local.broker.incoming import CREDIT, LARGEST_MESSAGE, Incoming, is_request, path_of
from local.broker.namespace import Namespace
from local.broker.queue import Queue
from local.broker.sessions import SessionLock

SESSION_FILTER: Final = symbol("com.microsoft:session-filter")
SESSION_LOCKED_UNTIL: Final = symbol("com.microsoft:locked-until-utc")
WAIT_FOR_SESSION: Final = symbol("com.microsoft:timeout")
LONGEST_WAIT: Final = 60.0
TICKS_1970: Final = 621_355_968_000_000_000  # .NET counts from the year 1, in tenths of microseconds


class Links:
    def __init__(self, namespace: Namespace, faults: Faults, cut: Callable[[], None]) -> None:
        self._namespace = namespace
        self._incoming = Incoming(namespace, faults, cut)
        self.consumers: dict[Any, Consumer] = {}
        self._waiting: dict[Any, tuple[Queue, float]] = {}  # for any session, until when

    def on_connection_remote_open(self, event: Any) -> None:
        event.connection.container = "broker"
        event.connection.open()

    def on_session_remote_open(self, event: Any) -> None:
        event.session.open()

    def on_connection_remote_close(self, event: Any) -> None:
        event.connection.close()

    def on_session_remote_close(self, event: Any) -> None:
        event.session.close()

    def on_link_remote_open(self, event: Any) -> None:
        link = event.link
        link.source.copy(link.remote_source)
        link.target.copy(link.remote_target)
        # .NET's client asks for tokens settled, all by one tag; otherwise it waits for settlements and fails.
        link.snd_settle_mode, link.rcv_settle_mode = link.remote_snd_settle_mode, link.remote_rcv_settle_mode
        try:
            if link.is_sender:
                self._attach_consumer(link, path_of(link.remote_source.address))
            else:
                self._attach_producer(link, path_of(link.remote_target.address))
        except RefusedError as error:
            _refuse(link, error)

    def _attach_producer(self, link: Any, path: str) -> None:
        self._incoming.check(path)
        link.max_message_size = LARGEST_MESSAGE
        link.open()
        link.flow(CREDIT)

    def _attach_consumer(self, link: Any, path: str) -> None:
        if is_request(path):
            self._incoming.check(path)
            link.open()
            return
        queue = self._namespace.queue(path)
        wanted, session_id = _wanted_session(link)
        if queue.requires_session and not wanted:
            raise RefusedError(NOT_ALLOWED, f"'{path}' requires sessions: a receiver must ask for a session.")
        if wanted and not queue.requires_session:
            raise RefusedError(NOT_ALLOWED, f"'{path}' has no sessions.")
        if wanted and session_id is None:
            self._waiting[link] = (queue, time.time() + _longest_wait(link))
            self.look_for_sessions(time.time())
        else:
            self._start(link, queue, queue.sessions.accept(session_id, time.time()) if session_id else None)

    def _start(self, link: Any, queue: Queue, session: SessionLock | None) -> None:
        if session:
            filters = link.source.filter
            filters.clear()
            filters.put_object({SESSION_FILTER: session.session_id})
            link.properties = {SESSION_LOCKED_UNTIL: round(session.until * 10_000_000) + TICKS_1970}
        link.open()
        self.consumers[link] = Consumer(link, queue, session)

    def look_for_sessions(self, now: float) -> None:
        """Give links that wait for any session the next one, or up."""
        for link, (queue, until) in list(self._waiting.items()):
            if session := queue.accept_next_session(now):
                del self._waiting[link]
                self._start(link, queue, session)
            elif until <= now:
                del self._waiting[link]
                _refuse(link, RefusedError(TIMEOUT, "No session had a message in time."))

    def on_link_remote_close(self, event: Any) -> None:
        self._forget(event.link)
        event.link.close()

    def on_link_remote_detach(self, event: Any) -> None:
        self._forget(event.link)
        event.link.detach()

    def _forget(self, link: Any) -> None:
        self._waiting.pop(link, None)
        if consumer := self.consumers.pop(link, None):
            consumer.close()

    def on_delivery(self, event: Any) -> None:
        delivery, link = event.delivery, event.link
        if link.is_sender:
            if delivery.updated and link in self.consumers:
                self.consumers[link].settle(delivery, time.time())
            elif delivery.updated:
                delivery.settle()
        elif delivery.readable and not delivery.partial:
            self._incoming.receive(link, delivery)

    def close(self) -> None:
        """The connection is gone."""
        for link in [*self.consumers, *self._waiting]:
            self._forget(link)


def _wanted_session(link: Any) -> tuple[bool, str | None]:
    """Whether the client asks for a session, and which; None is any."""
    filters = link.remote_source.filter
    filters.rewind()
    asked = filters.get_object() if filters.next() else None
    if not asked or SESSION_FILTER not in asked:
        return False, None
    value = asked[SESSION_FILTER]
    return True, getattr(value, "value", value)


def _longest_wait(link: Any) -> float:
    wait = (link.remote_properties or {}).get(WAIT_FOR_SESSION)
    return wait / 1000 if wait else LONGEST_WAIT


def _refuse(link: Any, error: RefusedError) -> None:
    """Attach without source and target, as the protocol wants it, and close with the reason."""
    link.source.type = link.target.type = Terminus.UNSPECIFIED
    link.condition = Condition(error.condition, str(error))
    link.open()
    link.close()
