"""The first bytes of a connection, spoken one at a time: SASL as Microsoft's clients want it, then AMQP."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from local.broker import Broker, Entities

pytestmark = pytest.mark.own_broker

SASL = b"AMQP\x03\x01\x00\x00"
AMQP = b"AMQP\x00\x01\x00\x00"
MECHANISMS = (b"MSSBCBS", b"EXTERNAL", b"PLAIN", b"ANONYMOUS")


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with Broker(Entities()) as started:
        yield started


@contextmanager
def connected(broker: Broker) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", broker.port), timeout=10) as opened:
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield opened


def say(to: socket.socket, content: bytes) -> None:
    for each in content:
        to.sendall(bytes((each,)))


def hear(of: socket.socket, count: int) -> bytes:
    heard = b""
    while len(heard) < count and (more := of.recv(count - len(heard))):
        heard += more
    return heard


def hear_frame(of: socket.socket) -> bytes:
    size = hear(of, 4)
    return size + hear(of, struct.unpack(">I", size)[0] - 4)


def sasl_frame(code: int, content: bytes) -> bytes:
    body = bytes((0, 0x53, code)) + content
    return struct.pack(">IBBH", 8 + len(body), 2, 1, 0) + body


def init(mechanism: bytes, response: bytes = b"\x40") -> bytes:
    """sasl-init, a list of mechanism, initial response and host name."""
    fields = b"\xa3" + bytes((len(mechanism),)) + mechanism + response + b"\xa1\x09localhost"
    return sasl_frame(0x41, bytes((0xC0, len(fields) + 1, 3)) + fields)


def outcome_of(frame: bytes) -> int:
    """sasl-outcome, a list that begins with a ubyte."""
    assert frame[4:8] == bytes((2, 1, 0, 0))
    assert frame[8:11] == b"\x00\x53\x44"
    return frame[-1]


@pytest.mark.parametrize(
    ("mechanism", "response"),
    [
        (b"MSSBCBS", b"\x40"),
        (b"EXTERNAL", b"\xa0\x00"),
        (b"PLAIN", b"\xa0\x09\x00name\x00key"),
        (b"ANONYMOUS", b"\x40"),
    ],
)
def test_a_client_comes_in_by_each_mechanism_and_then_speaks_amqp(
    broker: Broker, mechanism: bytes, response: bytes
) -> None:
    with connected(broker) as client:
        say(client, SASL)
        assert hear(client, 8) == SASL
        offered = hear_frame(client)
        assert offered[4:11] == b"\x02\x01\x00\x00\x00\x53\x40"
        assert offered.endswith(b"\xb3" + b"".join(struct.pack(">I", len(each)) + each for each in MECHANISMS))
        say(client, init(mechanism, response))
        assert outcome_of(hear_frame(client)) == 0
        say(client, AMQP + open_frame())
        assert hear(client, 8) == AMQP
        assert hear_frame(client)[8:11] == b"\x00\x53\x10"


def open_frame() -> bytes:
    body = b"\x00\x53\x10\xc0\x05\x01\xa1\x02me"
    return struct.pack(">IBBH", 8 + len(body), 2, 0, 0) + body


def test_what_follows_in_one_piece_is_not_lost(broker: Broker) -> None:
    with connected(broker) as client:
        client.sendall(SASL + init(b"MSSBCBS") + AMQP + open_frame())
        assert hear(client, 8) == SASL
        hear_frame(client)
        assert outcome_of(hear_frame(client)) == 0
        assert hear(client, 8) == AMQP
        assert hear_frame(client)[8:11] == b"\x00\x53\x10"


def test_a_client_without_sasl_speaks_amqp_at_once(broker: Broker) -> None:
    with connected(broker) as client:
        say(client, AMQP + open_frame())
        assert hear(client, 8) == AMQP
        assert hear_frame(client)[8:11] == b"\x00\x53\x10"


def test_a_mechanism_that_is_not_offered_is_refused_and_the_connection_closed(broker: Broker) -> None:
    with connected(broker) as client:
        say(client, SASL + init(b"SCRAM-SHA-1"))
        hear(client, 8)
        hear_frame(client)
        assert outcome_of(hear_frame(client)) == 1
        assert client.recv(1) == b""


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        SASL + b"\x00\x00\x00\x07\x02\x01\x00\x00",
        SASL + b"\xff\xff\xff\xff",
        SASL + sasl_frame(0x44, b"\x45"),
        SASL + sasl_frame(0x41, b"\x45"),
        SASL + b"\x00\x00\x00\x0c\xff\x01\x00\x00\x00\x00\x00\x00",
    ],
    ids=["HTTP", "too short a frame", "too long a frame", "another frame", "an empty list", "no frame"],
)
def test_what_is_no_handshake_ends_its_connection_alone(broker: Broker, garbage: bytes) -> None:
    with connected(broker) as client:
        client.sendall(garbage)
        try:
            while client.recv(1024):
                pass
        except ConnectionResetError:
            pass
    with connected(broker) as another:
        say(another, SASL)
        assert hear(another, 8) == SASL
