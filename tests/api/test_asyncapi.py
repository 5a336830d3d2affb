"""The AsyncAPI document: valid, and what it says of messages is so of those that are read and sent."""

import hashlib
import json
import subprocess
from typing import Any

import pytest

from local.descriptions.asyncapi import CONTENT_TYPE, SERVICE_BUS
from shared.api.description import PUBLISHED
from shared.domain.events import EVENT_TYPES
from shared.domain.notification import CHANGED
from shared.messaging import service_bus
from shared.messaging.sender import Queue
from tests.api.given import covered, qualified
from tests.api.validators import closed, faults
from tests.api.world import World
from tests.domain.given import GOOD
from tests.generated_clients.generators import NODE_MODULES, node

type Json = dict[str, Any]

DOCUMENT: Json = json.loads((PUBLISHED / "asyncapi.json").read_bytes())
MESSAGES: Json = {each["name"]: each for each in DOCUMENT["components"]["messages"].values()}
_PARSE = """
const { Parser } = require(process.argv[1]);
let text = "";
process.stdin.on("data", (part) => (text += part)).on("end", async () => {
  const { document, diagnostics } = await new Parser().parse(text);
  const operations = document && document.operations().all().map((each) => [each.action(), each.messages().length]);
  console.log(JSON.stringify({ operations, faults: diagnostics.filter((each) => each.severity < 2) }));
});
"""


def test_asyncapis_own_parser_finds_nothing_wrong() -> None:
    command = [node(), "-e", _PARSE, str(NODE_MODULES / "@asyncapi" / "parser")]
    done = subprocess.run(command, input=json.dumps(DOCUMENT), text=True, capture_output=True, check=True, timeout=100)
    parsed = json.loads(done.stdout)
    assert parsed["faults"] == []
    assert parsed["operations"] == [["receive", len(EVENT_TYPES)], ["send", 3]]


def payload(name: str) -> Json:
    """The schema of a message's payload, none of whose objects has a member that it does not name."""
    return {**MESSAGES[name]["payload"], "components": closed(DOCUMENT["components"])}


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_every_type_of_event_is_a_message_whose_payload_is_that_event(name: str) -> None:
    event = {"specversion": "1.0", "id": "e-1", "source": "/tests", "time": "2026-03-02T09:30:00Z"}
    assert faults(payload(name), {**event, "type": name, "data": GOOD[name]}) == []
    others = [other for other in EVENT_TYPES if other != name]
    assert not [other for other in others if not faults(payload(other), {**event, "type": name, "data": GOOD[name]})]


def test_the_channels_are_the_queues_of_producers_and_subscribers() -> None:
    addresses = {name: channel["address"] for name, channel in DOCUMENT["channels"].items()}
    assert addresses == {"events": Queue.EVENTS, "notifications": Queue.NOTIFICATIONS}
    names = {name: list(channel["messages"]) for name, channel in DOCUMENT["channels"].items()}
    assert [len(each) for each in names.values()] == [len(EVENT_TYPES), 3]


def marked(name: str) -> str:
    """An id with a capital letter, as the document says that ids are written."""
    return f"{name}~{hashlib.sha256(name.encode()).hexdigest()[:8]}"


async def test_a_notification_has_the_payload_and_the_properties_that_are_described(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    first, *_ = world.sender.queues[Queue.NOTIFICATIONS]
    assert faults(payload(CHANGED), json.loads(first.body)) == []
    assert faults(closed(MESSAGES[CHANGED]["headers"]), dict(first.properties)) == []
    outgoing = service_bus._outgoing(first, None)
    described = DOCUMENT["channels"]["notifications"][SERVICE_BUS]
    assert outgoing.content_type == described["contentType"] == CONTENT_TYPE == DOCUMENT["defaultContentType"]
    assert (outgoing.message_id, outgoing.session_id) == (marked("C-1/1"), marked("C-1"))
    assert outgoing.subject == CHANGED


async def test_it_is_served_to_everyone(world: World) -> None:
    answer = await world.get("asyncapi.json")
    assert (answer.status, answer.type, answer.value) == (200, "application/json", DOCUMENT)
