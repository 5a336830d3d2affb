"""The envelope of a message that was put back: what it has room for, what no producer's bytes do to it."""

import base64
import json
import random
import zlib

import pytest

from shared.domain.retried import MAX_BYTES, Retried
from shared.errors import PassingError
from tests import events

SINCE = "2026-06-01T12:00:00.000000Z"
FRAMED = b"fasttrack-retry/1 "


def longest(characters: str) -> bytes:
    """An event of 48 KiB that says as much as text of these characters can."""
    chance, text = random.Random(1), ""
    body = json.loads(events.spend())
    while True:
        more = "".join(chance.choices(characters, k=64))
        whole = json.dumps(body | {"note": text + more}, ensure_ascii=False).encode()
        if len(whole) > MAX_BYTES:
            return json.dumps(body | {"note": text}, ensure_ascii=False).encode().ljust(MAX_BYTES)
        text += more


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"\x00\xff",
        events.spend(),
        longest("".join(map(chr, range(35, 91)))),
        longest("".join(map(chr, range(0x100, 0x500)))),
        longest("".join(map(chr, range(0x4E00, 0x9FFF)))),
    ],
    ids=["empty", "object", "bytes", "event", "ASCII", "two bytes a character", "three bytes a character"],
)
def test_a_body_comes_out_as_it_went_in_with_what_the_queue_forgets(body: bytes) -> None:
    put_back = Retried(body, SINCE, 7, 2)
    wrapped = put_back.to_bytes()
    assert len(wrapped) <= MAX_BYTES
    assert wrapped != body
    assert Retried.of(wrapped) == put_back
    assert Retried.of(wrapped).read() == body


def test_a_body_without_an_envelope_is_itself() -> None:
    assert Retried.of(b'{"id": "1"}') == Retried(b'{"id": "1"}')


def test_a_body_that_has_no_room_for_an_envelope_goes_back_without() -> None:
    noise = random.Random(1).randbytes(MAX_BYTES)
    assert Retried(noise, SINCE, 1).to_bytes() == noise


@pytest.mark.parametrize(
    "body",
    [
        FRAMED,
        FRAMED + b"\n",
        FRAMED + b"{}\n" + zlib.compress(b"{}"),
        FRAMED + b'{"since":"soon","copies":1,"lost":0}\n' + zlib.compress(b"{}"),
        FRAMED + b'{"since":"","copies":"1","lost":0}\n' + zlib.compress(b"{}"),
        FRAMED + b'{"since":"","copies":1,"lost":0}\nnot compressed',
        FRAMED + b'{"since":"","copies":1,"lost":0}\n' + zlib.compress(b"{}")[:-2],
        FRAMED + b'{"since":"","copies":1,"lost":0}\n' + zlib.compress(b" " * 10_000_000),
        FRAMED + b"[" * 40_000 + b"\n",
    ],
)
def test_what_only_looks_like_an_envelope_is_a_body_that_is_no_event(body: bytes) -> None:
    assert Retried.of(body) == Retried(body)
    assert Retried.of(body).read() == body


def test_an_envelope_of_a_later_version_may_be_read_later_and_keeps_its_time_until_then() -> None:
    later = b"fasttrack-retry/2 whatever it has in it"
    with pytest.raises(PassingError, match=r"'fasttrack-retry/2'"):
        Retried.of(later).read()
    again = Retried.of(Retried(later, SINCE, 3).to_bytes())
    assert again == Retried(later, SINCE, 3)
    with pytest.raises(PassingError):
        again.read()


def test_an_envelope_is_neither_json_nor_what_a_base64_of_json_begins_with() -> None:
    wrapped = Retried(b"{}", SINCE, 1).to_bytes()
    assert not wrapped.startswith((b"{", b"[", b" ", b"\xef"))
    assert base64.b64decode(base64.b64encode(wrapped)) == wrapped
