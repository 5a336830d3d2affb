"""What holds of every body, whoever wrote it.

Arrives: bytes. Leaves: what became of them, or an AssertionError; any exception but the refusal is a fault as well.
"""

import json
from datetime import UTC, datetime

from functions.queues import body_of
from shared.api.bodies import json_body
from shared.api.problems import Problem
from shared.api.question import parse_question
from shared.domain.events import Event, parse_event, read_event
from shared.domain.strict_json import canonical_bytes, parse_json
from shared.errors import MemberError, PermanentError
from shared.own_json import compact_bytes
from shared.rules.cases import parse_cases
from shared.rules.document import parse_document
from tests.oracle import message as independent

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def event(body: bytes) -> Event | PermanentError:
    """The parser's answer, the same as that of the reader written from the contract alone."""
    told = _told(body)
    found = _found(body)
    if isinstance(found, PermanentError):
        assert isinstance(told, independent.RefusedError), (body, found.reason)
        hold_to_reasons(found.reason, found.errors)
        return found
    assert isinstance(told, independent.Event), (body, told)
    assert (found.register.type, found.owner_id) == (told.type, told.owner)
    kind, key = found.kind.removeprefix("partner-"), found.key.split("~") if found.key else ()
    assert (kind, *key) == told.register
    assert (datetime.fromisoformat(found.register.time), *found.register.stamp[1:4]) == told.order
    assert found.register.data == told.data
    hold_to_itself(found)
    return found


def _found(body: bytes) -> Event | PermanentError:
    try:
        return parse_event(body, NOW)
    except PermanentError as refused:
        return refused


def _told(body: bytes) -> independent.Event | independent.RefusedError:
    try:
        return independent.read(body, NOW)
    except independent.RefusedError as refused:
        return refused


def queue_text(text: bytes) -> Event | PermanentError | None:
    """A Storage queue's text is the event that the independent reader finds in it, or refused; None has no body."""
    try:
        told: object = independent.read_text(text, NOW)
    except independent.RefusedError as refused:
        told = refused
    try:
        body = body_of(text)
    except ValueError:
        assert isinstance(told, independent.RefusedError), (text, told)
        return None
    found = event(body)
    assert isinstance(found, Event) == isinstance(told, independent.Event), (text, found, told)
    return found


def hold_to_itself(found: Event) -> None:
    """What is stored of an event, read again, is that event."""
    register = found.register
    stored = canonical_bytes(register.data)
    assert canonical_bytes(json.loads(stored)) == stored
    envelope = {"specversion": "1.0", "id": register.id, "source": register.source, "type": register.type}
    again = {**envelope, "time": register.time, "data": json.loads(stored)}
    assert read_event(parse_json(compact_bytes(again)), NOW) == found


def hold_to_reasons(reason: str, errors: tuple[MemberError, ...]) -> None:
    """At least one member at fault, each with its path and what would be right, on lines that no log would break."""
    assert reason.isprintable(), reason
    assert errors
    for each in errors:
        assert each.path.startswith("$"), each
        assert each.message, each


def rule_set(body: bytes) -> PermanentError | None:
    """A document that is taken has one canonical form, which is taken as well."""
    try:
        document = parse_document(parse_json(body))
    except PermanentError as refused:
        hold_to_reasons(refused.reason, refused.errors)
        return refused
    canonical = canonical_bytes(document.value)
    assert canonical_bytes(parse_document(parse_json(canonical)).value) == canonical
    return None


def question(body: bytes) -> Problem | None:
    """A what-if question is read, or each member at fault is named in a problem that can be sent."""
    try:
        parse_question(json_body(body), "$")
    except Problem as refused:
        hold_to_reasons(refused.title, refused.errors)
        assert json.loads(compact_bytes(refused.to_json()))["status"] == 400  # noqa: PT017  what the refusal says
        return refused
    return None


def cases(body: bytes) -> PermanentError | None:
    """Golden cases are read, or each member at fault is named."""
    try:
        parse_cases(parse_json(body))
    except PermanentError as refused:
        hold_to_reasons(refused.reason, refused.errors)
        return refused
    return None


READERS = {"events": event, "queue-texts": queue_text, "rule-sets": rule_set, "questions": question, "cases": cases}
