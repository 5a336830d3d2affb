"""Export and import by the services' addresses, as the user who is signed in at the Azure CLI."""

import os
import subprocess
import sys
from pathlib import Path

from local.azurite import Azurite
from local.host.development_storage import ACCOUNT
from local.host.ports import HOST
from local.setup.steps import ROOT
from tests import events
from tests.backup.accounts import names
from tests.commands.azure_cli import certificate, put_cli, token_for

RESOURCE = "https://storage.azure.com"


def test_without_a_key_both_forms_go_out_and_events_go_in(tmp_path: Path) -> None:
    trusted, key = certificate(tmp_path)
    (tmp_path / "token").write_text(token_for(RESOURCE))
    wanted = f"account get-access-token --output json --resource {RESOURCE}"
    put_cli(tmp_path, f"test \"$*\" = '{wanted}' && cat {tmp_path}/token")
    file, work = tmp_path / "f", tmp_path / "work"
    file.write_bytes(events.spend() + b"\n")
    work.mkdir()
    with Azurite(options=["--oauth", "basic", "--cert", str(trusted), "--key", str(key)]) as azurite:
        _, queue, table = azurite.ports
        environment = {
            **os.environ,
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "SSL_CERT_FILE": str(trusted),
            "EligibilityStorage": "",
            "EligibilityStorage__tableServiceUri": f"https://{HOST}:{table}/{ACCOUNT}",
            "EligibilityStorage__queueServiceUri": f"https://{HOST}:{queue}/{ACCOUNT}",
        }
        for module, *arguments in (
            ("restore", str(file)),
            ("export", str(work / "events.jsonl")),
            ("export", "--tables", str(work / "rows")),
            ("restore", str(work / "rows")),
        ):
            command = [sys.executable, "-m", f"local.commands.{module}", *arguments]
            ended = subprocess.run(
                command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
            )
            assert ended.returncode == 0, ended.stderr
    assert names(work) == ["events.jsonl", "events.rules.jsonl", "rows"]
