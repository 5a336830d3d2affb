"""The largest legal inputs: worlds that are as full as they may be, and what is asked of them."""

import json
import random
import string
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from shared import wiring
from shared.domain.customer_state import MAX_FACTS
from shared.domain.events import parse_event
from shared.domain.facts import Attachment, Licence, Project, Training, fact_of
from shared.domain.partner import MAX_FACTS as MAX_PARTNER_FACTS
from shared.domain.recompute import CUSTOMERS_PER_MESSAGE, FanOutStep, PartnerChanged, PreviewStep, Recompute
from shared.messaging.sender import Queue
from shared.storage.fan_outs import FanOut
from shared.storage.partners import PartnerFactRow
from shared.storage.quarantined import Quarantined
from shared.workflow import retention, sweep
from shared.workflow.gone_back import sweep_gone_back
from shared.workflow.population.walk import sweep_questions
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.upgrade import sweep_upgrade
from tests import events
from tests.api.world import World
from tests.rules.given import shipped_document

PROJECTS, PARTNERS = 200, 100
DRAW = random.Random(1)


@dataclass(frozen=True, slots=True)
class Case:
    """``run`` gives the bytes that are answered."""

    name: str
    given: str
    run: Callable[[], Awaitable[int]]
    is_list: bool = False


def _id(length: int = 64) -> str:
    return "".join(DRAW.choices(string.ascii_letters, k=length))


async def _customer(world: World) -> None:
    """20,000 pairs, 2,000 facts, ids as long as they may be, 32 applications a project."""
    await world.handle(events.spend("C-large", "1"), events.project("C-large"), events.attached("C-large"))
    loaded = await world.ports.customers.load("C-large")
    registers = {kind: dict(held) for kind, held in loaded.state.registers.items()}
    for kind, member, count in (
        (Project.kind, "projectId", PROJECTS),
        (Attachment.kind, "partnerId", PARTNERS),
        (Licence.kind, "licenceId", MAX_FACTS - PROJECTS - PARTNERS),
    ):
        ((key, one),) = registers[kind].items()
        more = (
            {"applications": ["finance", *(f"app-{n:02}".ljust(20, "x") for n in range(31))]}
            if kind == Project.kind
            else {}
        )
        for number in range(1, count):
            name = f"P-{number:03}" if kind == Attachment.kind else _id()
            registers[kind][key.replace(str(one.data[member]), name)] = replace(
                one, data={**one.data, member: name, **more}
            )
    await world.ports.customers.commit(replace(loaded.state, registers=registers), loaded.etag)
    await world.handle(events.spend("C-large", "2", time="2026-03-01T01:00:00Z"))


async def _partner(world: World) -> None:
    """25,000 facts, each with dates of its own, and 1,000 customers."""
    like = parse_event(events.trained("P-full"), world.now).register
    state, rows = await world.ports.partners.load("P-full"), []
    for number in range(MAX_PARTNER_FACTS - 1):
        day = date(1990, 1, 1) + timedelta(days=number % 13_000)
        data = {**like.data, "learnerId": _id(), "completedOn": day.isoformat()}
        key = f"success-by-design~training~{data['learnerId']}~{data['completedOn']}"
        rows.append(PartnerFactRow(Training.kind, key, replace(like, data=data), 1))
    facts = [(None, fact_of(row.kind, row.register.data)) for row in rows]
    full = replace(state, partner=state.partner.replacing_each(facts), facts=len(rows))
    summary, *writes = world.ports.partners.writes(full, rows)
    await world.ports.partners.commit([summary])
    for start in range(0, len(writes), 100):
        await world.ports.partners.commit(writes[start : start + 100])
    for number in range(1_000):
        await world.handle(events.spend(f"D-{number:04}", "1"))
        await world.ports.indexes.enter_attachments(f"D-{number:04}", ["P-full"])
    for number in range(100):
        await world.handle(events.attached(f"D-{number:04}", "P-full"))
    await world.handle(events.spend("D-full"), events.project("D-full"), events.attached("D-full", "P-full"))


async def _quarantine(world: World) -> None:
    for number in range(1_000):
        body = f"{number:04}".encode() + b"x" * (48 * 1024 - 4)
        await world.ports.quarantine.keep(
            Quarantined("eligibility-events", body, f"2026-03-01T00:00:{number:06}Z", "x", (), 1)
        )


async def _history(world: World) -> None:
    await world.handle(events.project("C-long"), events.attached("C-long", "P-long"), events.certified("P-long"))
    await world.handle(events.trained("P-long"), events.trained("P-long", part="knowledge-check"))
    for number in range(1_000):
        amount = ("300000", "1")[number % 2]
        await world.handle(events.spend("C-long", amount, time=f"2026-02-01T00:{number // 60:02}:{number % 60:02}Z"))


def _question(projects: int, partners: int, **more: Any) -> dict[str, Any]:
    project = {"applications": ["finance"], "initiatedOn": "2026-04-01", "status": "planned"}
    licence = {
        "licenceId": "L",
        "application": "finance",
        "annualAmount": "1",
        "currency": "USD",
        "newDeployment": True,
    }
    return {
        "customer": {
            "licences": [licence],
            "projects": [{**project, "projectId": f"J-{number:03}"} for number in range(projects)],
            "attachments": [
                {"partnerId": f"Q-{number:03}", "projectId": None, "attached": True} for number in range(partners)
            ],
        },
        **more,
    }


async def cases() -> list[Case]:
    world = World()
    wiring._built = world.ports
    await world.get("rule-sets")
    for fill in (_customer, _partner, _quarantine, _history, _due, _rule_sets):
        await fill(world)
    handled = await _handled(world)
    return [*handled, *_routes(world), *await _changes(world), *_timers(world)]


_DRAFTS, _RETIRED = 1_000, 3
_DRAFT: dict[str, Any] = {"document": shipped_document() | {"effectiveFrom": "2023-02-14"}, "cases": []}


def _routes(world: World) -> list[Case]:
    async def ask(method: str, path: str, body: bytes, kind: str, status: int, **params: str) -> int:
        answer = await world.ask(method, path, body, params, {"content_type": kind} if body else None)
        if answer.status != status:
            raise ValueError(f"{method} {path} is answered {answer.status}, not {status}: {str(answer.value)[:200]}")
        return len(_compact(answer.value))

    def route(
        name: str, given: str, method: str, path: str, body: Any = None, status: int = 200, **params: str
    ) -> Case:
        sent = b"" if body is None else _compact(body)
        run = partial(ask, method, path, sent, "application/json", status, **params)
        return Case(name, given, run, isinstance(body, list))

    def posted(given: str, body: bytes, status: int) -> Case:
        run = partial(ask, "POST", "events", body, "application/cloudevents-batch+json", status)
        return Case("POST events", given, run)

    batch = [json.loads(events.spend(f"N-{number}", "1")) for number in range(100)]
    return [
        route("GET customers", "1,000 of a page", "GET", "customers", limit="1000"),
        route("GET customers/{id}", "2,000 facts, 20,000 pairs", "GET", "customers/C-large"),
        route("GET customers/{id}/eligibility", "2,000 facts, 20,000 pairs", "GET", "customers/C-large/eligibility"),
        route("GET customers/{id}/eligibility", "a partner of 25,000 facts", "GET", "customers/D-full/eligibility"),
        route("GET customers/{id}/history", "1,000 of a page", "GET", "customers/C-long/history", limit="1000"),
        route("GET customers/{id}/history/{n}", "2,000 facts", "GET", "customers/C-large/history/1"),
        route("POST check", "19,000 pairs", "POST", "check", _question(190, 100)),
        route("POST check", "20,000 pairs of a stored customer", "POST", "check", {"customerId": "C-large"}),
        route("POST check", "250 questions, as many pairs as go in 1 MiB", "POST", "check", [_question(5, 30)] * 250),
        route("POST check", "250 about a customer of 20,000 pairs", "POST", "check", [{"customerId": "C-large"}] * 250),
        route("POST check", "1 MB of faults", "POST", "check", {"customer": {"licences": [1] * 500_000}}, 422),
        posted("100 events", _compact(batch), 202),
        posted("5 MB that are no events", b"[" + b"1," * 2_000_000 + b"1]", 400),
        route("GET partners/{id}", "25,000 facts, 1,001 customers", "GET", "partners/P-full"),
        route("GET partners/{id}/customers", "1,000 of a page", "GET", "partners/P-full/customers", limit="1000"),
        route("GET rule-sets", "1,000 of a page", "GET", "rule-sets", limit="1000"),
        route("GET rule-sets/{version}", "200 cases", "GET", f"rule-sets/{_DRAFTS + 1}"),
        route(
            "POST rule-sets", "a document, 200 cases", "POST", "rule-sets", {**_DRAFT, "cases": [_case()] * 200}, 201
        ),
        route("GET quarantine", "1,000 of 48 KiB", "GET", "quarantine", limit="1000"),
        route("GET health", "", "GET", "health"),
        *(
            route(f"GET {path}", "", "GET", path)
            for path in ("docs", "openapi.json", "asyncapi.json", "schemas", "schemas/checked")
        ),
    ]


async def _changes(world: World) -> list[Case]:
    """What changes rules or puts a message back; each in a process of its own, so none sees what another did."""
    preview = (await world.post(f"rule-sets/{_DRAFTS + 1}/preview", b"{}")).value["id"]
    await world.handle()
    finished = f"rule-sets/{_DRAFTS + 1}/previews/{preview}"
    kept = (await world.get("quarantine", limit="1")).value["items"][0]["id"]

    def change(name: str, path: str, body: Any, status: int) -> Case:
        async def run() -> int:
            answer = await world.post(path, _compact(body))
            if answer.status != status:
                raise ValueError(f"POST {path} is answered {answer.status}: {str(answer.value)[:200]}")
            return len(_compact(answer.value))

        return Case(name, "1,000 rule sets, 2,000 customers", run)

    async def get(path: str, **params: str) -> int:
        answer = await world.get(path, **params)
        if answer.status != 200:
            raise ValueError(f"GET {path} is answered {answer.status}: {str(answer.value)[:200]}")
        return len(_compact(answer.value))

    activated = f"rule-sets/{_DRAFTS + 1}/activate"
    return [
        change("POST rule-sets/{version}/preview", f"rule-sets/{_DRAFTS}/preview", {}, 202),
        change("POST rule-sets/{version}/activate", activated, {"previewId": preview, "maxLost": 10_000}, 200),
        change("POST rule-sets/{version}/retire", f"rule-sets/{_RETIRED}/retire", {}, 200),
        Case("GET rule-sets/{version}/previews/{id}", "2,000 customers", partial(get, finished)),
        Case(
            "GET rule-sets/{version}/previews/{id}/customers",
            "1,000 of a page",
            partial(get, f"{finished}/customers", limit="1000", change="gained"),
        ),
        change("POST quarantine/{id}/redrive", f"quarantine/{kept}/redrive", {}, 202),
    ]


async def _handled(world: World) -> list[Case]:
    """First, since a route puts messages on the queues of what is prepared here."""

    async def message(handle: Callable[..., Awaitable[None]], body: bytes) -> int:
        await handle(world.ports, body, 1)
        return 0

    def handled(name: str, given: str, handle: Callable[..., Awaitable[None]], body: bytes) -> Case:
        return Case(name, given, partial(message, handle, body))

    started = (await world.post(f"rule-sets/{_DRAFTS}/preview", b"{}")).value["id"]
    world.sender.queues[Queue.RECOMPUTE].clear()  # its step is a case
    for name in ("P-full", "P-001"):  # so that there is something to decide again
        await world.handle(events.certified(name))
    world.sender.queues[Queue.RECOMPUTE].clear()
    revision, of_one = [(await world.ports.partners.load(each)).partner.revision for each in ("P-full", "P-001")]
    fan_out = FanOut("P-full", revision, at=world.ports.timestamp(), since=world.ports.timestamp())
    await world.ports.fan_outs.open(fan_out)
    most = Recompute(tuple(f"D-{each:04}" for each in range(CUSTOMERS_PER_MESSAGE)), PartnerChanged("P-full", revision))
    later = "2026-03-02T00:00:00Z"
    return [
        handled(
            "event of a customer",
            "2,000 facts, 20,000 pairs",
            receive_event,
            events.spend("C-large", "3", time=later),
        ),
        handled(
            "event of a customer",
            "a partner of 25,000 facts",
            receive_event,
            events.spend("D-full", "3", time=later),
        ),
        handled("event of a partner", "25,000 facts", receive_event, events.certified("P-full", time=later)),
        handled(
            "recompute", f"{CUSTOMERS_PER_MESSAGE} customers, a partner of 25,000 facts", recompute, most.to_bytes()
        ),
        handled(
            "recompute",
            "one customer of 20,000 pairs",
            recompute,
            Recompute(("C-large",), PartnerChanged("P-001", of_one)).to_bytes(),
        ),
        handled("step of a fan-out", "1,001 customers", recompute, FanOutStep(fan_out.id).to_bytes()),
        handled(
            "step of a preview", "1,000 customers, one of 20,000 pairs", recompute, PreviewStep(started).to_bytes()
        ),
    ]


def _timers(world: World) -> list[Case]:
    async def timer(run: Callable[..., Awaitable[None]]) -> int:
        await run(world.ports)
        return 0

    return [
        Case("sweep_due", "5,000 due", partial(timer, sweep.sweep_due)),
        Case("sweep_outboxes", "", partial(timer, sweep.sweep_outboxes)),
        Case("sweep_fan_outs", "", partial(timer, sweep.sweep_fan_outs)),
        Case("sweep_upgrade", "", partial(timer, sweep_upgrade)),
        Case("sweep_gone_back", "", partial(timer, sweep_gone_back)),
        Case("sweep_questions", "", partial(timer, sweep_questions)),
        Case("remove_expired", "", partial(timer, retention.remove_expired)),
    ]


async def _rule_sets(world: World) -> None:
    """As many as a page of the list has; two in force; the last has 200 cases and makes everybody eligible."""
    stored = json.dumps(_DRAFT).encode()
    for _ in range(_DRAFTS - 1):
        await world.post("rule-sets", stored)
    spend = {"type": "annual-spend-at-least", "id": "spend", "title": "Spends", "amount": "1"}
    generous = {**_DRAFT["document"], "criteria": spend}
    cases = [{**_case(), "expect": {"status": "eligible"}}] * 200
    await world.post("rule-sets", json.dumps({"document": generous, "cases": cases}).encode())
    await world.post(f"rule-sets/{_RETIRED}/activate", b"{}")
    await world.handle()


async def _due(world: World) -> None:
    for number in range(5_000):
        await world.ports.work.add_due(f"E-{number:04}", date(2026, 3, 1))


def _case() -> dict[str, Any]:
    return {"title": "one", "on": "2026-03-01", "facts": _question(1, 1), "expect": {"status": "ineligible"}}


def _compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
