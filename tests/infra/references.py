"""What a Bicep compiler would say of names: that each is declared, used and explained, and that modules fit together.

Arrives: a template. Leaves: a line for each name that does not fit.
"""

import posixpath
import re
from collections.abc import Iterator

from tests.infra.template import REQUIRED, Declaration, File, Template

# What the language brings along.
_DECORATORS = ("description", "metadata", "minLength", "maxLength", "minValue", "maxValue", "allowed")
_FUNCTIONS = ("guid", "union", "empty", "split", "uniqueString", "subscriptionResourceId")
_SURROUNDINGS = ("subscription", "tenant", "environment")
_BROUGHT = frozenset((*_DECORATORS, *_FUNCTIONS, *_SURROUNDINGS))


def reference_faults(template: Template) -> Iterator[str]:
    yield from unread(template)
    for file in template.files:
        yield from _names(file)
        for module in file.all("module"):
            yield from _module(template, file, module)


def unread(template: Template) -> list[str]:
    """The lines that the grammar does not know: nothing else can be said of such a file."""
    return [f"{file.path}:{line} is not what the grammar knows" for file in template.files for line in file.errors]


def _names(file: File) -> Iterator[str]:
    loops = {each.loop for each in file.declarations}
    declared = {each.name for each in file.declarations if each.kind not in ("output", "metadata")}
    for name in sorted(file.names - declared - loops - _BROUGHT):
        yield f"{file.path}: {name} is not declared"
    for each in file.declarations:
        if each.kind in ("param", "variable") and each.name not in file.names:
            yield f"{file.path}:{each.line} {each.kind} {each.name} is not used"
        if each.kind in ("param", "output") and not each.decorators.get("description"):
            yield f"{file.path}:{each.line} {each.kind} {each.name} has no @description"


def _module(template: Template, file: File, module: Declaration) -> Iterator[str]:
    where = f"{file.path}:{module.line} module {module.name}"
    path = posixpath.join(posixpath.dirname(file.path), module.of)
    target = next((each for each in template.files if each.path == path), None)
    if target is None:
        yield f"{where}: there is no {path}"
        return
    given = module.body.get("params")
    given = given if isinstance(given, dict) else {}
    wanted = {each.name: each for each in target.all("param")}
    yield from (f"{where}: {path} has no parameter {name}" for name in given if name not in wanted)
    for name, each in wanted.items():
        if each.value == REQUIRED and name not in given:
            yield f"{where}: parameter {name} is missing"
    outputs = {each.name for each in target.all("output")}
    for name in sorted(set(outputs_used(template, file, module.name)) - outputs):
        yield f"{where}: {path} has no output {name}"


def outputs_used(template: Template, file: File, module: str) -> list[str]:
    """The outputs of a module that its file uses anywhere."""
    return re.findall(rf"\b{module}\.outputs\.(\w+)", (template.folder / file.path).read_text())
