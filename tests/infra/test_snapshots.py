"""What would be deployed, by three sets of parameters, is what the code, the documents and our rules say it must be."""

import re
from collections.abc import Callable, Iterator

import pytest

from tests.infra.all_faults import OF_EACH
from tests.infra.app_settings import setting_faults
from tests.infra.deployment import deployment_faults
from tests.infra.snapshots import DEFAULT, EVERYTHING, FOLDER, NAMES, ROOT, Snapshot, read_snapshots

SNAPSHOTS = read_snapshots()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("check", OF_EACH, ids=lambda check: check.__name__)
def test_a_check_of_a_set_of_parameters_finds_nothing(check: Callable[[Snapshot], Iterator[str]], name: str) -> None:
    assert list(check(SNAPSHOTS[name])) == []


def test_the_settings_that_are_set_are_those_that_are_read_and_described() -> None:
    assert list(setting_faults(SNAPSHOTS)) == []


def test_the_package_and_its_parameters_arrive_where_they_should() -> None:
    assert list(deployment_faults(ROOT / "infra", SNAPSHOTS[DEFAULT])) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_snapshot_names_no_folder_and_no_subscription_of_anybody(name: str) -> None:
    text = (FOLDER / f"{name}.snapshot.json").read_text("utf-8")
    assert set(re.findall(r"/subscriptions/([^/']+)/resourceGroups", text)) == {"00000000-0000-0000-0000-000000000001"}
    assert not re.search(r"(?<![\w.])/(home|root|tmp|Users|work|usr)/|[A-Z]:\\\\", text)
    assert str(ROOT) not in text


def test_everything_sets_every_setting_otherwise_than_by_default() -> None:
    """So that a parameter that arrives nowhere is seen; the identity and the addresses are Azure's to say."""
    default, everything = (settings(SNAPSHOTS[name]) for name in (DEFAULT, EVERYTHING))
    ours = {name for name in default if name.isupper() and not name.startswith(("APPLICATIONINSIGHTS", "PYTHON"))}
    alike = {name for name in ours if default[name] == everything[name]}
    assert alike == {"EVENTS_TRANSPORT", "NOTIFICATIONS_TRANSPORT"}


def settings(snapshot: Snapshot) -> dict[str, str]:
    found = snapshot.called("Microsoft.Web/sites/config", "appsettings")
    assert found
    return dict(found.at("properties"))
