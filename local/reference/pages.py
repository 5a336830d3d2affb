"""Reference pages: prose written by hand, and between two comments what is generated from the code."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from local.reference import commands, criteria, events, limits, notification, security

PAGES = Path(__file__).parents[2] / "docs" / "reference"

PARTS: Mapping[str, Callable[[], str]] = {
    "event-types": events.event_types,
    "event-members": events.event_members,
    "envelope": events.envelope,
    "criteria": criteria.criteria,
    "notification": notification.envelope,
    "notification-data": notification.data,
    "notification-node": notification.node,
    "notification-summary-line": notification.summary_line,
    "notification-properties": notification.properties,
    "limits": limits.limits,
    "commands": commands.commands,
    "access": security.access,
    "functions": security.functions,
}
"""What can be generated, by the name that a page gives in ``<!-- generated: NAME -->``."""

_PART = re.compile(r"^(<!-- generated: ([\w-]+) -->\n).*?^(<!-- end -->)$", re.MULTILINE | re.DOTALL)


def filled(text: str) -> str:
    """The page with its generated parts made again; raises KeyError for one that nothing generates."""
    return _PART.sub(lambda part: f"{part[1]}\n{PARTS[part[2]]()}\n{part[3]}", text)


def parts_of(text: str) -> list[str]:
    """The names of the page's generated parts."""
    return [name for _, name, _ in _PART.findall(text)]
