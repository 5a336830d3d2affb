"""What Microsoft's compiler says of a fault is heard, and the template refuses what the platform would.

That it says nothing of the template, and that the snapshots are what it makes, ./dev check sees to. Skipped where no
Bicep compiler is: then the tests that read the committed snapshots run alone.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.infra.compiler import NONE_HERE, bicep, compiled, compiler_faults, refused, snapshot_faults
from tests.infra.snapshots import DEFAULT, ROOT

COMPILER = bicep() or ""
pytestmark = [
    pytest.mark.skipif(not COMPILER, reason=NONE_HERE),
    pytest.mark.timeout(600),  # a compiler run takes two seconds of one processor
]


@pytest.fixture
def infra(tmp_path: Path) -> Path:
    return shutil.copytree(ROOT / "infra", tmp_path / "infra")


PLANTED = [
    ("modules/messaging.bicep", "lockDuration: 'PT5M'", "lockDuraton: 'PT5M'", "BCP089"),
    ("modules/messaging.bicep", "maxDeliveryCount: 5", "maxDeliveryCount: '5'", "BCP036"),
    ("modules/monitoring.bicep", "workspaces@2025-07-01", "workspaces@2025-07-02", "BCP081"),
    ("modules/app.bicep", "serverFarmId: plan.id", "serverFarmId: pln.id", "BCP057"),
    ("modules/alerts.bicep", "    evaluationFrequency: 'PT5M'\n", "", "BCP035"),
    ("main.bicep", "    sku: busSku\n", "", "BCP035"),
    ("main.bicep", "storage.outputs.tableServiceUri", "storage.outputs.tables", "BCP053"),
    ("modules/storage.bicep", "    name: sku\n", "    name: 'Standard_LRS'\n", "no-unused-params"),
]
"""Faults that a reader of the text cannot see; of four of them the compiler only warns, and ends with 0."""


@pytest.fixture(scope="module")
def said_of_planted(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """All faults in one copy: each run of the compiler takes seconds."""
    infra = shutil.copytree(ROOT / "infra", tmp_path_factory.mktemp("planted") / "infra")
    for path, old, new, _ in PLANTED:
        text = (infra / path).read_text("utf-8")
        assert old in text
        (infra / path).write_text(text.replace(old, new, 1), "utf-8")
    return list(compiler_faults(COMPILER, infra))


@pytest.mark.parametrize(
    ("path", "said"), [(path, said) for path, _, _, said in PLANTED], ids=[f"{each[0]} {each[3]}" for each in PLANTED]
)
def test_a_planted_fault_is_noticed(said_of_planted: list[str], path: str, said: str) -> None:
    assert [line for line in said_of_planted if line.startswith(f"{path}(") and said in line]


def test_a_template_that_makes_something_else_than_its_snapshot_is_noticed(infra: Path) -> None:
    text = (infra / "modules" / "messaging.bicep").read_text("utf-8")
    (infra / "modules" / "messaging.bicep").write_text(text.replace("maxDeliveryCount: 5", "maxDeliveryCount: 6"))
    found = list(snapshot_faults(COMPILER, infra, [DEFAULT]))
    assert [line for line in found if "snapshots/default.bicepparam: write it again" in line]
    assert [line for line in found if "maxDeliveryCount" in line]


SET = "using '../main.bicep'\nparam environmentName = 'x'\nparam location = '{}'\n{}\n"
REFUSED = [
    ("swedencentral", "param zoneRedundant = true\nparam alwaysReadyHttp = 1", "alwaysReadyHttp 0, or at least 2"),
    ("ukwest", "param dataStorageSku = 'Standard_ZRS'", "ukwest has no availability zones"),
    ("ukwest", "param zoneRedundant = true\nparam alwaysReadyHttp = 2", "ukwest has no availability zones"),
    ("swedencentral", "param approvals = 1", "approvals needs easyAuthClientId"),
    ("swedencentral", "param networkAccess = 'private'\nparam serviceBusSku = 'Standard'", "serviceBusSku Premium"),
    ("atlantis", "", "BCP033"),
]


@pytest.mark.parametrize(("location", "parameters", "said"), REFUSED, ids=[each[2] for each in REFUSED])
def test_what_the_platform_would_refuse_is_refused_before_anything_is_made(
    infra: Path, location: str, parameters: str, said: str
) -> None:
    assert said in refused(COMPILER, infra, SET.format(location, parameters))


def test_a_region_and_a_name_are_enough(infra: Path) -> None:
    assert refused(COMPILER, infra, SET.format("swedencentral", "")) == ""


@pytest.fixture(scope="module")
def modules() -> dict[str, Any]:
    """The deployments of the compiled template, by name."""
    template = compiled(COMPILER, ROOT / "infra")
    found: dict[str, Any] = {}
    resources = template["resources"]
    assert isinstance(resources, list | dict)
    for each in resources.values() if isinstance(resources, dict) else resources:
        if each["type"] == "Microsoft.Resources/deployments":
            found[str(each["name"])] = each
    return found


def _before(module: str, modules: dict[str, Any]) -> set[str]:
    """The modules that are made before it, by what it uses of them."""
    waits, open_ = set[str](), [module]
    while open_:
        told = " ".join(map(str, modules[open_.pop()].get("dependsOn", ())))
        direct = {name for name in modules if f"'{name}'" in told} - waits
        waits |= direct
        open_ += direct
    return waits


def test_the_roles_of_the_hosts_account_are_given_before_all_else_and_the_app_comes_last(
    modules: dict[str, Any],
) -> None:
    """Roles take minutes to take effect. What is made after them gives them that time."""
    assert _before("host", modules) == {"identity"}
    for name in ("audit", "monitoring", "storage", "messaging"):
        assert "host" in _before(name, modules)
    giving = {name for name, each in modules.items() if "Microsoft.Authorization/roleAssignments" in json.dumps(each)}
    assert giving == {"host", "monitoring", "storage", "messaging"}
    assert _before("app", modules) >= giving


def test_the_app_trusts_in_roles_after_signing_in_is_set_up(modules: dict[str, Any]) -> None:
    resources = modules["app"]["properties"]["template"]["resources"]
    found = [*(resources.values() if isinstance(resources, dict) else resources)]
    (settings,) = [each for each in found if "appsettings" in json.dumps(each.get("name", ""))]
    waits = json.dumps(settings["dependsOn"])
    for name in ("authsettingsV2", "'ftp'", "'scm'"):
        assert name in waits
