"""The reference of the notification: its envelope, its data, the criteria in it, its properties on Service Bus."""

from collections.abc import Mapping
from typing import Any

from local.descriptions.catalogue import definitions
from local.reference.markdown import code, codes, table
from shared.workflow.relay import FILTERS

_HEAD = ("member", "there", "what it is")


def envelope() -> str:
    return _members(definitions()["notification"], without=("data",))


def data() -> str:
    return _members(definitions()["notification"]["properties"]["data"])


def node() -> str:
    return _members(definitions()["node"])


def summary_line() -> str:
    return _members(definitions()["summary-line"])


def properties() -> str:
    return f"Application properties: {codes(FILTERS)}.\n"


def _members(schema: Mapping[str, Any], without: tuple[str, ...] = ()) -> str:
    rows = (
        (code(name), "always" if name in schema["required"] else "where it applies", _told(member))
        for name, member in schema["properties"].items()
        if name not in without
    )
    return table(_HEAD, rows)


def _told(member: Mapping[str, Any]) -> str:
    """In words what the schema says of a member; for one defined elsewhere, that definition's words."""
    if "$ref" in member:
        return _told(definitions()[member["$ref"].rpartition("/")[2]])
    if "const" in member and "description" not in member:
        return f'"{member["const"]}"'
    either = [each for each in member.get("anyOf", ()) if each != {"type": "null"}]
    if either and "description" not in member:
        return f"{_told(either[0])}; or null"
    said = str(member.get("description", "")).rstrip(".")
    words = [str(each) for each in member.get("enum", ()) if each is not None]
    said += f": {codes(words)}" if words else ""
    return f"{said}; or null" if _may_be_null(member) and "null" not in said else said


def _may_be_null(member: Mapping[str, Any]) -> bool:
    kind = member.get("type")
    return isinstance(kind, list) and "null" in kind
