"""The reference of the criteria: where each is allowed, its members, when it is met."""

import inspect
from collections.abc import Iterator

from local.reference.markdown import code, codes, table
from shared.api.schemas.rule_set import MEMBERS
from shared.rules.criteria import Criterion
from shared.rules.criteria_document import SHAPES, Shape


def criteria() -> str:
    met_when = dict(_meanings(Criterion))
    rows = ((code(kind), _where(shape), _members(shape), met_when[kind]) for kind, shape in SHAPES.items())
    return table(("`type`", "allowed", "members beside `type`, `id`, `title`", "met when"), rows)


def _where(shape: Shape) -> str:
    provided_by = {each.sets: kind for kind, each in SHAPES.items() if each.sets}
    return f"inside {' and '.join(code(provided_by[need]) for need in shape.needs)}" if shape.needs else "anywhere"


def _members(shape: Shape) -> str:
    own = [f"{code(name)}: {_right(name)}" for name in shape.members]
    inner = [f"{code(shape.inner)}: {'one or more' if shape.inner == 'criteria' else 'one'}"] if shape.inner else []
    return "; ".join([*own, *inner])


def _right(name: str) -> str:
    schema = MEMBERS[name]
    words = schema.get("enum") or schema.get("items", {}).get("enum")
    return codes(words) if words else str(schema["description"])


def _meanings(base: type) -> Iterator[tuple[str, str]]:
    """Each kind of criterion with the first paragraph of its class, which begins with the kind."""
    subclasses: list[type] = base.__subclasses__()
    for each in subclasses:
        first = (inspect.getdoc(each) or "").partition("\n\n")[0]
        if first.startswith("``"):
            kind, _, meaning = first.removeprefix("``").partition("``: ")
            yield kind, meaning.replace("``", "`").replace("\n", " ").removesuffix(".")
        yield from _meanings(each)
