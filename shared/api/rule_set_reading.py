"""Reads rule sets for people: as sentences, with the difference from another version; a draft before it is stored."""

import json
from collections.abc import Callable, Sequence
from itertools import islice
from typing import cast

from shared.api import bodies
from shared.api.parameters import number
from shared.api.problems import not_found
from shared.api.rule_set_shapes import (
    MOST_OF_A_CASE,
    CheckedCase,
    CheckedDraft,
    Draft,
    DraftToCheck,
    GoldenCase,
    RuleSentence,
    RuleSetFault,
)
from shared.errors import MemberError, PermanentError
from shared.own_json import compact_bytes
from shared.ports import Ports
from shared.rules.cases import MAX_CASES_BYTES, Case, failures_of, parse_cases, too_much
from shared.rules.difference import difference
from shared.rules.document import MAX_DOCUMENT_BYTES, RuleSetDocument, parse_document, sha256_of
from shared.rules.rule_set import RuleSet
from shared.rules.sentences import sentences
from shared.storage.rule_sets import StoredRuleSet


def read_draft(
    draft: Draft | DraftToCheck, cases: object
) -> tuple[RuleSetDocument | None, list[Case], list[MemberError]]:
    """The document and the cases, each read whatever is wrong with the other, and every fault."""
    errors: list[MemberError] = []
    if "document" not in draft:
        errors.append(MemberError("$.document", "is missing; write the rule set here"))

    def read[T](parse: Callable[[object], T], part: object) -> T | None:
        try:
            return parse(part)
        except PermanentError as fault:
            errors.extend(fault.errors)
            return None

    document = read(_document, draft["document"]) if "document" in draft else None
    return document, read(_cases, cases) or [], errors


def _document(value: object) -> RuleSetDocument:
    try:
        size = len(compact_bytes(value))
        if size <= MAX_DOCUMENT_BYTES:
            return parse_document(value)
        reason = f"has {size} bytes; write at most {MAX_DOCUMENT_BYTES}"
    except RecursionError:
        reason = "is nested too deeply"
    raise PermanentError(reason, (MemberError("$", reason),))


def _cases(value: object) -> list[Case]:
    cases = parse_cases(value)
    if (size := len(compact_bytes(value))) > MAX_CASES_BYTES:
        reason = f"have {size} bytes; write at most {MAX_CASES_BYTES}"
        raise PermanentError(reason, (MemberError("$.cases", reason),))
    return cases


def told_sentences(document: RuleSetDocument) -> list[RuleSentence]:
    return [
        {
            "path": each.path,
            "level": each.level,
            "criterion": each.criterion or None,
            "title": each.title or None,
            "text": each.text,
        }
        for each in sentences(document)
    ]


def readable(stored: StoredRuleSet) -> RuleSetDocument | None:
    """None if a later version of this app wrote it."""
    try:
        return parse_document(json.loads(stored.document))
    except PermanentError:
        return None


def difference_from(other: StoredRuleSet, document: RuleSetDocument | None) -> list[str] | None:
    before = readable(other)
    return difference(before, document) if before and document else None


async def compared_with(ports: Ports, version: int | None) -> StoredRuleSet:
    """The version, or the one in force today; raises Problem 404."""
    book = await ports.rule_books.book(None)
    wanted = version or book.timeline.in_force(ports.today())
    stored = await ports.rule_sets.version(wanted) if wanted else None
    if stored is None:
        raise not_found(f"there is no rule set version {wanted}" if wanted else "no rule set is in force today")
    return stored


async def check_draft(ports: Ports, body: DraftToCheck) -> CheckedDraft:
    """What is wrong with it and, if nothing is, how it reads, what it changes and which golden cases hold."""
    against = bodies.count("against", body.get("against"))
    other = await compared_with(ports, None if against is None else number("$.against", str(against)))
    given = body.get("cases")
    document, cases, errors = read_draft(body, list(other.cases) if given is None else given)
    ran = _run(document, cases, errors) if document else []
    holds = all(each["holds"] for each in ran)
    return {
        "valid": not errors and (given is None or holds),
        "errors": [{"path": each.path, "message": each.message} for each in errors],
        "sha256": sha256_of(document.value) if document else None,
        "sentences": told_sentences(document) if document else None,
        "against": other.version,
        "difference": difference_from(other, document),
        "cases": ran,
    }


def _run(document: RuleSetDocument, cases: Sequence[Case], errors: list[MemberError]) -> list[CheckedCase]:
    rule_set = RuleSet.compile(document, 0)
    if refused := too_much(rule_set, cases):
        errors.append(refused)
        return []
    return [_ran(rule_set, each) for each in cases]


def _ran(rule_set: RuleSet, case: Case) -> CheckedCase:
    found = islice(failures_of(rule_set, case), MOST_OF_A_CASE)
    errors: list[RuleSetFault] = [{"path": each.path, "message": each.message} for each in found]
    return {"title": case.title, "on": case.on.isoformat(), "holds": not errors, "errors": errors}


def told_cases(stored: StoredRuleSet) -> list[GoldenCase]:
    return cast("list[GoldenCase]", list(stored.cases))
