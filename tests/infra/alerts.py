"""Alerts: their queries read log lines that the code writes, and each is explained to who is woken by it.

A line comes out for each query, and each explanation in docs/how-to/operate.md, that leads nowhere.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache

from shared.messaging.sender import Queue
from tests.infra.app_settings import ROOT
from tests.infra.rules import parts
from tests.infra.template import Template, Value

RULES = ("Microsoft.Insights/metricAlerts", "Microsoft.Insights/scheduledQueryRules")
GUIDE = "docs/how-to/operate.md"


def alert_faults(template: Template) -> Iterator[str]:
    headings, explained = _headings(), set[str]()
    for file, each in template.resources():
        if each.type not in RULES:
            continue
        where = f"{file.path}:{each.line} {each.name}"
        anchor = str(file.at("properties.description", each.value)).partition(f"{GUIDE}#")[2]
        explained.add(anchor)
        if anchor not in headings:
            yield f"{where}: {GUIDE} has no heading for #{anchor}"
        criteria = file.at("properties.criteria.allOf", each.value)
        for query in _found(criteria, "query"):
            yield from (f"{where}: {fault}" for fault in query_faults(query))
        for name in sorted({*_found(criteria, "values")} - {"*", *Queue}):
            yield f"{where}: there is no queue or topic {name!r}"
    yield from (f"{GUIDE}: {name!r} is no alert" for name in sorted(_alert_headings() - explained))
    for query in re.findall(r"```kusto\n(.*?)```", _guide(), re.DOTALL):
        yield from (f"{GUIDE}: {fault}" for fault in query_faults(query))


def query_faults(query: str) -> Iterator[str]:
    """What it asks of the log that the code does not write."""
    lines = _lines_written()
    asked = re.findall(r'"what":"([^"]+)"', query)
    yield from (f"nothing logs {what!r}" for what in asked if what not in lines)
    fields = {field for what in asked for field in lines.get(what, ())}
    for field in re.findall(r"parse_json\(message\)\.(\w+)", query):
        if asked and field not in fields:
            yield f"{' and '.join(asked)} have no field {field!r}"


def _found(value: Value, name: str) -> Iterator[str]:
    """The texts of that name at any depth."""
    for part in parts(value):
        yield from _found(part, name)
    if isinstance(value, dict) and name in value:
        texts = value[name]
        yield from (str(each) for each in (texts if isinstance(texts, list) else [texts]))


@cache
def _lines_written() -> dict[str, set[str]]:
    """What the code logs, each with the fields that stand at the call."""
    lines: dict[str, set[str]] = {}
    for path in [*(ROOT / "shared").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and ast.unparse(node.func.value).endswith("_log")
            ):
                what = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else ""
                lines.setdefault(str(what), set()).update(str(each.arg) for each in node.keywords)
    return lines


def _guide() -> str:
    return (ROOT / GUIDE).read_text("utf-8")


def _headings() -> set[str]:
    return {_anchor(each) for each in re.findall(r"^#+ (.+)$", _guide(), re.MULTILINE)}


def _alert_headings() -> set[str]:
    """Those of the chapter on alerts."""
    chapter = re.search(r"^## Alerts$(.*?)(?=^## |\Z)", _guide(), re.MULTILINE | re.DOTALL)
    return {_anchor(each) for each in re.findall(r"^### (.+)$", chapter[1] if chapter else "", re.MULTILINE)}


def _anchor(heading: str) -> str:
    return heading.lower().replace(" ", "-")
