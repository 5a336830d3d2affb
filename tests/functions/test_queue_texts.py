"""The text of a Storage queue's message: JSON as the SDKs write it, or base64 of it as Azure's extensions do (F4)."""

import base64
from collections.abc import Callable

import pytest
from azure.functions.queue import QueueMessage

from functions import quarantine, receive_event
from functions.queues import body_of
from shared import wiring
from shared.messaging.sender import Queue
from tests.api.given import event, spend
from tests.api.world import World
from tests.fuzz.readers import queue_text

BOM = b"\xef\xbb\xbf"
FORMS: dict[str, Callable[[bytes], bytes]] = {
    "JSON": lambda body: body,
    "JSON after white space": lambda body: b" \r\n\t" + body,
    "JSON after a byte order mark": lambda body: BOM + body,
    "base64": base64.b64encode,
    "base64 in lines": base64.encodebytes,
    "base64 of a byte order mark and JSON": lambda body: base64.b64encode(BOM + body),
    "base64 of white space and JSON": lambda body: base64.b64encode(b"\n" + body),
}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(wiring, "_built", made.ports)
    return made


def message(text: bytes) -> QueueMessage:
    return QueueMessage(id="m-1", body=text, dequeue_count=1)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
async def test_an_event_is_applied_in_each_form(world: World, form: Callable[[bytes], bytes]) -> None:
    await receive_event.receive_event(message(form(spend("C-1"))))
    assert (await world.get("customers/C-1")).status == 200
    assert (await world.get("quarantine")).value["items"] == []


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
async def test_what_is_kept_in_each_form_is_redriven_and_read_again(
    world: World, form: Callable[[bytes], bytes]
) -> None:
    text = form(spend("C-1"))
    for _ in range(2):
        await quarantine.keep_poison_event(message(text))
        text = base64.b64encode(world.sender.queues[Queue.EVENTS].pop().body)
    await quarantine.keep_poison_event(message(text))
    [kept] = (await world.get("quarantine")).value["items"]
    assert (await world.post(f"quarantine/{kept['id']}/redrive")).status == 202
    [again] = world.sender.queues[Queue.EVENTS]
    await receive_event.receive_event(message(base64.b64encode(again.body)))
    assert (await world.get("customers/C-1")).status == 200


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
async def test_a_batch_goes_to_quarantine_as_one(world: World, form: Callable[[bytes], bytes]) -> None:
    await receive_event.receive_event(message(form(b"[" + spend("C-1") + b"]")))
    [kept] = (await world.get("quarantine")).value["items"]
    assert kept["reason"].startswith("a batch: is a list; send each event as a message of its own")


@pytest.mark.parametrize("form", [FORMS["JSON"], FORMS["base64"]], ids=["JSON", "base64"])
async def test_48_kib_of_the_decoded_body_are_taken_and_a_byte_more_is_not(
    world: World, form: Callable[[bytes], bytes]
) -> None:
    largest = spend("C-1").ljust(48 * 1024)
    await receive_event.receive_event(message(form(largest)))
    assert (await world.get("customers/C-1")).status == 200
    await receive_event.receive_event(message(form(largest + b" ")))
    [kept] = (await world.get("quarantine")).value["items"]
    assert kept["reason"] == "the message has 49153 bytes; at most 49152 are taken"


TEXTS = [
    *(b"", b" ", BOM, b"hello!", b"e30", b"e30=", b"e3\n0=", b"{", b"[", b"[]", b"{}", b'"{}"', b"\xff", b"\xa0{}"),
    *(BOM * 2 + b"{}", BOM + b" {}", b" " + BOM + b"{}", b"\x0b{}", b"\x0c{}", "\u2003{}".encode(), b"====", b"-_-_"),
    *(event("unheard.of", {}), spend("C-1", unknown=None), b"{}" * 3, b"[" * 20_000, b"{" * 20_000),
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text[:20]))
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_any_text_is_read_as_the_independent_reader_reads_it(form: Callable[[bytes], bytes], text: bytes) -> None:
    queue_text(form(text))


def test_the_characters_json_begins_with_are_none_of_base64() -> None:
    for number in range(256):
        assert not {b"{", b"["} & {base64.b64encode(bytes([number]))[:1]}
    assert body_of(b"e30=") == b"{}"
