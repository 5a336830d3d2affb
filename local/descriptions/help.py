"""The schema of what would help: sets of changes, each one action of the customer, a partner or the programme."""

from collections.abc import Iterator

from local.descriptions.parts import IDENTIFIER, Schema, list_of, nullable, record, ref, text
from shared.rules.changes.base import CHANGES, Change, PartnerChange


def help_schemas() -> Iterator[tuple[str, Schema]]:
    of_partners = [each for each in CHANGES.values() if issubclass(each, PartnerChange)]
    held = [record("a qualification", each.of_qualification(each.member_schemas())) for each in of_partners]
    yield "qualification", {"description": "What a partner must have.", "anyOf": held}
    yield (
        "helpful-change",
        {"description": "One thing that somebody can do.", "oneOf": [_change(each) for each in CHANGES.values()]},
    )
    members = {
        "changes": list_of(ref("helpful-change"), "all of them are needed", minItems=1),
        "eligibleProjects": list_of(IDENTIFIER, "the projects eligible then", minItems=0),
    }
    yield "would-help", record("A smallest set of changes that makes the customer eligible.", members)


def _change(change: type[Change]) -> Schema:
    own = {name: nullable(each) if name in _OPTIONAL else each for name, each in change.member_schemas().items()}
    head = {"by": {"const": change.by}, "action": {"const": change.action}}
    return record(change.action, {**head, **own, "text": text("the same in words")}, optional=_OPTIONAL)


_OPTIONAL = ("completedBefore",)
"""Left out where none of the partner's projects is still to start."""
