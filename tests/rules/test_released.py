"""What released versions read of a rule set: as the schema says that each published, and nothing of it is guessed."""

import copy
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from shared.rule_books import SHIPPED
from shared.rules.document import parse_document
from shared.rules.released import READS, Form, Reads, unreadable
from shared.settings import RELEASED

FOLDER = Path(__file__).parents[1] / "released"
DOCUMENT = {name: each for name, each in json.loads(SHIPPED.read_bytes()).items() if name != "warnDaysBefore"}


def test_every_released_version_is_listed_everywhere() -> None:
    assert sorted(each.name for each in FOLDER.iterdir() if (each / "rule-set.json").exists()) == sorted(READS)
    assert sorted(RELEASED) == sorted(READS)


@pytest.mark.parametrize("version", RELEASED)
def test_a_released_version_reads_what_its_schema_said(version: str) -> None:
    schema = json.loads((FOLDER / version / "rule-set.json").read_bytes())
    assert READS[version] == reads_of(schema)


def reads_of(schema: dict[str, Any]) -> Reads:
    """What a version reads, by the schema of rule sets that it published."""
    document = {name: form_of(each) for name, each in schema["properties"].items()}
    criteria = {}
    defined = [each for name, each in schema["$defs"].items() if name.startswith("criterion")]
    for each in [one for every in defined for one in every.get("oneOf", [every]) if "properties" in one]:
        properties = dict(each["properties"])
        kind = properties.pop("type")["const"]
        criteria[kind] = {name: form_of(member) for name, member in properties.items()}
    return Reads(document, criteria)


def form_of(schema: dict[str, Any]) -> Form:
    items = schema.get("items", schema)
    if "const" in items:
        return frozenset((items["const"],))
    if "enum" in items:
        return frozenset(items["enum"])
    if "properties" in items:
        return {name: form_of(each) for name, each in items["properties"].items()}
    return None


@pytest.mark.parametrize("version", RELEASED)
@pytest.mark.parametrize("path", sorted(SHIPPED.parent.glob("*.json")), ids=lambda path: path.name)
def test_of_the_shipped_rule_sets_every_released_version_reads_all_but_days_of_warning_and_exceptions(
    version: str, path: Path
) -> None:
    found = [error.path for error in unreadable(READS[version], json.loads(path.read_bytes()))]
    exceptions = ["$.criteria.criteria[0].type"] if path.stem == "2025-01-01" else []
    assert found == ["$.warnDaysBefore", *exceptions]


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    document: dict[str, Any] = copy.deepcopy(DOCUMENT)
    change(document)
    return document


LATER: Mapping[str, tuple[Callable[[dict[str, Any]], object], str, str]] = {
    "a schema": (lambda each: each.update(schema="fasttrack.rule-set/v2"), "$.schema", '"fasttrack.rule-set/v2"'),
    "a member": (lambda each: each.update(warnDaysBefore=[7]), "$.warnDaysBefore", "this member"),
    "a member of an application": (
        lambda each: each["applications"][1].update(tier="x"),
        "$.applications[1].tier",
        "this member",
    ),
    "an area": (lambda each: each["applications"][0]["areas"].append("sales"), "$.applications[0].areas[1]", '"sales"'),
    "a type of criterion": (
        lambda each: each["criteria"]["criteria"].append({"type": "exception", "id": "x", "title": "X"}),
        "$.criteria.criteria[2].type",
        '"exception"',
    ),
    "a member of a criterion": (
        lambda each: each["criteria"]["criteria"][0].update(within="P1Y"),
        "$.criteria.criteria[0].within",
        "this member",
    ),
    "a type below another": (
        lambda each: each["criteria"]["criteria"][1]["criterion"].update(type="none-of"),
        "$.criteria.criteria[1].criterion.type",
        '"none-of"',
    ),
}


@pytest.mark.parametrize("later", LATER)
def test_what_a_version_does_not_know_is_named(later: str) -> None:
    change, path, what = LATER[later]
    (error,) = unreadable(READS["0.2.0"], changed(change))
    assert (error.path, error.message) == (path, f"{what} is not known to it")


def test_this_version_reads_what_the_oldest_one_does() -> None:
    assert unreadable(READS["0.2.0"], parse_document(DOCUMENT).value) == []
