"""./dev package: the zip alone, unpacked anywhere, is an app whose functions the worker finds."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import azure_functions_runtime
import pytest

from local.commands.package import PACKAGES, app_files, compile_code, is_left_out, main, write_zip
from local.setup.steps import ROOT
from tests.infra.app_settings import settings_set
from tests.infra.entities import functions_under
from tests.infra.snapshots import read_snapshots

PLATFORM = ("azure_functions_runtime", "azurefunctions")
"""What Azure has beside an app: Microsoft's worker library."""
WORKER = """
import asyncio, json, sys
from pathlib import Path

app, platform = sys.argv[1:]
sys.path[:] = [path for path in sys.path if "site-packages" not in path]
sys.path += [f"{app}/.python_packages/lib/site-packages", platform]
from local.host.worker import Worker

found = asyncio.run(Worker(None).load(Path(app)))
inside = [name for name, each in sys.modules.items() if str(getattr(each, "__file__", "")).startswith(app)]
print(json.dumps({"found": sorted(each.name for each in found), "inside": inside}))
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("package") / "package.zip"
    assert main([str(file)]) == 0
    return file


@pytest.mark.timeout(600)  # the pinned packages may have to be fetched
def test_the_worker_finds_every_function_from_the_unpacked_package_alone(package: Path, tmp_path: Path) -> None:
    app, platform = tmp_path / "app", tmp_path / "platform"
    zipfile.ZipFile(package).extractall(app)
    site_packages = Path(azure_functions_runtime.__file__).parents[1]
    for name in PLATFORM:
        shutil.copytree(site_packages / name, platform / name)
    shutil.copytree(ROOT / "local" / "host", platform / "local" / "host")
    settings = settings_set(read_snapshots()["default"])
    command = [sys.executable, "-I", "-S", "-c", WORKER, str(app), str(platform)]
    environment = {"PATH": os.environ["PATH"], **settings, "AUTHORISATION": "keys"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["found"] == sorted(functions_under(settings))
    assert {"shared.wiring", "azure.functions"} <= set(told["inside"])


def test_it_has_the_pinned_packages_for_linux_and_its_code_compiled(package: Path) -> None:
    names = zipfile.ZipFile(package).namelist()
    pinned = [line.partition("==") for line in (ROOT / "requirements.txt").read_text().splitlines() if "==" in line]
    there = {name.split("/")[3].lower() for name in names if name.endswith(".dist-info/METADATA")}
    wanted = {f"{name.replace('-', '_')}-{rest.split()[0]}.dist-info" for name, _, rest in pinned if ";" not in rest}
    assert wanted - there == set()
    binaries = [name for name in names if name.endswith((".so", ".pyd", ".dylib"))]
    assert binaries
    assert all("x86_64-linux-gnu" in name or ".abi3.so" in name for name in binaries)
    assert "shared/__pycache__/wiring.cpython-313.pyc" in names


def test_it_holds_nothing_of_this_machine(package: Path) -> None:
    archive = zipfile.ZipFile(package)
    here = str(ROOT).encode()
    assert [name for name in archive.namelist() if here in archive.read(name)] == []
    assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_same_files_make_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name / PACKAGES).mkdir(parents=True)
        (tmp_path / name / PACKAGES / "b.py").write_text("B = 1\n")
        (tmp_path / name / "a.py").write_text("A = 1\n")
        compile_code(tmp_path / name)
        assert write_zip(tmp_path / name, tmp_path / f"{name}.zip") == 4
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()


def test_it_holds_the_app_and_no_tests_tools_or_settings_of_this_machine() -> None:
    files = [file.as_posix() for file in app_files()]
    assert {"function_app.py", "host.json", "requirements.txt", "shared/wiring.py"} <= set(files)
    assert {file.partition("/")[0] for file in files} == {
        *("LICENSE", "function_app.py", "functions", "host.json", "requirements.txt", "rule_sets", "shared"),
    }
    assert is_left_out("local.settings.json")
    assert is_left_out("shared/__pycache__/wiring.cpython-313.pyc")
