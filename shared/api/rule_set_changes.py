"""Stores, activates and retires rule sets; a change can be held against a preview of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import cast

from shared.api import bodies
from shared.api.bodies import MAX_NAME, MAX_TEXT
from shared.api.previews import last_active, load_preview, lost_customers, not_active
from shared.api.principal import Principal, Role
from shared.api.problems import Problem, bad_request, not_found
from shared.api.rule_set_reading import read_draft
from shared.api.rule_set_shapes import Activation, Draft, PreviewHeld
from shared.domain.decision import JsonObject
from shared.errors import MemberError
from shared.ports import Ports
from shared.rules.cases import failures
from shared.rules.rule_set import RuleSet
from shared.settings import Authorisation, read_authorisation
from shared.storage.previews import ACTIVATE, LOST, RETIRE
from shared.storage.questions import Question
from shared.storage.rule_sets import ACTIVE, DRAFT, RETIRED, StoredRuleSet
from shared.workflow.change_rules import (
    ApprovalsMissingError,
    ChangedSinceError,
    ChangeNote,
    LastActiveError,
    NoSuchVersionError,
    UnreadableError,
    activate,
    retire,
    store_draft,
)
from shared.workflow.population.results import Result

COUNTS_FOR = timedelta(hours=24)
"""How long a preview counts: facts go on changing."""
_STALE = "Preview out of date"
_OUT_OF_DATE = Problem(409, _STALE, "what is in force changed since this preview; make another")


async def store(ports: Ports, draft: Draft, signed: Principal | None) -> int:
    """Store a document as a draft; 422 with every fault of it, or of its cases, and each one's path."""
    note, given = _note(draft, signed), draft.get("cases", [])
    document, cases, errors = read_draft(draft, given)
    if document is None or errors:
        raise _unprocessable(*errors)
    if failed := failures(RuleSet.compile(document, 0), cases):
        raise _unprocessable(*failed)
    return (await store_draft(ports, document, note, cast("list[JsonObject]", given))).version


def _note(body: Draft | Activation, signed: Principal | None) -> ChangeNote:
    """Who and why; a verified caller's name is worth more than one that was given."""
    author, note = bodies.texts(author=(body.get("author"), MAX_NAME), note=(body.get("note"), MAX_TEXT))
    return ChangeNote(signed.name, note, True, signed.id) if signed else ChangeNote(author, note)


def _unprocessable(*errors: MemberError) -> Problem:
    detail = "; ".join(f"{each.path}: {each.message}" for each in errors[:3])
    return Problem(422, "Not a rule set that can be stored", detail, errors)


async def change(
    ports: Ports, version: int, action: str, body: Activation, signed: Principal | None
) -> PreviewHeld | None:
    """Activate or retire a version; gives the preview that it was held against."""
    note = _note(body, signed)
    most = bodies.count("maxLost", body.get("maxLost"))
    (preview_id,) = bodies.texts(previewId=(body.get("previewId"), MAX_NAME))
    if most is not None and not preview_id:
        raise bad_request(MemberError("$.previewId", "is missing; maxLost is held against a preview, name it"))
    if action == RETIRE:
        await ports.rule_books.book(None)  # the very first question finds the shipped rule set
    stored = await ports.rule_sets.version(version)
    if stored and action == RETIRE and stored.state == DRAFT:
        raise not_active(version, stored.state)
    is_done = stored and stored.state == (ACTIVE if action == ACTIVATE else RETIRED)
    held = await _hold(ports, version, action, preview_id, most) if preview_id and not is_done else None
    with refusals(action):
        await (activate if action == ACTIVATE else retire)(ports, version, note, held.question.epoch if held else None)
    return _held(ports, held) if held else None


@contextmanager
def refusals(action: str, changed: Problem = _OUT_OF_DATE) -> Iterator[None]:
    """Of what the rules' workflow raises the problems; ``changed``: where the rules changed meanwhile."""
    try:
        yield
    except UnreadableError as fault:
        raise Problem(422, "Not readable by a version that may run", str(fault), fault.errors) from fault
    except ChangedSinceError as fault:
        raise changed from fault
    except NoSuchVersionError as fault:
        raise not_found(str(fault)) from fault
    except LastActiveError as fault:
        raise last_active() from fault
    except ApprovalsMissingError as fault:
        raise _approvals_missing(action, fault) from fault


def _approvals_missing(action: str, fault: ApprovalsMissingError) -> Problem:
    """How many there are of how many, and whose would count."""
    stored = fault.stored
    has = f"{len(fault.approved_by)} ({', '.join(fault.approved_by)})" if fault.approved_by else "none"
    needs = f"{fault.needed} approval{'s' if fault.needed != 1 else ''}"
    detail = f"{action} of version {stored.version} needs {needs} and has {has}"
    more: dict[str, str | list[str] | list[int]] = {"approvedBy": list(fault.approved_by)}
    return Problem(409, "Approvals missing", f"{detail}; {_who_approves(action, stored)}", more=more)


def _who_approves(action: str, stored: StoredRuleSet) -> str:
    if read_authorisation() is Authorisation.KEYS:
        return "with keys nobody can approve: set AUTHORISATION to app-roles, or APPROVALS to 0"
    if action == ACTIVATE and not stored.verified:
        return "its author was not verified, so that nobody can approve it: store it again as a signed-in caller"
    other = f" other than its author, {stored.author}," if stored.verified else ""
    role, path = Role.RULE_APPROVER.value, f"rule-sets/{stored.version}/approve"
    return f"callers with the role {role}{other} give them (POST {path})"


async def _hold(ports: Ports, version: int, action: str, preview_id: str, most: int | None) -> Result:
    """The preview, if the action may be done by it; the rules' epoch must be its own still when it is done."""
    result = await load_preview(ports, version, preview_id)
    preview = result.question
    if preview.action != action:
        detail = f"preview {preview.id} is of another action, {preview.action}; make one of {action}"
        if not preview.action:
            detail = f"preview {preview.id} is not of everybody by stored facts on the first day; make one of {action}"
        raise Problem(409, "Preview of another action", detail)
    if not preview.is_finished:
        raise Problem(409, "Preview not finished", f"preview {preview.id} is running; wait for it")
    if (age := _age(ports, preview)) > COUNTS_FOR:
        hours = f"{age / timedelta(hours=1):.1f} hours"
        raise Problem(409, _STALE, f"preview {preview.id} is {hours} old, at most 24 count; make another")
    if preview.out_of_date or preview.epoch != (await ports.rule_books.book(None)).epoch:
        raise _OUT_OF_DATE
    lost = result.counts[LOST]
    if most is not None and lost > most:
        detail = f"{lost} customers would lose their eligibility, and maxLost is {most}"
        raise Problem(409, "Too many customers would lose", detail, more={"lost": await lost_customers(ports, result)})
    return result


def _age(ports: Ports, preview: Question) -> timedelta:
    """Since it began to look, by either clock: no clock is known to be right."""
    return abs(ports.now() - datetime.fromisoformat(preview.started_at))


def _held(ports: Ports, held: Result) -> PreviewHeld:
    """How old it was: customers' facts may have changed since."""
    preview = held.question
    return {
        "id": preview.id,
        "startedAt": preview.started_at,
        "finishedAt": preview.at,
        "ageSeconds": int(_age(ports, preview).total_seconds()),
        "counts": dict(held.counts),
    }
