"""Months of events and days that pass: every notification, and all that is said of the time ahead, as the oracle says.

The oracle shares no code with the product. Dates are up to 14 months ahead; a rule set is activated for a later day.
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from shared.api.customers import get_eligibility
from shared.messaging.sender import Queue
from shared.rule_books import SHIPPED
from shared.rules.document import parse_document
from shared.workflow.change_rules import ChangeNote, activate, store_draft
from shared.workflow.sweep import sweep_due
from tests.oracle.oracle import Oracle, end_of
from tests.oracle.random_events import events
from tests.world import START, World

DAYS = 120
ACTIVATED_AFTER, IN_FORCE_AFTER = 30, 75
AHEAD = 14 * 30
ENDS = {
    "fasttrack.spend.updated.v1": "endsOn",
    "fasttrack.partner.certified.v1": "validUntil",
    "fasttrack.partner.designated.v1": "validUntil",
    "fasttrack.training.completed.v1": "expiresOn",
    "fasttrack.deployment.recorded.v1": "liveOn",
}
NOW = ("status", "eligibleProjects", "byException", "expiring")
SAID = ("sequence", *NOW, *(f"previous{name[0].upper()}{name[1:]}" for name in NOW))


def messages(seed: int, count: int, customers: int) -> list[bytes]:
    """Half of what can end ends, on a day within the next 14 months."""
    draw = Random(seed)
    made = events(seed, count, customers, max(2, customers // 7), today=START.date())
    return [_ending(draw, each) for each in made]


def _ending(draw: Random, body: bytes) -> bytes:
    try:
        event = json.loads(body)
        ends = ENDS[event["type"]]
        data = {**event["data"], ends: str(START.date() + timedelta(days=draw.randint(1, AHEAD)))}
    except (ValueError, LookupError, TypeError, RecursionError):
        return body
    return json.dumps({**event, "data": data}).encode() if draw.random() < 0.5 else body


def stricter() -> dict[str, Any]:
    """In force from a later day, with other steps."""
    document = json.loads(SHIPPED.read_bytes().replace(b'"300000"', b'"330000"'))
    starts = START.date() + timedelta(days=IN_FORCE_AFTER)
    return {**document, "effectiveFrom": starts.isoformat(), "warnDaysBefore": [120, 60, 10, 1]}


@dataclass
class Story:
    """The product and the oracle, told the same."""

    world: World
    oracle: Oracle

    async def post(self, body: bytes) -> None:
        self.oracle.post(body)
        await self.world.post(body)

    async def activate(self, document: dict[str, Any]) -> None:
        ports = self.world.ports
        version = (await store_draft(ports, parse_document(document), ChangeNote())).version
        await activate(ports, version)
        await self.world.settle()
        self.oracle.timeline.append((date.fromisoformat(document["effectiveFrom"]), document))
        self.oracle.advance(self.oracle.today, self.oracle.now)

    async def a_day_passes(self) -> None:
        self.world.now += timedelta(days=1)
        await sweep_due(self.world.ports)
        await self.world.settle()
        self.oracle.advance(self.world.now.date(), end_of(self.world.now.date()))

    def compare_notifications(self) -> None:
        """All of every customer, exactly."""
        told: dict[str, list[dict[str, Any]]] = {}
        for message in self.world.sent.queues[Queue.NOTIFICATIONS]:
            notification = json.loads(message.body)
            data = notification["data"]
            said = {name: data[name] for name in SAID}
            told.setdefault(data["customerId"], []).append({**said, "type": notification["type"]})
            within = (data["expiring"] or {}).get("within")
            assert (message.properties["type"], message.properties.get("within")) == (notification["type"], within)
        for customer_id in self.oracle.customers():
            assert told[customer_id] == self.oracle.final(customer_id).notifications, customer_id

    async def compare_ahead(self, *, forecast: bool = False) -> None:
        for customer_id in self.oracle.customers():
            state, ahead = await self.world.state(customer_id), self.oracle.ahead(customer_id)
            head = await self.world.ports.heads.load(customer_id)
            assert head
            expected = (ahead.loses_on, ahead.gains_on, ahead.next_change_on)
            assert (head.loses_on, head.gains_on, state.due_on) == expected, customer_id
            assert (state.decision or {})["expiring"] == ahead.expiring, customer_id
            if forecast:
                answer = await get_eligibility(self.world.ports, customer_id, None)
                found = [(each["on"], tuple(each[name] for name in NOW[:3])) for each in answer["forecast"]]
                assert found == [(str(day), verdict) for day, verdict in ahead.forecast], customer_id
                days = [answer[name] and date.fromisoformat(answer[name]) for name in ("losesOn", "gainsOn")]
                assert (*days, answer["expiring"]) == (*expected[:2], ahead.expiring), customer_id
                assert answer["sequence"] == self.oracle.final(customer_id).sequence, customer_id


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("seed", "count", "customers"),
    [(6, 150, 12), pytest.param(2, 2_000, 200, marks=pytest.mark.deep)],
)
async def test_day_by_day_everybody_is_told_what_the_oracle_says(seed: int, count: int, customers: int) -> None:
    story = Story(World(), Oracle(json.loads(SHIPPED.read_bytes()), START.date(), START))
    waiting = messages(seed, count, customers)
    at_first = len(waiting) // 2
    for body in waiting[:at_first]:
        await story.post(body)
    for day in range(DAYS):
        await story.compare_ahead(forecast=day % 40 == 20)
        if day == ACTIVATED_AFTER:
            await story.activate(stricter())
        share = (count - at_first) // DAYS + 1
        for body in waiting[at_first + day * share : at_first + (day + 1) * share]:
            await story.post(body)
        await story.a_day_passes()
    story.compare_notifications()
    told = [each for name in story.oracle.customers() for each in story.oracle.final(name).notifications]
    assert sum(each["type"].endswith("expiring.v1") for each in told) > customers / 2
    assert any(each["previousExpiring"] and each["status"] == "eligible" and not each["expiring"] for each in told)
