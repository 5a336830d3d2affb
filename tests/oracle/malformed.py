"""A random source and a good event arrive; a message no producer may post leaves: each breaks one line of the contract.

None is empty or over 48 KiB: a Storage queue takes no such message, so a test has to hand those over by itself.
"""

import json
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

type Json = dict[str, Any]


def malformed(draw: Random, good: Json, today: date) -> bytes:
    if draw.random() < 0.35:
        return draw.choice(BROKEN_BYTES)(json.dumps(good))
    broken = json.loads(json.dumps(good))
    draw.choice((broken_envelope, broken_data))(draw, broken, today)
    return json.dumps(broken).encode()


def deep(text: str) -> bytes:
    return f'{text[:-1]}, "extra": {"[" * 20_000}{"]" * 20_000}}}'.encode()


BROKEN_BYTES: tuple[Callable[[str], bytes], ...] = (
    lambda text: text[: len(text) // 2].encode(),
    lambda text: text.encode("utf-16"),
    lambda text: b"\xff\xfe" + text.encode(),
    lambda text: f"[{text}]".encode(),
    lambda text: f'{text[:-1]}, "specversion": "1.0"}}'.encode(),
    lambda text: f'{text[:-1]}, "extra": {{"a": 1, "a": 1}}}}'.encode(),
    lambda text: f'{text[:-1]}, "extra": NaN}}'.encode(),
    lambda text: f'{text[:-1]}, "extra": -Infinity}}'.encode(),
    lambda text: f'{text[:-1]}, "extra": "\\ud800"}}'.encode(),
    deep,
    lambda _: b"{}",
    lambda _: b"null",
    lambda _: b'"fasttrack"',
)


def broken_envelope(draw: Random, event: Json, today: date) -> None:
    member, value = draw.choice(
        (
            ("specversion", "0.3"),
            ("specversion", None),
            ("type", "fasttrack.spend.updated.v2"),
            ("type", ["fasttrack.spend.updated.v1"]),
            ("id", ""),
            ("id", 7),
            ("id", "x" * 201),
            ("source", None),
            ("source", "/bill\ning"),
            ("time", "2026-03-02T09:30:00"),
            ("time", "2026-02-30T09:30:00Z"),
            ("time", "2026-03-02"),
            ("time", 1772443800),
            ("time", f"{today + timedelta(days=draw.randint(2, 400))}T00:00:00Z"),
            ("data", None),
            ("data", []),
            ("data", "{}"),
            ("data_base64", "e30="),
        )
    )
    event[member] = value


BAD_VALUES: dict[str, tuple[Any, ...]] = {
    "identifier": ("", "-P-1", "C/1", "C 1", "C-1\n", "x" * 65, "Ç-1", 7, ["C-1"]),
    "annualAmount": (
        "-1", "1e5", "NaN", "Infinity", "300000.001", "1000000000000000", "300,000", "", " 1", "1.", 300000, "٣"
    ),
    "day": (
        "2026-02-30", "2026-1-01", "20260101", "0000-01-01", "2026-01-01T00:00:00Z", "today", 20260101, "2026-01-01\n"
    ),
    "truth": ("true", 1, 0, "yes", []),
    "line": ("", "x" * 201, "a\nb", "a\x7fb", "\u202eagreed", "a\u2069b", "\u200e", 7, ["agreed"]),
    "application": ("Finance", "", "-finance", "x" * 65, "finance\n", 1),
    "applications": ([], ["finance"] * 33, "finance", ["finance", None], ["Finance"], {"finance": True}),
    "choice": ("", "unheard-of", "Active", 1, {}),
}  # fmt: skip
SORTS = {
    **dict.fromkeys(("customerId", "licenceId", "projectId", "partnerId"), "identifier"),
    **dict.fromkeys(("deploymentId", "learnerId", "exceptionId"), "identifier"),
    **dict.fromkeys(("reason", "approvedBy", "name", "owner"), "line"),
    **dict.fromkeys(("endsOn", "initiatedOn", "validFrom", "validUntil", "liveOn", "completedOn", "expiresOn"), "day"),
    **dict.fromkeys(("newDeployment", "active", "eligible", "revoked"), "truth"),
    **dict.fromkeys(("status", "competency", "area", "level", "designation", "course", "part"), "choice"),
    "annualAmount": "annualAmount",
    "application": "application",
    "applications": "applications",
}
UNKNOWN = ("validTo", "endson", "comment", "customerID", "amount", "specversion", "é", "")
OPTIONAL = {
    "fasttrack.spend.updated.v1": {"endsOn"},
    "fasttrack.partner.attached.v1": {"projectId"},
    "fasttrack.partner.detached.v1": {"projectId"},
    "fasttrack.exception.granted.v1": {"revoked"},
    "fasttrack.partner.certified.v1": {"validUntil"},
    "fasttrack.partner.designated.v1": {"validUntil"},
    "fasttrack.deployment.recorded.v1": {"customerId"},
    "fasttrack.training.completed.v1": {"expiresOn", "revoked"},
    "fasttrack.customer.described.v1": {"name", "owner"},
    "fasttrack.partner.described.v1": {"name", "owner"},
}


def broken_data(draw: Random, event: Json, today: date) -> None:
    data = event["data"]
    if draw.random() < 0.2:
        data[draw.choice(UNKNOWN)] = draw.choice((None, "2026-12-31", 1, {}))
        return
    member = draw.choice(sorted(data.keys() & SORTS.keys()))
    required = member not in OPTIONAL.get(event["type"], ())
    if required and draw.random() < 0.3:
        data[member] = None
    elif required and draw.random() < 0.2:
        del data[member]
    else:
        data[member] = draw.choice(BAD_VALUES[SORTS[member]])
