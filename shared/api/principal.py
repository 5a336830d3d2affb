"""Reads who calls and with which app roles, as App Service authentication verified it.

The platform sets the header, and removes one that comes from outside.
"""

import base64
from dataclasses import dataclass
from enum import Enum

from shared.api.bodies import MAX_NAME, is_shown
from shared.api.problems import Problem
from shared.domain.strict_json import parse_json
from shared.domain.who import Who
from shared.errors import PermanentError

HEADER = "x-ms-client-principal"
MAX_HEADER = 64 * 1024


class Role(Enum):
    """An app role, by the value its claim has."""

    READER = "Eligibility.Read"
    PUBLISHER = "Events.Publish"
    RULE_MANAGER = "Rules.Manage"
    OPERATOR = "Operations.Manage"
    RULE_APPROVER = "Rules.Approve"
    EXCEPTION_MANAGER = "Exceptions.Manage"


_ROLES = {role.value: role for role in Role}
_ROLE_CLAIM = "roles"
_UPN = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"
_NAMES = ("preferred_username", _UPN)
"""Claims with a person's name in tokens of version 2 and 1: an administrator gives it, unlike the display name."""
_APPS = ("azp", "appid")
"""Claims with the id of an app that calls for itself."""


_IDS = ("oid", "http://schemas.microsoft.com/identity/claims/objectidentifier")
"""Claims with the directory's id of a person or an app, which stays whatever they are called."""


@dataclass(eq=False, repr=False)
class Principal:
    """A caller; roles that the app does not know are left out. ``id`` is empty if no claim says it."""

    name: str
    roles: frozenset[Role]
    id: str = ""

    @property
    def who(self) -> Who:
        return Who(self.name, True, self.id)


def read_principal(header: str) -> Principal:
    """The caller in the header; raises Problem 401."""
    if not header:
        raise _unknown("nobody is signed in; send a bearer token for this app")
    if len(header) > MAX_HEADER:
        raise _unknown(f"{HEADER} has more than {MAX_HEADER} characters")
    try:
        value = parse_json(base64.b64decode(header, validate=True))
        claims = [(str(claim["typ"]), str(claim["val"])) for claim in value["claims"]]
        names, roles = (*_NAMES, value.get("name_typ"), *_APPS), (value.get("role_typ"), _ROLE_CLAIM)
    except (ValueError, LookupError, TypeError, AttributeError, PermanentError) as fault:
        raise _unknown(f"{HEADER} is not base64 of a JSON object with claims") from fault
    known = frozenset(_ROLES[each] for typ, each in claims if typ in roles and each in _ROLES)
    person = next((value[:MAX_NAME] for typ, value in claims if typ in _IDS), "")
    return Principal(_name(claims, names), known, person)


def _name(claims: list[tuple[str, str]], types: tuple[object, ...]) -> str:
    """The first name there is, cleaned; never empty, since an empty one means an unverified caller."""
    found = (name for wanted in types for typ, name in claims if typ == wanted and name.strip())
    name = next(found, "a caller without a name")[:MAX_NAME]
    return "".join(each if is_shown(each) else "?" for each in name)


def _unknown(detail: str) -> Problem:
    return Problem(401, "Not signed in", detail, headers={"WWW-Authenticate": "Bearer"})
