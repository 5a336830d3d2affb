"""The bytes of a message: what is no JSON, too large, too deep or ambiguous is refused with the reason."""

import json

import pytest

from shared.domain.events import MAX_EVENT_BYTES
from shared.errors import PermanentError

from .given import Json, accepted, body, either, event, faults, refusal


def written(extra: str = "", text: str | None = None) -> bytes:
    """The usual event with more JSON in it at its end."""
    usual = body(event()).decode() if text is None else text
    return f"{usual[:-1]}{extra}}}".encode()


def of_size(size: int) -> bytes:
    return written(', "comment": "' + "x" * (size - len(written(', "comment": ""'))) + '"')


CASES: list[tuple[str, bytes, str]] = [
    ("an empty message", b"", "not JSON: "),
    ("white space", b" \n\t ", "not JSON: "),
    ("a word", b"hello", "not JSON: "),
    ("half an event", body(event())[:100], "not JSON: "),
    ("two events", body(event()) * 2, "not JSON: "),
    ("a null byte at the end", body(event()) + b"\0", "not JSON: "),
    ("a comment", b"// event\n" + body(event()), "not JSON: "),
    ("a comma too many", written(","), "not JSON: "),
    ("single quotes", str(event()).encode(), "not JSON: "),
    ("a raw line end in a text", written(', "comment": "a\nb"'), "not JSON: "),
    ("an escape that JSON has not", written(r', "comment": "\x41"'), "not JSON: "),
    ("two byte order marks", b"\xef\xbb\xbf" * 2 + body(event()), "not JSON: "),
    ("a byte order mark within", b" \xef\xbb\xbf" + body(event()), "not JSON: "),
    ("Latin-1", written(', "comment": "é"').decode().encode("latin-1"), "not UTF-8: byte "),
    ("UTF-16", body(event()).decode().encode("utf-16"), "not UTF-8: byte 0 "),
    ("UTF-16 without a mark", body(event()).decode().encode("utf-16-le"), "not JSON: "),
    ("a character cut in half", body(event()) + "é".encode()[:1], "not UTF-8: byte "),
    ("an over-long encoding", b'"\xc0\xaf"', "not UTF-8: byte 1 "),
    ("half a surrogate pair as bytes", b'"\xed\xa0\x80"', "not UTF-8: byte 1 "),
    ("not a number", written(', "comment": NaN'), "NaN is not a JSON number"),
    ("infinity", written(', "comment": Infinity'), "Infinity is not a JSON number"),
    ("minus infinity", written(', "comment": [-Infinity]'), "-Infinity is not a JSON number"),
    ("a number with zeros before it", written(', "comment": 007'), "not JSON: "),
    ("a member twice", written(', "id": "e-2"'), "the member 'id' stands twice in one object; write it once"),
    ("even with the same value", written(', "id": "e-1"'), "'id' stands twice"),
    ("in data", written(text=body(event()).decode()[:-2] + ', "partnerId": "P-1"}}'), "'partnerId' stands twice"),
    ("in what is not read", written(', "comment": [{"a": 1, "a": 1}]'), "'a' stands twice"),
    ("spelt with an escape", written(r', "\u0069d": "e-2"'), "'id' stands twice"),
    ("lists 20,000 deep", written(', "comment": ' + "[" * 20_000 + "]" * 20_000), "nested too deeply"),
    ("lists 20,000 deep in a member that is read", written(', "time2": ' + "[" * 20_000), "nested too deeply"),
]


@pytest.mark.parametrize(("message", "told"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_cannot_be_read_is_refused_with_the_reason(message: bytes, told: str) -> None:
    fault = refusal(message)
    assert told in fault.reason
    assert [each.path for each in fault.errors] == ["$"]
    assert fault.errors[0].message == fault.reason
    assert fault.reason.isprintable()


HALVES: list[tuple[str, bytes]] = [
    ("in what is not read", written(r', "comment": "\ud800"')),
    ("the second half alone", written(r', "comment": "a\udc00b"')),
    ("in capital letters", written(r', "comment": "\uD83D\uD83D"')),
    ("both, the wrong way round", written(r', "comment": "\ude00\ud83d"')),
    ("as the name of a member", written(r', "\udfff": 1')),
    ("in the id", body(event(envelope={"id": "e\ud800"}))),
    ("in data", body(event(customerId="C\udc00"))),
]


@pytest.mark.parametrize("message", [case[1] for case in HALVES], ids=[case[0] for case in HALVES])
def test_half_a_surrogate_pair_is_refused_wherever_it_stands(message: bytes) -> None:
    assert "half of a surrogate pair stands alone" in refusal(message).reason


def test_a_whole_surrogate_pair_is_the_character_it_stands_for() -> None:
    assert accepted(body(event(envelope={"id": "\U0001f600"}))).register.id == "\U0001f600"
    assert rb"\ud83d\ude00" in body(event(envelope={"id": "\U0001f600"}))


def test_48_kib_are_taken_exactly() -> None:
    assert len(of_size(48 * 1024)) == 48 * 1024 == MAX_EVENT_BYTES
    assert accepted(of_size(48 * 1024)) == accepted(event())


def test_one_byte_more_than_48_kib_is_refused() -> None:
    assert faults(of_size(48 * 1024 + 1)) == {"$": "the message has 49153 bytes; at most 49152 are taken"}


@pytest.mark.parametrize("deep", [b"[" * 100_000, b'{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000])
def test_a_message_100_000_deep_is_refused_for_its_size_before_it_is_read(deep: bytes) -> None:
    assert "at most 49152 are taken" in refusal(deep).reason


def test_a_byte_order_mark_is_skipped_and_counted() -> None:
    marked = b"\xef\xbb\xbf" + body(event())
    assert accepted(marked) == accepted(event())
    assert "has 49155 bytes" in refusal(b"\xef\xbb\xbf" + of_size(48 * 1024)).reason


@pytest.mark.parametrize("value", [[], [event()]])
def test_a_list_is_a_batch_which_a_message_cannot_be(value: object) -> None:
    message = "is a list; send each event as a message of its own (POST /api/events takes a list)"
    assert faults(value) == {"$": message}
    assert refusal(value).reason == f"a batch: {message}"


def test_an_event_that_a_client_encoded_twice_is_said_to_be_so() -> None:
    """As @azure/service-bus does with a body that is text."""
    assert refusal(json.dumps(body(event()).decode()).encode()).reason.startswith("text in quotes: is a JSON string; ")


@pytest.mark.parametrize("value", [7, 7.5, True, None])
def test_json_that_is_no_object_is_no_event(value: object) -> None:
    assert faults(value) == {"$": "is not an object; send one CloudEvent"}
    assert refusal(value).reason == "not a CloudEvent"


def test_an_empty_object_lacks_all_that_an_event_must_have() -> None:
    assert set(faults({})) == {"$.specversion", "$.id", "$.source", "$.type", "$.time", "$.data"}


@pytest.mark.parametrize("number", ["1e308", "-1.5E-400", "9" * 4_300, "123456789012345678901234567890.5"])
def test_large_numbers_in_what_is_not_read_do_no_harm(number: str) -> None:
    assert accepted(written(f', "comment": {number}')) == accepted(event())


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1E400", "7", "1.5"])
@pytest.mark.parametrize("path", ["$.id", "$.source", "$.data.customerId", "$.data.partnerId", "$.data.projectId"])
def test_a_number_is_no_text_however_large(number: str, path: str) -> None:
    member = path.rpartition(".")[2]
    usual = {"id": "e-1", "source": "/crm", "customerId": "C-1", "partnerId": "P-1", "projectId": "J-1"}[member]
    message = body(event()).replace(f'"{member}": "{usual}"'.encode(), f'"{member}": {number}'.encode())
    assert list(faults(message)) == [path]


@pytest.mark.parametrize("depth", [10, 1_000, 5_000, 9_000, 9_990, 9_995, 10_000, 12_000])
@pytest.mark.parametrize("place", ["id", "time", "data", "type", "specversion", "comment"])
def test_however_deep_a_member_is_nested_the_answer_is_an_event_or_a_refusal(depth: int, place: str) -> None:
    without: Json = {name: value for name, value in event().items() if name != place}
    nested = written(f', "{place}": ' + "[" * depth + "]" * depth, body(without).decode())
    found = either(nested)
    assert len(found.reason) < 1_000 if isinstance(found, PermanentError) else found == accepted(event())
