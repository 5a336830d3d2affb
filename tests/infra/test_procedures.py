"""What docs/how-to/deploy.md says of upgrading, moving, keys and ending, as far as a machine without Azure can try it.

``tests/released`` runs 0.2.0 beside this version, ``tests/backup`` exports and imports, ``tests/commands`` makes the
same package twice.
"""

import re

import pytest

from local.host.keys import Keys
from shared.api.principal import Role
from shared.api.route import EVERYONE
from shared.api.routes import NOUNS
from shared.settings import RELEASED, read_settings
from tests.infra.app_settings import settings_set
from tests.infra.snapshots import DEFAULT, EVERYTHING, PRIVATE, ROOT, read_snapshots

SNAPSHOTS = read_snapshots()
PAGE = (ROOT / "docs" / "how-to" / "deploy.md").read_text("utf-8")
SECURITY = (ROOT / "docs" / "reference" / "security.md").read_text("utf-8")
ROUTES = {route.name: route for noun in NOUNS for route in noun.routes}
GLOBAL = ("Microsoft.Storage/storageAccounts", "Microsoft.ServiceBus/namespaces", "Microsoft.Web/sites")
"""Their names are unique in all of Azure."""


def test_two_deployments_of_one_name_in_two_regions_have_no_name_in_common_that_is_unique_in_azure() -> None:
    first, second = ({each.name for kind in GLOBAL for each in SNAPSHOTS[name].of(kind)} for name in (DEFAULT, PRIVATE))
    assert len(first) == len(second) == 5
    assert first.isdisjoint(second)


def test_the_oldest_version_arrives_at_the_app_and_is_one_that_was_released() -> None:
    read = {name: read_settings(settings_set(snapshot)) for name, snapshot in SNAPSHOTS.items()}
    assert (read[EVERYTHING].oldest_version, read[DEFAULT].oldest_version) == ("0.2.0", None)
    assert set(re.findall(r"azd env set OLDEST_VERSION (\d+\.\d+\.\d+)", PAGE)) <= set(RELEASED)


def test_a_deployment_beside_another_has_notifications_of_its_own() -> None:
    sources = {name: read_settings(settings_set(snapshot)).notifications_source for name, snapshot in SNAPSHOTS.items()}
    assert sources[EVERYTHING] != sources[DEFAULT]
    for chapter in ("## Upgrade\n", "## Move to another region\n", "## Take everything down\n"):
        assert "NOTIFICATIONS_SOURCE" in PAGE.partition(chapter)[2].partition("\n## ")[0]


def given_out(key: str, functions: list[str]) -> list[str]:
    """As the commands of the page give one: the same key, on each of these functions."""
    return [f"{function}:{key}" for function in functions]


@pytest.mark.parametrize("chapter", ["## First events\n", "## Keys\n"])
def test_a_key_that_is_given_out_opens_its_functions_and_no_other(chapter: str) -> None:
    (names, *_) = re.findall(r"for function in ([\w ]+);", PAGE.partition(chapter)[2])
    keys = Keys(given_out("of the caller", names.split()))
    opened = {name for name in ROUTES if keys.let_through("of the caller", name, "FUNCTION")}
    assert opened == set(names.split())


def test_while_a_key_is_rotated_both_open_and_then_only_the_new_one_does() -> None:
    chapter = PAGE.partition("## Keys\n")[2].partition("\n## ")[0]
    given, taken = (names.split() for names in re.findall(r"for function in ([\w ]+);", chapter))
    assert given == taken
    old, new = given_out("old", given), given_out("new", given)
    for function in given:
        assert Keys([*old, *new]).let_through("old", function, "FUNCTION")
        assert Keys([*old, *new]).let_through("new", function, "FUNCTION")
        assert Keys(new).let_through("new", function, "FUNCTION")
        assert not Keys(new).let_through("old", function, "FUNCTION")


@pytest.mark.parametrize("role", Role)
def test_the_functions_of_each_kind_of_caller_are_listed_and_open_what_it_may(role: Role) -> None:
    table = SECURITY.partition("### Function keys\n")[2].partition("<!-- end -->")[0]
    rows = re.findall(r"^\| ([^|]+) \| `([^`]+)` \|$", table, re.MULTILINE)
    may = {name for name, route in ROUTES.items() if role in route.roles}
    assert may in [set(names.split()) for _, names in rows]
    assert len(rows) == len(Role)


def test_no_function_that_needs_a_key_is_in_no_list() -> None:
    table = SECURITY.partition("### Function keys\n")[2].partition("<!-- end -->")[0]
    listed = {name for names in re.findall(r"`([^`]+)`", table) for name in names.split()}
    assert listed == {name for name, route in ROUTES.items() if route.roles != EVERYONE}
