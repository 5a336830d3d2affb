"""The reference of who may ask what: a row for each route that asks for a role, and each role's functions."""

from local.reference.markdown import code, table
from shared.api.principal import Role
from shared.api.routes import NOUNS

_NAMES = {
    Role.READER: "reader",
    Role.PUBLISHER: "publisher",
    Role.RULE_MANAGER: "rule manager",
    Role.RULE_APPROVER: "rule approver",
    Role.OPERATOR: "operator",
    Role.EXCEPTION_MANAGER: "exception manager",
}


def access() -> str:
    routes = (route for noun in NOUNS for route in noun.routes if route.roles)
    rows = (
        (code(f"{each.method} {each.path}"), *("yes" if role in each.roles else "" for role in _NAMES))
        for each in routes
    )
    return table(("route", *_NAMES.values()), rows)


def functions() -> str:
    """By role, as function keys are given out; the host's names, which follow one another on a command line."""
    routes = [route for noun in NOUNS for route in noun.routes]
    rows = ((name, code(" ".join(each.name for each in routes if role in each.roles))) for role, name in _NAMES.items())
    return table(("caller", "functions"), rows)
