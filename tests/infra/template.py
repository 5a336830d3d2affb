"""A Bicep template as data: its files, each with what it declares.

Text, numbers and lists are plain values; what only Azure can work out stays an expression.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

type Value = str | int | bool | list[Value] | dict[str, Value] | Expression | None


@dataclass(frozen=True)
class Expression:
    """``kind`` is the grammar's; ``text`` the name of what is called, else all; ``parts`` the operands (of a call its
    arguments, of a choice what it may give)."""

    kind: str
    text: str
    parts: tuple[Value, ...] = ()
    source: str = ""


REQUIRED = Expression("required", "")
"""The value of a parameter without a default."""


@dataclass(frozen=True)
class Declaration:
    """A resource, module, parameter, variable or output. ``of``: resource type, path of the module, or type."""

    kind: str
    name: str
    line: int
    of: str
    value: Value
    decorators: dict[str, Value] = field(default_factory=dict)
    loop: str = ""
    items: Value = None
    """What a resource is repeated for, each time under the name ``loop``."""

    @property
    def body(self) -> dict[str, Value]:
        return self.value if isinstance(self.value, dict) else {}

    @property
    def type(self) -> str:
        return self.of.partition("@")[0]

    @property
    def version(self) -> str:
        return self.of.partition("@")[2]


@dataclass(frozen=True)
class File:
    path: str
    declarations: tuple[Declaration, ...]
    errors: tuple[int, ...]
    """Lines that the grammar does not know; where there are any, nothing else is read of the file."""
    names: frozenset[str]
    """Every name that is used, those of properties apart."""

    def all(self, kind: str) -> list[Declaration]:
        return [each for each in self.declarations if each.kind == kind]

    def find(self, name: str) -> Declaration | None:
        return next((each for each in self.declarations if each.name == name and each.kind != "output"), None)

    def at(self, path: str, value: Value) -> Value:
        """What stands at a path such as ``properties.sku.name``; None where nothing does."""
        for step in path.split("."):
            value = self.resolve(value)
            value = value.get(step) if isinstance(value, dict) else None
        return self.resolve(value)

    def resolve(self, value: Value) -> Value:
        """The value a variable or a member of one stands for; anything else as it is."""
        if not isinstance(value, Expression):
            return value
        if value.kind == "identifier":
            found = self.find(value.text)
            return self.resolve(found.value) if found and found.kind == "variable" else value
        if value.kind == "member_expression":
            whole = self.resolve(value.parts[0])
            member = value.text.rpartition(".")[2]
            return self.resolve(whole[member]) if isinstance(whole, dict) and member in whole else value
        return value

    def options(self, value: Value) -> list[Value]:
        """Everything a value may turn out to be: both ends of a choice."""
        value = self.resolve(value)
        if isinstance(value, Expression) and value.kind == "ternary_expression":
            return [option for part in value.parts for option in self.options(part)]
        return [value]


@dataclass(frozen=True)
class Template:
    folder: Path
    files: tuple[File, ...]

    def resources(self) -> Iterator[tuple[File, Declaration]]:
        return ((file, each) for file in self.files for each in file.all("resource"))

    def file(self, path: str) -> File:
        return next(each for each in self.files if each.path == path)
