"""./dev reconcile over the storage of a running app."""

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from azure.data.tables import TableServiceClient

from local.azurite import Azurite, temporary_folder
from local.commands import reconcile
from local.host.development_storage import ACCOUNT
from local.host.ports import HOST
from local.setup.steps import ROOT
from tests import events
from tests.azure_stores import table_store
from tests.commands.azure_cli import certificate, put_cli, token_for
from tests.system.running_system import running_system
from tests.world import World


def test_a_sound_store_passes_and_a_missing_row_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_system(tmp_path / "log") as system:
        system.create_event_queue()
        for message in (*events.qualified(), *events.eligible()):
            system.send(message)
        system.host.settle()
        monkeypatch.setenv("EligibilityStorage", system.host.connection)
        assert reconcile.main([]) == 0
        assert capsys.readouterr().out == "no differences\n"
        with TableServiceClient.from_connection_string(system.host.connection) as tables:
            tables.get_table_client("directory").delete_entity("C-1", "C-1")
        assert reconcile.main([]) == 1
        assert capsys.readouterr().out == "C-1: is not in the directory\n1 differences\n"
        assert reconcile.main(["--exit-code"]) == 10


@pytest.mark.parametrize("setting", ["", "AccountKey=Y2FuYXJ5"])
def test_without_a_connection_string_it_says_what_to_set_and_not_what_was_set(
    setting: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EligibilityStorage", setting)
    assert reconcile.main(["--exit-code"]) == 1
    told = capsys.readouterr()
    assert told.err.startswith("dev: ")
    assert "EligibilityStorage" in told.err
    assert "Y2FuYXJ5" not in told.err + told.out


ADDRESSES = ("EligibilityStorage__tableServiceUri", "EligibilityStorage__queueServiceUri")
RESOURCE = "https://storage.azure.com"


@pytest.fixture
async def missing_row() -> AsyncIterator[Path]:
    """A folder of Azurite's that holds a customer who is not in the directory."""
    folder = temporary_folder()
    try:
        with Azurite(folder) as azurite:
            async with table_store(azurite.connection_string) as store:
                await World(store).post(events.spend())
            with TableServiceClient.from_connection_string(azurite.connection_string) as tables:
                tables.get_table_client("directory").delete_entity("C-1", "C-1")
        yield folder
    finally:
        shutil.rmtree(folder)


def test_by_the_services_addresses_it_reads_as_whoever_is_signed_in_at_the_azure_cli(
    missing_row: Path, tmp_path: Path
) -> None:
    trusted, key = certificate(tmp_path)
    (tmp_path / "token").write_text(token_for(RESOURCE))
    put_cli(
        tmp_path,
        f"test \"$*\" = 'account get-access-token --output json --resource {RESOURCE}' && cat {tmp_path}/token",
    )
    with Azurite(missing_row, options=["--oauth", "basic", "--cert", str(trusted), "--key", str(key)]) as azurite:
        _, queue, table = azurite.ports
        services = {
            name: f"https://{HOST}:{port}/{ACCOUNT}" for name, port in zip(ADDRESSES, (table, queue), strict=True)
        }
        path = f"{tmp_path}:{os.environ['PATH']}"
        ended = subprocess.run(
            [sys.executable, "-m", "local.commands.reconcile"],
            cwd=ROOT,
            env={**os.environ, **services, "EligibilityStorage": "", "SSL_CERT_FILE": str(trusted), "PATH": path},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (ended.returncode, ended.stdout) == (1, "C-1: is not in the directory\n1 differences\n"), ended.stderr


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("exit 127", "Azure CLI not found on path"),
        (
            "echo 'ERROR: Please run az login to setup account.' >&2; exit 1",
            "Please run 'az login' to set up an account",
        ),
    ],
    ids=["no CLI", "nobody signed in"],
)
def test_without_anybody_signed_in_it_says_so_before_it_asks_the_storage(
    script: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put_cli(tmp_path, script)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("EligibilityStorage", raising=False)
    for name in ADDRESSES:
        monkeypatch.setenv(name, "https://127.0.0.1:1/account")
    assert reconcile.main([]) == 1
    right = "sign in with az login, or set EligibilityStorage to a connection string"
    assert capsys.readouterr().err == f"dev: the Azure CLI gives no token ({told}): {right}\n"


def test_a_token_goes_nowhere_unencrypted(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EligibilityStorage", raising=False)
    for name in ADDRESSES:
        monkeypatch.setenv(name, "http://127.0.0.1:1/account")
    assert reconcile.main([]) == 1
    assert "EligibilityStorage__tableServiceUri is no address that begins with https://" in capsys.readouterr().err
