"""The direction of imports, as a check: each layer knows only those before it, and no modules import each other.

Prints a line for each import of the app or of ``local/`` that breaks a rule; then the status is 1.
"""

import ast
import sys
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Final

ROOT = Path(__file__).parents[2]

LAYERS: Final = (
    ("shared.own_json", "shared.csv_cells"),
    ("shared.errors", "shared.settings", "shared.logs", "shared.aside", "shared.at_once"),
    ("shared.domain",),
    ("shared.rules",),
    ("shared.azure_rest", "shared.storage_clock"),
    ("shared.storage", "shared.messaging"),
    ("shared.rule_books", "shared.candidates", "shared.gathering", "shared.laps", "shared.together"),
    ("shared.ports",),
    ("shared.telemetry",),
    ("shared.workflow",),
    ("shared.api",),
    ("shared.storage_account",),
    ("shared.wiring",),
    ("functions",),
    ("function_app",),
)
RANK: Final = {unit: rank for rank, units in enumerate(LAYERS) for unit in units}
OURS: Final = ("shared", "functions", "function_app", "local", "tests", "bench")

# What each part of `local/` may import of ours; the app may import none of them. The development host and the broker
# are packages for any app, and their tests run without this one.
LOCAL: Final = {
    "local.host": (),
    "local.broker": (),
    "tests.host": ("local.host", "local.broker", "tests.azure_rest.scripted_server"),
    "tests.broker": ("local.broker", "tests.outside_tools"),
    "local.setup": ("local.host.arguments", "local.host.ports"),
    "local.commands": (
        *("local.setup", "shared.errors", "shared.settings", "shared.logs", "shared.domain", "shared.rules"),
        *("shared.messaging", "shared.rule_books", "shared.at_once", "shared.csv_cells"),
        *("shared.azure_rest", "shared.storage", "shared.ports", "shared.workflow", "shared.storage_account"),
        "shared.storage_clock",
    ),
    "local.descriptions": (
        *("shared.settings", "shared.domain", "shared.rules", "shared.messaging", "shared.storage", "shared.api"),
    ),
    "local.reference": (
        *("local.setup", "local.descriptions", "shared.api", "shared.domain", "shared.rules", "shared.together"),
        "shared.workflow",
    ),
    "local": ("local.host", "local.broker", "local.setup", "shared.domain", "shared.rules", "shared.settings"),
}

# Modules behind a protocol: only the composition root and what it is made of pick one.
CONCRETE: Final = (
    "shared.storage.tables",
    "shared.messaging.storage_queue",
    "shared.messaging.service_bus",
    "shared.telemetry",
)
COMPOSING: Final = ("shared.wiring", "shared.storage_account")
PURE: Final = ("shared.domain", "shared.rules")
IMPURE: Final = (
    *(
        "aiohttp",
        "asyncio",
        "azure",
        "http",
        "io",
        "logging",
        "os",
        "pathlib",
        "random",
        "requests",
        "secrets",
        "shutil",
    ),
    *("socket", "sqlite3", "subprocess", "tempfile", "threading", "time", "urllib"),
)


def violations(module: str, source: str) -> Iterator[str]:
    """What is wrong in one module, in words."""
    tree = ast.parse(source)
    for name in sorted(set(_imports(tree))):
        yield from (f"{module} imports {name}: {reason}" for reason in _reasons(module, name))
    if _top(module) not in ("local", "tests") and module != "shared.settings" and _reads_environment(tree):
        yield f"{module} reads the environment: only shared.settings does"


def cycles(sources: Mapping[str, str]) -> Iterator[str]:
    """Modules that import each other while they load: whether that fails depends on which is imported first."""
    graph = {module: sorted(_loaded_by(module, source, sources)) for module, source in sources.items()}
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> Iterator[str]:
        if module in way:
            yield f"{' imports '.join((*way[way.index(module) :], module))}: modules import each other"
        elif module not in done:
            for each in graph[module]:
                yield from visit(each, (*way, module))
            done.add(module)

    for module in sorted(graph):
        yield from visit(module, ())


def _loaded_by(module: str, source: str, known: Container[str]) -> set[str]:
    """The modules that an import of this one imports, and the packages they are in, but not its own."""
    top = ast.Module([each for each in ast.parse(source).body if isinstance(each, ast.Import | ast.ImportFrom)], [])
    parts = (name.split(".") for name in _imports(top))
    loaded = {".".join(each[:count]) for each in parts for count in range(1, len(each) + 1)}
    return {each for each in loaded if each in known and not f"{module}.".startswith(f"{each}.")}


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield "." * node.level
            else:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _reasons(module: str, name: str) -> Iterator[str]:
    unit = _unit(module)
    if name.startswith("."):
        yield "write the whole name"
    elif unit in LOCAL:
        yield from _beyond(unit, name)
    elif _top(name) in OURS:
        yield from _direction(unit, _unit(name))
        if _within(name, CONCRETE) and module not in (*COMPOSING, *CONCRETE):
            yield "only shared.wiring picks an implementation"
    elif _within(name, ("azure.functions",)) and unit not in ("functions", "function_app"):
        yield "only functions/ knows azure.functions"
    elif unit in PURE and _top(name) in IMPURE:
        yield f"{unit} is pure"


def _direction(importer: str, imported: str) -> Iterator[str]:
    missing = [unit for unit in (importer, imported) if unit not in RANK]
    if missing:
        yield f"{missing[0]} is in no layer of the app"
    elif importer != imported and RANK[imported] >= RANK[importer]:
        yield f"{importer} comes before {imported}"


def _beyond(unit: str, name: str) -> Iterator[str]:
    """``local/`` is beside the layers, so each part has its own list, of parts or of single modules."""
    known = _unit(name) in (unit, *LOCAL[unit]) or name.rpartition(".")[0] in LOCAL[unit]
    if _top(name) in OURS and not known:
        yield f"of ours {unit} may import only {', '.join(LOCAL[unit]) or 'itself'}"


def _unit(name: str) -> str:
    """``shared.rules.reasons`` belongs to ``shared.rules``, all of ``functions`` to ``functions``."""
    parts = name.split(".")
    pair = ".".join(parts[:2])
    return pair if parts[0] == "shared" or pair in LOCAL else parts[0]


def _top(name: str) -> str:
    return name.partition(".")[0]


def _within(name: str, modules: tuple[str, ...]) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def _reads_environment(tree: ast.AST) -> bool:
    names = ("environ", "environb", "getenv")
    return any(
        (isinstance(node, ast.Attribute) and node.attr in names)
        or (isinstance(node, ast.ImportFrom) and any(alias.name in names for alias in node.names))
        for node in ast.walk(tree)
    )


def modules() -> dict[str, Path]:
    folders = (ROOT / name for name in ("functions", "shared", "local", "tests/host", "tests/broker"))
    files = [ROOT / "function_app.py", *(file for folder in folders for file in folder.rglob("*.py"))]
    names = (".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for file in files)
    return {name: file for name, file in zip(names, files, strict=True) if name != "shared"}


def main() -> int:
    sources = {module: file.read_text() for module, file in modules().items()}
    found = [each for module, source in sources.items() for each in violations(module, source)]
    found += cycles(sources)
    print("\n".join(found) or "imports point one way")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
