"""What the released versions read of a rule set: none is activated that one of them, still running, cannot read.

A released version never changes. Its entry is written when it is released, and held equal to the schema it published.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from shared.errors import MemberError
from shared.rules.checks import member, shown

type Form = Mapping[str, "Form"] | frozenset[str] | None
"""The members of an object, the words that may be written, or None for whatever is right there; of each in a list."""


@dataclass(frozen=True)
class Reads:
    """The members of a document, and of each type of criterion those besides ``type``."""

    document: Mapping[str, Form]
    criteria: Mapping[str, Mapping[str, Form]]


_NAMED: Final[Mapping[str, Form]] = {"id": None, "title": None}
_ONE: Final[Mapping[str, Form]] = {**_NAMED, "criterion": None}
_SEVERAL: Final[Mapping[str, Form]] = {**_NAMED, "criteria": None}

READS: Final[Mapping[str, Reads]] = {
    "0.2.0": Reads(
        {
            "schema": frozenset(("fasttrack.rule-set/v1",)),
            "effectiveFrom": None,
            "currency": None,
            "exchangeRates": None,
            "applications": {**_NAMED, "areas": frozenset(("customer-engagement", "finance-and-operations"))},
            "criteria": None,
            "benefits": _NAMED,
            "selfGuidedResources": {**_NAMED, "url": None},
        },
        {
            "all-of": _SEVERAL,
            "any-of": _SEVERAL,
            "annual-spend-at-least": {**_NAMED, "amount": None},
            "any-project": _ONE,
            "covers-eligible-application": _NAMED,
            "any-partner": _ONE,
            "every-application": _ONE,
            "any-area": _ONE,
            "competency": {
                **_NAMED,
                "competency": frozenset(("cloud-business-applications",)),
                "levels": frozenset(("gold", "silver")),
            },
            "designation": {
                **_NAMED,
                "designation": frozenset(("solutions-partner-business-applications",)),
            },
            "deployments-at-least": {**_NAMED, "count": None},
            "training-before-project": {
                **_NAMED,
                "course": frozenset(("success-by-design",)),
                "part": frozenset(("training", "knowledge-check")),
            },
        },
    ),
}


def unreadable(reads: Reads, document: object) -> list[MemberError]:
    """What such a version does not know of a document that this one has checked."""
    criteria = document.get("criteria") if isinstance(document, Mapping) else None
    found = (*_unknown(reads.document, document, "$"), *_below(reads, criteria, "$.criteria"))
    return [MemberError(path, f"{what} is not known to it") for path, what in found]


def _below(reads: Reads, criterion: object, path: str) -> Iterator[tuple[str, str]]:
    if not isinstance(criterion, Mapping):
        return
    kind = criterion.get("type")
    members = reads.criteria.get(kind) if isinstance(kind, str) else None
    if members is None:
        yield f"{path}.type", shown(kind)
    else:
        yield from _unknown({"type": None, **members}, criterion, path)
    yield from _below(reads, criterion.get("criterion"), f"{path}.criterion")
    several = criterion.get("criteria")
    for number, each in enumerate(several if isinstance(several, list) else ()):
        yield from _below(reads, each, f"{path}.criteria[{number}]")


def _unknown(form: Form, value: object, path: str) -> Iterator[tuple[str, str]]:
    if form is None:
        return
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from _unknown(form, each, f"{path}[{number}]")
    elif isinstance(form, frozenset):
        if value not in form:
            yield path, shown(value)
    elif isinstance(value, Mapping):
        for name, each in value.items():
            if name in form:
                yield from _unknown(form[name], each, member(path, name))
            else:
                yield member(path, name), "this member"
