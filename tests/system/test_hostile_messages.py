"""Messages as anybody may lay them on the queues: each is applied or in quarantine, at its first try."""

import base64
import json
from typing import Any

import pytest

from shared.storage.quarantined import Quarantined
from tests.domain.given import GOOD, event
from tests.host.hosts import ask
from tests.oracle.malformed import BROKEN_BYTES
from tests.system.running_system import RunningSystem, running_system

pytestmark = pytest.mark.timeout(300)
LARGEST = 48_500
"""Bytes: Azurite counts the XML around a message and so takes a little less than 48 KiB."""
OVERLAY = {"insertionTime": "tomorrow", "expirationTime": 7, "id": 7, "dequeueCount": "x", "popReceipt": None}
OVERLAY |= {"queueTrigger": [], "nextVisibleTime": {}, "sys": "x", "message": "x", "$return": 1}
FORBIDDEN = ("/", "\\", "#", "?", "'", '"', "~", "',", "\u2028", "\0", "\ud800", "%", "' or PartitionKey ge '")
"""What no key of a table may have, or what would end a filter's text."""
SPEND = "fasttrack.spend.updated.v1"
NO_BASE64 = {
    "text": "Guten Tag!",
    "a batch that nobody encoded": json.dumps([event(), event()]),
    "an event whose members overlay the trigger's": json.dumps({**event(), **OVERLAY}),
    "only the trigger's members": json.dumps({**OVERLAY, "raw": True}),
    "markup": "<MessageText>&amp;]]></MessageText>",
    "one padding too few": base64.b64encode(b"{}x").decode() + "A",
    "base64 for web addresses": base64.urlsafe_b64encode(b"\xfb\xff\xfe").decode(),
    "the longest text a queue takes": "~" * 65_000,
}
BODIES: dict[str, bytes] = {
    "bytes": bytes(range(256)),
    "only the trigger's members": json.dumps(OVERLAY).encode(),
    "48 KB of garbage": b"\xff" * LARGEST,
    "48 KB of nesting": b"[" * LARGEST,
    "nesting that ends": b"[" * (LARGEST // 2) + b"]" * (LARGEST // 2),
    "nested members": b'{"a":' * 8_000 + b"1" + b"}" * 8_000,
    "a number of 48 KB": b"9" * LARGEST,
    "an exponent": json.dumps(event(SPEND, annualAmount="1e999999999")).encode(),
    "1e400": json.dumps(event(SPEND, annualAmount=8)).replace(": 8", ": 1e400").encode(),
    "10^400 as text": json.dumps(event(SPEND, annualAmount=str(10**400))).encode(),
    "10^400": json.dumps(event(SPEND, annualAmount=10**400)).encode(),
    "NaN as text": json.dumps(event(SPEND, annualAmount="NaN")).encode(),
    "NaN": json.dumps(event(SPEND, annualAmount=float("nan"))).encode(),
    "Infinity": json.dumps(event(SPEND, annualAmount=float("inf"))).encode(),
    "no zone": json.dumps(event(envelope={"time": "2026-03-02T09:30:00"})).encode(),
    "a NUL in an id": json.dumps(event(envelope={"id": "a\0b"})).encode(),
    "a step of no fan-out": b'{"fanOut":"~/\\\\#?\'"}',
    **{f"a step with {each!r}": json.dumps({"customers": [f"C{each}1"], "epoch": 1}).encode() for each in FORBIDDEN},
    **{f"a customer with {each!r}": json.dumps(event(SPEND, customerId=f"C{each}1")).encode() for each in FORBIDDEN},
    **{f"a licence with {each!r}": json.dumps(event(SPEND, licenceId=f"L{each}1")).encode() for each in FORBIDDEN},
    **{f"broken {number}": broken(json.dumps(event())) for number, broken in enumerate(BROKEN_BYTES)},
}  # fmt: skip


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with running_system(tmp_path_factory.mktemp("hostile") / "log") as running:
        yield running


def _id(queue: str, body: bytes) -> str:
    return Quarantined(queue, body, "", "", (), 1).id


def is_kept(system: RunningSystem, queue: str, bodies: list[bytes]) -> None:
    """All of them and each once, tried once; the queues are empty."""
    system.host.settle(120)
    kept = {each["id"]: each for each in system.every("quarantine")}
    for body in bodies:
        row = kept[_id(queue, body)]
        assert (row["count"], row["attempts"], row["state"]) == (1, 1, "kept"), (body[:200], row)
        whole = base64.b64decode(row["bodyBase64"]) if "bodyBase64" in row else row["body"].encode()
        assert whole == body
    left = system.host.status()["queues"]
    assert left
    assert not any(count for name, count in left.items() if name != "eligibility-notifications"), left


@pytest.mark.parametrize("queue", ["eligibility-events", "eligibility-recompute"])
def test_what_can_never_succeed_is_kept_whole_at_its_first_try(system: RunningSystem, queue: str) -> None:
    for text in NO_BASE64.values():
        system.send_raw(queue, text)
    for body in BODIES.values():
        system.send_raw(queue, body)
    is_kept(system, queue, [*(text.encode() for text in NO_BASE64.values()), *BODIES.values()])


def test_what_lies_in_the_poison_queues_is_kept_as_well(system: RunningSystem) -> None:
    for queue in ("eligibility-events", "eligibility-recompute"):
        for text in ("poison that is no base64!", b"\xff poison", json.dumps({**OVERLAY, "poison": 1}).encode()):
            system.send_raw(f"{queue}-poison", text)
    system.host.settle(120)
    kept = [each for each in system.every("quarantine") if "poison" in each.get("body", "") or "bodyBase64" in each]
    assert sum("poison" in each.get("body", "") for each in kept) == 4
    assert sum(base64.b64decode(each["bodyBase64"]) == b"\xff poison" for each in kept if "bodyBase64" in each) == 2


def test_an_event_whose_members_are_named_like_the_triggers_is_applied(system: RunningSystem) -> None:
    overlay = {name: value for name, value in OVERLAY.items() if name != "id"}
    for number, (name, data) in enumerate(GOOD.items()):
        owned = {**data, "customerId": "C-overlay"} if "customerId" in data else data
        system.send(json.dumps({**event(name), "data": owned, **overlay, "dequeueCount": number}).encode())
    system.host.settle(120)
    customer = system.get("customers/C-overlay")
    assert [len(customer[kind]) for kind in ("licences", "projects", "attachments")] == [1, 1, 1]
    assert not any("C-overlay" in each.get("body", "") for each in system.every("quarantine"))


def test_the_longest_text_that_was_kept_is_not_put_back_and_says_why(system: RunningSystem) -> None:
    text = NO_BASE64["the longest text a queue takes"].encode()
    system.send_raw("eligibility-events", text.decode())
    system.host.settle(120)
    answer = ask(f"{system.host.url}/api/quarantine/{_id('eligibility-events', text)}/redrive", "POST", b"")
    assert answer.status == 409
    assert answer.headers["content-type"].startswith("application/problem+json")
