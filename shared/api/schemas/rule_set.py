"""The schema of rule-set documents, beside the checks that are the law (``shared.rules``).

The criteria come from the checks' own table, a schema for each context, so that a criterion where its context does not
exist is invalid here too. What no schema can tell is left to the checks: repeated ids, nesting deeper than 16, more
than 200 criteria, lists too long for a notification, and a rate for the rule set's own currency.
"""

from collections.abc import Iterator

from shared.api.schemas.parts import (
    AREA,
    CURRENCY,
    DAY,
    Schema,
    closed,
    list_of,
    named,
    record,
    ref,
    text,
    titled,
)
from shared.rules import criteria_document as criteria
from shared.rules.criteria_document import SHAPES, Shape
from shared.rules.document import SCHEMA

type Context = frozenset[str]

_IDENTIFIER = text("1 to 64 letters, digits, dots, dashes or underscores", pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
_APPLICATION = text("1 to 64 lower-case letters, digits or dashes", pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
_TITLE = text(
    "a line of text for people",
    minLength=1,
    maxLength=200,
    pattern=r"^(?=.*\S)[^\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]*$",
)
_RATE = text(
    "what one unit is worth: above 0, at most 6 digits before and 8 after the point",
    pattern=r"^(?=.*[1-9])[0-9]{1,6}(\.[0-9]{1,8})?$",
)
_RESOURCE = "what everyone else is pointed to"
_OFFER = {"id": _IDENTIFIER, "title": _TITLE}

MEMBERS: dict[str, Schema] = {
    "amount": text('a decimal such as "300000"', pattern=r"^[0-9]{1,15}(\.[0-9]{1,2})?$"),
    "competency": {"enum": list(criteria.COMPETENCIES)},
    "levels": list_of({"enum": list(criteria.LEVELS)}, "the levels that do", minItems=1, uniqueItems=True),
    "designation": {"enum": list(criteria.DESIGNATIONS)},
    "count": {"type": "integer", "description": "how many", "minimum": 1, "maximum": 1_000_000},
    "course": {"enum": list(criteria.COURSES)},
    "part": {"enum": list(criteria.PARTS)},
}


def rule_set_schemas() -> Iterator[tuple[str, Schema]]:
    """The document's schema, one for the criteria of each context, and one for each criterion without others in it."""
    yield "rule-set", _document()
    for context in _contexts():
        yield _name(context), _criterion(context)
    for kind, shape in SHAPES.items():
        if not shape.inner:
            yield f"criterion.{kind}", _kind(kind, shape)


def _document() -> Schema:
    areas = list_of(AREA, minItems=1, uniqueItems=True)
    application = _exact("an eligible application", {"id": _APPLICATION, "title": _TITLE, "areas": areas})
    rates = {"type": "object", "description": "what one unit of a currency is worth in the rule set's own"}
    url = text("a web address", pattern=r"^https?://[!-~]{1,490}$")
    return _exact(
        "The rules that decide from a date on.",
        {
            "schema": {"const": SCHEMA},
            "effectiveFrom": named(DAY, "the first day on which these rules can be in force"),
            "currency": named(CURRENCY, "the currency of amounts"),
            "exchangeRates": rates | {"propertyNames": {"pattern": CURRENCY["pattern"]}, "additionalProperties": _RATE},
            "applications": list_of(titled("rule-set-application", application), minItems=1),
            "criteria": ref(_name(frozenset())),
            "benefits": list_of(titled("rule-set-benefit", _exact("what eligible customers get", _OFFER))),
            "selfGuidedResources": list_of(titled("rule-set-resource", _exact(_RESOURCE, {**_OFFER, "url": url}))),
        },
    )


def _contexts() -> Iterator[Context]:
    """Every context that some nesting of criteria makes, the empty one first."""
    found: list[Context] = [frozenset()]
    for context in found:
        yield context
        inner = (_inside(shape, context) for shape in SHAPES.values() if _is_allowed(shape, context) and shape.sets)
        found += [each for each in dict.fromkeys(inner) if each not in found]


def _is_allowed(shape: Shape, context: Context) -> bool:
    return context.issuperset(shape.needs) and shape.sets not in context


def _inside(shape: Shape, context: Context) -> Context:
    return context | {shape.sets} if shape.sets else context


def _name(context: Context) -> str:
    order = ("project", "partner", "application", "area")
    return "-".join(["criterion", *(["in"] if context else []), *(each for each in order if each in context)])


def _criterion(context: Context) -> Schema:
    allowed = {kind: shape for kind, shape in SHAPES.items() if _is_allowed(shape, context)}
    where = ", ".join(sorted(context)) or "nothing but the customer"
    return {
        "description": f"A criterion that may ask about: {where}.",
        "oneOf": [
            _kind(kind, shape, _name(_inside(shape, context))) if shape.inner else ref(f"criterion.{kind}")
            for kind, shape in allowed.items()
        ],
    }


def _kind(kind: str, shape: Shape, inner: str = "") -> Schema:
    members: dict[str, Schema] = {"type": {"const": kind}, "id": _IDENTIFIER, "title": _TITLE}
    if shape.inner == "criteria":
        members["criteria"] = list_of(ref(inner), minItems=1)
    elif shape.inner:
        members["criterion"] = ref(inner)
    return _exact(kind, members | {name: MEMBERS[name] for name in shape.members})


def _exact(description: str, members: dict[str, Schema]) -> Schema:
    return closed(record(description, members))
