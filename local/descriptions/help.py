"""The schema of what would help: ways, each some changes by the customer, a partner or the programme, or time alone."""

from collections.abc import Iterator

from local.descriptions.parts import (
    DAY,
    IDENTIFIER,
    Schema,
    list_of,
    named,
    nullable,
    number,
    one_of,
    record,
    ref,
    text,
    titled,
)
from shared.rules.changes.base import CHANGES, CUSTOMER, PARTNER, PROGRAMME, Change, PartnerChange
from shared.rules.would_help.ways import MOST_NAMES

_ELIGIBLE = "the projects eligible then"


def help_schemas() -> Iterator[tuple[str, Schema]]:
    of_partners = [each for each in CHANGES.values() if issubclass(each, PartnerChange)]
    held = [record("a qualification", each.of_qualification(each.member_schemas())) for each in of_partners]
    yield "qualification", {"description": "What a partner must have.", "anyOf": held}
    yield (
        "helpful-change",
        {
            "description": "One thing that somebody can do, or time.",
            "oneOf": [_change(each) for each in CHANGES.values()],
        },
    )
    yield "way", _way()


def _way() -> Schema:
    members = {
        "by": list_of(
            one_of("who", [CUSTOMER, PARTNER, PROGRAMME]), "who has to act; nobody if time alone helps", minItems=0
        ),
        "changes": list_of(ref("helpful-change"), "all of them are needed", minItems=1),
        "eligibleProjects": list_of(IDENTIFIER, _ELIGIBLE, minItems=0),
        "lastsUntil": nullable(named(DAY, "the last day of eligibility if no event comes; null if no end is known")),
        "knownUntil": named(DAY, "how far lastsUntil is known, if there are too many dates ahead; left out if all are"),
        "oneOf": list_of(
            titled("alternative", _alternative()),
            "with whom the way does as well and lasts as long: whom `changes` name first. Another of them takes its "
            "place wherever the changes have that member",
            minItems=2,
            maxItems=MOST_NAMES,
        ),
        "oneOfOmitted": number("how many more there are", 1),
        "otherwise": text("oneOf in words"),
    }
    optional = ("knownUntil", "oneOf", "oneOfOmitted", "otherwise")
    return record("A way to become or to stay eligible, or ways that differ only in whom they name.", members, optional)


def _alternative() -> Schema:
    members = {
        "partnerId": named(IDENTIFIER, "the partner, if the changes name one"),
        "projectId": named(IDENTIFIER, "the project, if the changes name one"),
        "eligibleProjects": list_of(IDENTIFIER, _ELIGIBLE, minItems=0),
    }
    return record("whom the changes name, and what comes of it", members, ("partnerId", "projectId"))


def _change(change: type[Change]) -> Schema:
    own = {name: nullable(each) if name in _OPTIONAL else each for name, each in change.member_schemas().items()}
    head = {"by": {"const": change.by}, "action": {"const": change.action}}
    return record(change.action, {**head, **own, "text": text("the same in words")}, optional=_OPTIONAL)


_OPTIONAL = ("completedBefore",)
"""Left out where none of the partner's projects is still to start."""
