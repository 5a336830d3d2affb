"""A seed and a count arrive; the messages of a believable but adversarial stream leave, in the order they are sent.

A later message is often older. Values lie where the rules turn: around 300,000, around today, around two deployments.
"""

import base64
import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from random import Random
from typing import Any

from .grammar import KINDS
from .malformed import malformed
from .random_data import BUILDERS, Scene

type Json = dict[str, Any]

MALFORMED_SHARE = 0.02
SAME_ORIGIN_SHARE = 0.03
CUSTOMER_TYPES = {
    "fasttrack.spend.updated.v1": 40,
    "fasttrack.project.updated.v1": 30,
    "fasttrack.partner.attached.v1": 32,
    "fasttrack.partner.detached.v1": 8,
    "fasttrack.exception.granted.v1": 12,
    "fasttrack.customer.described.v1": 12,
}
PARTNER_TYPES = {
    "fasttrack.partner.certified.v1": 34,
    "fasttrack.partner.designated.v1": 14,
    "fasttrack.deployment.recorded.v1": 26,
    "fasttrack.training.completed.v1": 34,
    "fasttrack.partner.described.v1": 10,
}
OPENINGS = {
    "fasttrack.spend.updated.v1": 1,
    "fasttrack.project.updated.v1": 1,
    "fasttrack.partner.attached.v1": 1,
    "fasttrack.partner.detached.v1": 0,
    "fasttrack.exception.granted.v1": 0,
    "fasttrack.partner.certified.v1": 2,
    "fasttrack.partner.designated.v1": 1,
    "fasttrack.deployment.recorded.v1": 2,
    "fasttrack.training.completed.v1": 4,
    "fasttrack.customer.described.v1": 0,
    "fasttrack.partner.described.v1": 0,
}
SOURCES = {
    "fasttrack.spend.updated.v1": "/billing",
    "fasttrack.project.updated.v1": "/projects",
    "fasttrack.training.completed.v1": "/learning",
}
STRANGE_LABELS = ("a/b\\c#d?e", "'quoted'", "%00", " ", "é" * 200, "\U0001f680", "null", "x" * 200, "<&>")
DAYS_TOLD = 400


def events(seed: int, count: int, customers: int = 200, partners: int = 30, *, today: date) -> list[bytes]:
    """`count` messages; about 2% of them no producer may post."""
    draw = Random(seed)
    scene = Scene(draw, today, names("C", customers), names("P", partners))
    first = opening(scene)[: count // 2]
    told: list[Json] = []
    messages = []
    for index in range(count):
        kind, who = first[index] if index < len(first) else anybody(scene)
        event = composed(scene, kind, who, f"e-{index}", index / count)
        if told and draw.random() < SAME_ORIGIN_SHARE:
            event = same_origin(scene, draw.choice(told[-200:]))
        if draw.random() < MALFORMED_SHARE:
            messages.append(malformed(draw, event, today))
        else:
            told.append(event)
            messages.append(json.dumps(sent(draw, event), ensure_ascii=draw.random() < 0.5).encode())
    return messages


def shuffled_with_repeats(messages: list[bytes], seed: int, share: float = 0.10) -> list[bytes]:
    """The same messages in another order, a share of them twice or more."""
    draw = Random(seed)
    repeated = messages + draw.choices(messages, k=round(len(messages) * share))
    draw.shuffle(repeated)
    return repeated


def names(letter: str, count: int) -> list[str]:
    """Some differ only in case, one uses every character allowed and the longest length."""
    plain = [f"{letter}-{number:04d}" for number in range(count)]
    for index in range(9, count, 20):
        plain[index] = plain[index - 1].lower()
    if count > 3:
        plain[3] = f"{letter}.._-{'0' * 59}"
    return plain


def opening(scene: Scene) -> list[tuple[str, int]]:
    """Once for everybody what qualifies a partner or makes a customer eligible, so that the rest can flip it."""
    partners = [
        (kind, who) for who in range(len(scene.partners)) for kind in PARTNER_TYPES for _ in range(OPENINGS[kind])
    ]
    customers = [
        (kind, who) for who in range(len(scene.customers)) for kind in CUSTOMER_TYPES for _ in range(OPENINGS[kind])
    ]
    scene.draw.shuffle(partners)
    scene.draw.shuffle(customers)
    return partners + customers


def anybody(scene: Scene) -> tuple[str, int]:
    types, owners = scene.draw.choices(((CUSTOMER_TYPES, scene.customers), (PARTNER_TYPES, scene.partners)), (7, 3))[0]
    kind = scene.draw.choices(list(types), list(types.values()))[0]
    return kind, scene.draw.randrange(len(owners))


def composed(scene: Scene, kind: str, who: int, name: str, progress: float) -> Json:
    event = {
        "specversion": "1.0",
        "id": name,
        "source": SOURCES.get(kind, "/partner-centre"),
        "type": kind,
        "time": written(scene.draw, moment(scene, progress)),
        "data": BUILDERS[kind](scene, who),
    }
    decorate(scene.draw, event)
    return event


def same_origin(scene: Scene, earlier: Json) -> Json:
    """The same (time, source, id) and register as an earlier event, with other content."""
    kind = KINDS[earlier["type"]]
    data = BUILDERS[earlier["type"]](scene, 0)
    for member in (kind.owner, *kind.key):
        data[member] = earlier["data"].get(member)
    return {**earlier, "data": data}


def moment(scene: Scene, progress: float) -> datetime:
    draw = scene.draw
    days = DAYS_TOLD * (1 - progress) + 1
    if draw.random() < 0.35:
        days += draw.uniform(0, DAYS_TOLD / 2)
    at = datetime.combine(scene.today, time(), UTC) - timedelta(days=days)
    if draw.random() < 0.3:
        return at.replace(hour=0, minute=0, second=0, microsecond=0)
    return at if draw.random() < 0.995 else datetime(1, 1, 1, tzinfo=UTC)


def written(draw: Random, at: datetime) -> str:
    """One of the ways RFC 3339 has to write a moment."""
    utc = at.replace(tzinfo=None).isoformat()
    way = draw.random()
    if way < 0.6 or at.year == 1:
        return f"{utc}Z"
    if way < 0.7:
        return f"{utc}+00:00"
    if way < 0.85:
        zone = timezone(timedelta(minutes=draw.choice((-720, -210, 60, 330, 845))))
        return at.astimezone(zone).isoformat()
    if way < 0.98:
        # Past the microsecond nothing counts: these differ in digits that are cut off.
        return f"{at.replace(tzinfo=None).isoformat(timespec='microseconds')}{draw.choice(('4', '999', '000000'))}Z"
    return f"{utc}z".lower()


def sent(draw: Random, event: Json) -> Json:
    """The event as it is, or with its data in base64, as .NET's client writes it."""
    if draw.random() < 0.95:
        return event
    encoded = base64.b64encode(json.dumps(event["data"]).encode()).decode()
    return {name: value for name, value in event.items() if name != "data"} | {"data_base64": encoded}


def decorate(draw: Random, event: Json) -> None:
    """Members a producer may leave out, add, or fill with odd text."""
    data = event["data"]
    if draw.random() < 0.7:
        event["datacontenttype"] = "application/json"
    if draw.random() < 0.7:
        event["subject"] = f"customers/{data['customerId']}" if data.get("customerId") else "partners"
    if draw.random() < 0.05:
        event["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        event["insertionTime"] = "tomorrow"
        event["DequeueCount"] = {"not": ["a", 1e9, None]}
    if draw.random() < 0.05:
        event["comment"] = draw.choice(("", None, 1e300, {"customerId": 7}, ["é", "\U0001f680"]))
    if draw.random() < 0.03:
        event["id"] = draw.choice(STRANGE_LABELS)
    if draw.random() < 0.02:
        event["source"] = draw.choice(STRANGE_LABELS)
