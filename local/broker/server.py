"""The broker: a thread with an AMQP server on a free port of this machine."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Final, Self

from local.broker.connection import Connection
from local.broker.entities import Entities
from local.broker.faults import Faults
from local.broker.links import Links
from local.broker.namespace import Namespace

HOST: Final = "127.0.0.1"
TICK: Final = 0.05
log = logging.getLogger("broker")


class BrokerError(Exception):
    """The broker itself failed: its tests' results are worth nothing."""


class Broker:
    """A context manager; everything it holds is gone with it, and what went wrong inside is raised."""

    def __init__(self, entities: Entities, port: int = 0) -> None:
        self.entities, self.port = entities, port
        self.faults = Faults()
        self._namespace = Namespace(entities)
        self._connections: set[Connection] = set()
        self._errors: list[BaseException] = []
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="broker", daemon=True)
        self._started = threading.Event()

    @property
    def connection_string(self) -> str:
        """The key is none: the broker takes every token."""
        key = "SharedAccessKeyName=local;SharedAccessKey=none"
        return f"Endpoint=sb://localhost:{self.port};{key};UseDevelopmentEmulator=true;"

    def count(self, path: str) -> int:
        """Messages waiting or locked in a queue, subscription or dead-letter subqueue."""
        return self._in_loop(lambda: self._namespace.queue(path).count)

    def cut_connections(self) -> None:
        """Break every connection, whatever it is doing."""
        self._in_loop(self._cut)

    def _cut(self) -> None:
        for connection in list(self._connections):
            connection.cut()

    def start(self) -> Self:
        self._thread.start()
        self._started.wait()
        self._raise_errors()
        return self

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()
        self._raise_errors()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _raise_errors(self) -> None:
        if self._errors:
            raise BrokerError(str(self._errors[0])) from self._errors[0]

    def _in_loop[T](self, work: Callable[[], T]) -> T:
        async def run() -> T:
            return work()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(10)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except Exception as error:
            log.critical("the broker stopped", exc_info=error)
            self._errors.append(error)
        finally:
            self._started.set()
            self._loop.close()

    async def _serve(self) -> None:
        self._loop.set_exception_handler(self._note_error)
        server = await self._loop.create_server(self._connection, HOST, self.port)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        while not self._stop.is_set():
            self._work()
            try:
                await asyncio.wait_for(self._stop.wait(), TICK)
            except TimeoutError:
                continue
        server.close()
        self._cut()
        await asyncio.sleep(0)

    def _note_error(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """asyncio has closed the connection already."""
        error = context.get("exception") or BrokerError(context["message"])
        log.critical("the broker failed", exc_info=error)
        self._errors.append(error)

    def _connection(self) -> Connection:
        def links(connection: Connection) -> Links:
            return Links(self._namespace, self.faults, connection.cut)

        connection = Connection(links, self._work)
        self._connections.add(connection)
        return connection

    def _work(self) -> None:
        """Whatever can be done now: time passed, messages to readers, bytes to sockets."""
        now = time.time()
        self._connections = {each for each in self._connections if each.is_open}
        self._namespace.tick(now)
        every = [each.links for each in self._connections]
        for links in every:
            links.look_for_sessions(now)
        consumers = [consumer for links in every for consumer in links.consumers.values()]
        while sum(consumer.deliver_one(now) for consumer in consumers):  # each gets its turn
            pass
        for consumer in consumers:
            consumer.drain()
        for connection in list(self._connections):
            connection.flush(now)
