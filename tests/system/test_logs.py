"""The log of a running host at every level: a line per event, and no secret nor anything that callers sent.

Ids are what a log is read by: those of events, customers and the like are in it when they are taken.
"""

import base64
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from local.descriptions.openapi import openapi
from shared.rule_books import SHIPPED
from tests import events
from tests.domain.given import GOOD
from tests.domain.given import event as good
from tests.host.hosts import ask
from tests.system.running_system import RunningSystem, running_system

pytestmark = pytest.mark.timeout(300)
CANARY = "Zanzibar"
SENT = f"{CANARY} \r\n12:00:00 INFO    forged: line\u2028forged line"
SECRET = "Canary-key-of-a-caller"
QUEUES = [f"eligibility-{name}{poison}" for name in ("events", "recompute") for poison in ("", "-poison")]
SECRET_HEADERS = {"Authorization": f"Bearer {SECRET}", "x-functions-key": SECRET, "Cookie": SECRET, "X-Trace": CANARY}


def taken() -> Iterator[bytes]:
    """Events that are taken, with the canary where anything may stand: given up by the host, they come again later."""
    yield json.dumps({**good(), "subject": SENT}).encode()
    yield json.dumps({**good(), CANARY: SENT}).encode()


def refused() -> Iterator[bytes]:
    """Bodies with the canary wherever a producer may write."""
    yield SENT.encode()
    yield json.dumps({SENT: SENT}).encode()
    yield f'{{"{CANARY}": 1, "{CANARY}": 2}}'.encode()
    yield CANARY.encode("utf-16")
    for member in ("specversion", "type", "time", "datacontenttype", "data", "id", "source"):
        yield json.dumps({**good(), member: SENT}).encode()
    for name, data in GOOD.items():
        for member in (*data, CANARY):
            yield json.dumps({**good(name), "data": {**data, member: SENT}}).encode()
            yield json.dumps({**good(name), "data": {**data, member: [SENT]}}).encode()


def bodies() -> Iterator[bytes]:
    """What a caller may send to any route."""
    document = json.loads(SHIPPED.read_bytes())
    titled = json.loads(json.dumps(document).replace("Eligible for FastTrack", CANARY))
    yield SENT.encode()
    yield json.dumps({CANARY: SENT}).encode()
    yield json.dumps({"document": titled, "author": CANARY, "note": SENT}).encode()
    yield json.dumps({"document": {**document, "currency": SENT}, "cases": [{"title": SENT}]}).encode()
    yield json.dumps({"author": CANARY, "note": CANARY, "previewId": SENT, "maxLost": SENT}).encode()
    yield json.dumps({"customerId": SENT, "customer": {"licences": [{SENT: SENT}]}, "on": SENT}).encode()
    yield json.dumps({"ruleSet": titled, "customer": {"licences": [{"licenceId": SENT}]}}).encode()
    yield json.dumps([good(endsOn=SENT), SENT]).encode()
    yield json.dumps({**good(), CANARY: SENT, "subject": SENT}).encode()


def call_every_route(system: RunningSystem) -> None:
    """The canary as each parameter of path and query, in headers and in bodies."""
    for path, methods in openapi()["paths"].items():
        for method, described in methods.items():
            given = [re.sub(r"{\w+}", value, path) for value in ("1", quote(SENT, safe=""))]
            names = {each["name"] for each in described.get("parameters", ()) if each["in"] == "query"}
            query = "&".join(f"{name}={quote(SENT)}" for name in sorted({*names, CANARY, "code"}))
            for place in (*given, f"{given[0]}?{query}"):
                for body in bodies() if method == "post" else (None,):
                    answer = ask(f"{system.host.url}/api{place}", method.upper(), body, SECRET_HEADERS)
                    assert answer.status < 500, (method, place, body, answer)


def traces_of(text: str) -> list[str]:
    """How it would look in a log: as it is, or in base64 at any of its three places."""
    return [text, *(base64.b64encode(b"x" * skip + text.encode())[4 * (skip > 0) : -4].decode() for skip in range(3))]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a host logged, at every level, of all that was sent to it."""
    file = tmp_path_factory.mktemp("logs") / "log"
    with running_system(file, "--log-everything") as system:
        for queue in QUEUES:
            system.send_raw(queue, CANARY)
            for body in refused():
                system.send_raw(queue, body)
        for body in taken():
            system.send_raw("eligibility-events", body)
        for body in events.eligible():
            system.send(body)
        call_every_route(system)
        system.host.settle(120)
        yield system, file.read_text()


def test_neither_the_key_nor_what_callers_sent_is_in_the_log(log: tuple[RunningSystem, str]) -> None:
    system, text = log
    (key,) = (each for each in system.host.connection.split(";") if each.startswith("AccountKey="))
    for hidden in (CANARY, SECRET, key.removeprefix("AccountKey=")):
        for trace in traces_of(hidden):
            assert [line[:1000] for line in text.splitlines() if trace in line] == []


def test_every_record_is_one_line_and_none_is_forged(log: tuple[RunningSystem, str]) -> None:
    _, text = log
    assert "forged" not in text
    assert [line for line in text.splitlines() if not re.match(r"\d\d:\d\d:\d\d [A-Z]+ +[\w.]+: ", line)] == []


def test_each_message_has_its_line(log: tuple[RunningSystem, str]) -> None:
    _, text = log
    assert " DEBUG " in text
    sent = len(list(refused()))
    assert text.count("eligibility.event: event handled: result ") >= sent + len(list(taken()))
    assert text.count("eligibility.quarantine: kept: ") >= 3 * sent
