"""Alerts: their queries read log lines that the code writes, and each is explained to who is woken by it.

A line comes out for each query, and each explanation in docs/how-to/operate.md, that leads nowhere.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache

from shared.messaging.sender import Queue
from tests.infra.snapshots import ROOT, Snapshot, members

RULES = ("Microsoft.Insights/metricAlerts", "Microsoft.Insights/scheduledQueryRules")
GUIDE = "docs/how-to/operate.md"


def alert_faults(snapshot: Snapshot) -> Iterator[str]:
    headings, explained = _headings(), set[str]()
    for each in (each for kind in RULES for each in snapshot.of(kind)):
        anchor = str(each.at("properties.description")).partition(f"{GUIDE}#")[2]
        explained.add(anchor)
        if anchor not in headings:
            yield f"{each.name}: {GUIDE} has no heading for #{anchor}"
        criteria = each.at("properties.criteria")
        for query in _found(criteria, "query"):
            yield from (f"{each.name}: {fault}" for fault in query_faults(query))
        for name in sorted({*_found(criteria, "values")} - {"*", *Queue}):
            yield f"{each.name}: there is no queue or topic {name!r}"
    yield from (f"{GUIDE}: {name!r} is no alert" for name in sorted(_alert_headings() - explained))
    yield from _watched(snapshot)
    for query in re.findall(r"```kusto\n(.*?)```", _guide(), re.DOTALL):
        yield from (f"{GUIDE}: {fault}" for fault in query_faults(query))


def _watched(snapshot: Snapshot) -> Iterator[str]:
    """Of each queue and topic it is told when messages stay: by the platform's metric, or the app's count."""
    metrics = [each.at("properties.criteria") for each in snapshot.of(RULES[0])]
    queries = [query for each in snapshot.of(RULES[1]) for query in _found(each.at("properties.criteria"), "query")]
    for kind in ("queues", "topics"):
        for each in snapshot.of(f"Microsoft.ServiceBus/namespaces/{kind}"):
            if not any(each.called in _found(criteria, "values") for criteria in metrics):
                yield f"{each.called}: no alert tells when messages stay there"
    if snapshot.of("Microsoft.Storage/storageAccounts/queueServices/queues") and not any(
        '"what":"queue counted"' in query for query in queries
    ):
        yield "Storage queues: no alert tells when messages stay there"


def query_faults(query: str) -> Iterator[str]:
    """What it asks of the log that the code does not write."""
    lines = _lines_written()
    asked = re.findall(r'"what":"([^"]+)"', query)
    yield from (f"nothing logs {what!r}" for what in asked if what not in lines)
    fields = {field for what in asked for field in lines.get(what, ())}
    for field in re.findall(r"parse_json\(message\)\.(\w+)", query):
        if asked and field not in fields:
            yield f"{' and '.join(asked)} have no field {field!r}"


def _found(value: object, name: str) -> list[str]:
    """The texts of that name at any depth."""
    texts = [each for called, each in members(value) if called == name]
    return [str(one) for each in texts for one in (each if isinstance(each, list) else [each])]


@cache
def _lines_written() -> dict[str, set[str]]:
    """What the code logs, each with the fields that stand at the call."""
    lines: dict[str, set[str]] = {}
    for path in [*(ROOT / "shared").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and (arguments := _logged(node)):
                what = arguments[0].value if isinstance(arguments[0], ast.Constant) else ""
                lines.setdefault(str(what), set()).update(str(each.arg) for each in node.keywords)
    return lines


def _logged(call: ast.Call) -> list[ast.expr]:
    """The arguments of a call that logs, from the record's name on: ``_log.info(...)``, ``alone(_log, ...)``."""
    if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value).endswith("_log"):
        return call.args
    is_alone = isinstance(call.func, ast.Name) and call.func.id == "alone"
    return call.args[1:] if is_alone else []


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
