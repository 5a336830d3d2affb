"""The reference of the criteria: where each is allowed, its members, when it is met."""

import inspect

from local.reference.markdown import code, codes, table
from shared.domain.decision import JsonObject
from shared.rules.criteria.base import Criterion
from shared.rules.criteria.reader import CRITERIA, PROVIDERS


def criteria() -> str:
    rows = ((code(kind), _where(each), _members(each), _met_when(each)) for kind, each in CRITERIA.items())
    return table(("`type`", "allowed", "members beside `type`, `id`, `title`", "met when"), rows)


def _where(criterion: type[Criterion]) -> str:
    inside = " and ".join(code(PROVIDERS[each]) for each in criterion.inside)
    outside = " and ".join(code(PROVIDERS[each]) for each in criterion.outside)
    return f"inside {inside}" if inside else f"outside {outside}" if outside else "anywhere"


def _members(criterion: type[Criterion]) -> str:
    own = [f"{code(name)}: {_right(check.schema)}" for name, check in criterion.members().items()]
    below = [f"{code(criterion.below)}: {'one or more' if criterion.below == 'criteria' else 'one'}"]
    return "; ".join([*own, *(below if criterion.below else [])])


def _right(schema: JsonObject) -> str:
    words = schema.get("enum") or schema.get("items", {}).get("enum")
    return codes(words) if words else str(schema["description"])


def _met_when(criterion: type[Criterion]) -> str:
    """The first paragraph of the class, which begins so."""
    first, _, _ = (inspect.getdoc(criterion) or "").partition("\n\n")
    return first.removeprefix("Met when ").replace("``", "`").replace("\n", " ").removesuffix(".")
