"""Who asks: the caller's name and app roles."""

from __future__ import annotations

from typing import Annotated

from shared.api.principal import Role
from shared.api.route import ANY_ROLE, Noun, Route, Signed
from shared.api.shapes import TypedDict, among
from shared.ports import Ports
from shared.settings import Access, access

NOUN = Noun("Caller", "Who asks.")

_ACCESS = (
    "how the app knows its callers: `app-roles`: they sign in; `keys`: they have a key, which names nobody; "
    "`local`: on a developer's machine nothing is asked"
)


class Me(TypedDict):
    """The caller."""

    name: Annotated[str, "the verified caller's name; null where callers do not sign in"] | None
    roles: Annotated[
        list[Annotated[str, among(each.value for each in Role)]],
        "the app roles that the caller has; all of them where callers do not sign in",
    ]
    access: Annotated[str, _ACCESS, among(Access)]


@Route(NOUN, "GET", "me", ANY_ROLE, "The caller's name and roles", "The caller.")
async def get_me(_: Ports, who: Signed = None) -> Me:
    roles = who.roles if who else frozenset(Role)
    return {
        "name": who.name if who else None,
        "roles": [each.value for each in Role if each in roles],
        "access": access().value,
    }
