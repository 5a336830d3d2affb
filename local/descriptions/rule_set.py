"""The schema of rule-set documents, made of what the document and the criteria declare.

There is a schema of criteria for each context, so that a criterion where its context does not exist is invalid here
too. What a schema cannot express is left to the checks: repeated ids, nesting deeper than 16, more than 200 criteria,
lists too long for a notification, and a rate for the rule set's own currency.
"""

from collections.abc import Iterator

from local.descriptions.parts import Schema, closed, list_of, record, ref
from shared.rules.checks import IDENTIFIER, TITLE
from shared.rules.criteria.base import Criterion
from shared.rules.criteria.reader import CRITERIA, PROVIDERS
from shared.rules.document import DOCUMENT

type Context = frozenset[str]
type Form = type[Criterion]


def rule_set_schemas() -> Iterator[tuple[str, Schema]]:
    """The document's schema, one for the criteria of each context, and one for each criterion without others in it."""
    yield "rule-set", DOCUMENT.schema
    for context in _contexts():
        yield _name(context), _criterion(context)
    for form in CRITERIA.values():
        if not form.below:
            yield f"criterion.{form.kind}", _of_kind(form)


def _contexts() -> Iterator[Context]:
    """Every context that some nesting of criteria makes, the empty one first."""
    found: list[Context] = [frozenset()]
    for context in found:
        yield context
        inner = (_inside(form, context) for form in _allowed(context) if form.sets)
        found += [each for each in dict.fromkeys(inner) if each not in found]


def _allowed(context: Context) -> list[Form]:
    fitting = [each for each in CRITERIA.values() if context.issuperset(each.inside) and each.sets not in context]
    return [each for each in fitting if context.isdisjoint(each.outside)]


def _inside(form: Form, context: Context) -> Context:
    return context | {form.sets} if form.sets else context


def _name(context: Context) -> str:
    return "-".join(["criterion", *(["in"] if context else []), *(each for each in PROVIDERS if each in context)])


def _criterion(context: Context) -> Schema:
    where = ", ".join(sorted(context)) or "nothing but the customer"
    return {
        "description": f"A criterion that may ask about: {where}.",
        "oneOf": [
            _of_kind(each, _name(_inside(each, context))) if each.below else ref(f"criterion.{each.kind}")
            for each in _allowed(context)
        ],
    }


def _of_kind(form: Form, inner: str = "") -> Schema:
    below = {"criteria": list_of(ref(inner), minItems=1), "criterion": ref(inner)}
    head: dict[str, Schema] = {"type": {"const": form.kind}, "id": IDENTIFIER.schema, "title": TITLE.schema}
    own = {name: check.schema for name, check in form.members().items()}
    return closed(record(form.kind, head | ({form.below: below[form.below]} if form.below else {}) | own))
