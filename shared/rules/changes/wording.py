"""Words for the sentences that describe changes."""

from collections.abc import Sequence

_NAMES = {
    "cloud-business-applications": "Cloud Business Applications competency",
    "solutions-partner-business-applications": "Solutions Partner for Business Applications designation",
    "success-by-design": "Success by Design",
}


def name_of(known: str) -> str:
    return _NAMES.get(known) or words(known)


def words(name: str) -> str:
    return name.replace("-", " ")


def listed(items: Sequence[str], last: str) -> str:
    return f"{', '.join(items[:-1])} {last} {items[-1]}" if len(items) > 1 else items[0]
