"""Storing, activating and retiring rule sets over HTTP."""

from collections.abc import Callable

from shared.domain.decision import JsonObject
from shared.domain.strict_json import compact_bytes
from shared.errors import MemberError, PermanentError
from shared.ports import Ports
from shared.queries import bodies
from shared.queries.previews import load_preview, lost_customers
from shared.queries.problems import Problem, bad_request, not_found
from shared.queries.rule_sets import get_rule_set
from shared.rules.cases import Case, failures, parse_cases
from shared.rules.document import RuleSetDocument, parse_document
from shared.rules.rule_set import RuleSet
from shared.storage.rule_sets import ACTIVE
from shared.workflow.change_rules import (
    MAX_DOCUMENT_BYTES,
    ChangedSinceError,
    LastActiveError,
    NoSuchVersionError,
    Told,
    activate,
    retire,
    store_draft,
)

_OUT_OF_DATE = Problem(409, "Preview out of date", "what is in force changed since this preview; make another")


async def post_rule_set(ports: Ports, body: bytes, caller: str = "") -> JsonObject:
    """Store a document as a draft; 422 with every fault of it, or of its cases, and each one's path."""
    value = bodies.object_body(body, ("document", "author", "note", "cases"))
    told = _told(value, caller)
    document, cases = _checked(value)
    if failed := failures(RuleSet.compile(document, 0), cases):
        raise _unprocessable(*failed)
    stored = await store_draft(ports, document, told)
    return await get_rule_set(ports, stored.version)


def _told(value: JsonObject, caller: str) -> Told:
    """Who and why; a verified caller's name is worth more than one that was given."""
    author, note = bodies.texts(value, "author", "note")
    return Told(caller or author, note)


def _checked(value: JsonObject) -> tuple[RuleSetDocument, list[Case]]:
    """The document and its cases, each read whatever is wrong with the other."""
    errors: list[MemberError] = []

    def read[T](parse: Callable[[object], T], part: object) -> T | None:
        try:
            return parse(part)
        except PermanentError as fault:
            errors.extend(fault.errors)
            return None

    if "document" not in value:
        errors.append(MemberError("$.document", "is missing; write the rule set here"))
    document = read(_document, value["document"]) if "document" in value else None
    cases = read(parse_cases, value.get("cases", []))
    if document is None or cases is None:
        raise _unprocessable(*errors)
    return document, cases


def _document(value: object) -> RuleSetDocument:
    try:
        size = len(compact_bytes(value))
        if size <= MAX_DOCUMENT_BYTES:
            return parse_document(value)
        reason = f"has {size} bytes; write at most {MAX_DOCUMENT_BYTES}"
    except RecursionError:
        reason = "is nested too deeply"
    raise PermanentError(reason, (MemberError("$", reason),))


def _unprocessable(*errors: MemberError) -> Problem:
    detail = "; ".join(f"{each.path}: {each.message}" for each in errors[:3])
    return Problem(422, "Not a rule set that can be stored", detail, errors)


async def activate_rule_set(ports: Ports, version: int, body: bytes, caller: str = "") -> JsonObject:
    """Put a version in force from its date; refused if its preview says that more customers lose than may."""
    value = bodies.object_body(body, ("author", "note", "previewId", "maxLost"), optional=True)
    told = _told(value, caller)
    most = bodies.count(value, "maxLost")
    (preview_id,) = bodies.texts(value, "previewId")
    if most is not None and not preview_id:
        raise bad_request(MemberError("$.previewId", "is missing; maxLost is held against a preview, name it"))
    stored = await ports.rule_sets.version(version)
    seen = None
    if preview_id and not (stored and stored.state == ACTIVE):
        seen = await _hold_against_preview(ports, version, preview_id, most)
    try:
        await activate(ports, version, told, seen)
    except ChangedSinceError as fault:
        raise _OUT_OF_DATE from fault
    except NoSuchVersionError as fault:
        raise not_found(str(fault)) from fault
    return await get_rule_set(ports, version)


async def _hold_against_preview(ports: Ports, version: int, preview_id: str, most: int | None) -> int:
    """The rules' epoch that the preview was made at, which must still stand when the version is activated."""
    preview = await load_preview(ports, version, preview_id)
    if preview.state != "finished":
        raise Problem(409, "Preview not finished", f"preview {preview_id} is running; wait for it")
    epoch = (await ports.rule_books.book(None)).epoch
    if preview.epoch != epoch:
        raise _OUT_OF_DATE
    lost = preview.counts["lost"]
    if most is not None and lost > most:
        detail = f"{lost} customers would lose their eligibility, and maxLost is {most}"
        raise Problem(409, "Too many customers would lose", detail, more={"lost": await lost_customers(ports, preview)})
    return preview.epoch


async def retire_rule_set(ports: Ports, version: int, body: bytes, caller: str = "") -> JsonObject:
    """Take a version out, so that the one before is in force again."""
    value = bodies.object_body(body, ("author", "note"), optional=True)
    told = _told(value, caller)
    try:
        await retire(ports, version, told)
    except NoSuchVersionError as fault:
        raise not_found(str(fault)) from fault
    except LastActiveError as fault:
        raise Problem(
            409, "Last active rule set", "no other is in force today; activate one before this one is retired"
        ) from fault
    return await get_rule_set(ports, version)
