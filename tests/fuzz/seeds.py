"""Where the search starts: good bodies of every sort and, of events, what no producer may post."""

import base64
import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from shared.rule_books import SHIPPED
from tests.domain.given import GOOD, event, in_base64
from tests.functions.children import ROOT
from tests.fuzz.readers import NOW
from tests.oracle.malformed import malformed


def events() -> Iterator[bytes]:
    draw = Random(1)
    yield from (ROOT / "samples" / "events.jsonl").read_bytes().splitlines()[::9]
    for name in GOOD:
        yield json.dumps(event(name)).encode()
        yield json.dumps(in_base64(GOOD[name], name)).encode()
        for _ in range(40):
            yield malformed(draw, event(name), NOW.date())


def queue_texts() -> Iterator[bytes]:
    for name in GOOD:
        text = json.dumps(event(name)).encode()
        for written in (text, b"\xef\xbb\xbf" + text, b"[" + text + b"]"):
            yield written
            yield base64.encodebytes(written)


def rule_sets() -> Iterator[bytes]:
    yield SHIPPED.read_bytes()


CUSTOMER: dict[str, Any] = {
    "licences": [
        {"licenceId": "L-1", "application": "finance", "annualAmount": "300000", "currency": "USD",
         "newDeployment": True, "endsOn": "2026-12-31"}
    ],
    "projects": [
        {"projectId": "J-1", "applications": ["finance"], "initiatedOn": "2026-04-01", "status": "planned"}
    ],
    "attachments": [{"partnerId": "P-1", "projectId": None, "attached": True}],
}  # fmt: skip
_OF_ANOTHER = {"partnerId", "customerId"}
PARTNER: dict[str, Any] = {
    "partnerId": "P-1",
    **{
        member: [{name: value for name, value in GOOD[kind].items() if name not in _OF_ANOTHER}]
        for member, kind in {
            "competencies": "fasttrack.partner.certified.v1",
            "designations": "fasttrack.partner.designated.v1",
            "deployments": "fasttrack.deployment.recorded.v1",
            "trainings": "fasttrack.training.completed.v1",
        }.items()
    },
}


def questions() -> Iterator[bytes]:
    given = {"customer": CUSTOMER, "partners": [PARTNER], "on": "2026-03-01"}
    for question in (
        given,
        {"customerId": "C-1", "ruleSetVersion": 1},
        {**given, "ruleSet": json.loads(SHIPPED.read_bytes())},
    ):
        yield json.dumps(question).encode()


def cases() -> Iterator[bytes]:
    facts = {"customer": CUSTOMER, "partners": [PARTNER]}
    expect = {"status": "eligible", "eligibleProjects": ["J-1"], "criteria": {"annual-spend": "met"}}
    yield json.dumps([{"title": "a case", "on": "2026-03-01", "facts": facts, "expect": expect}]).encode()


SEEDS: dict[str, Callable[[], Iterator[bytes]]] = {
    "events": events,
    "queue-texts": queue_texts,
    "rule-sets": rule_sets,
    "questions": questions,
    "cases": cases,
}
