"""General policies, as checkov knows them."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.infra.app_settings import ROOT
from tests.infra.checkers import CHECKOV

SEEDED = {
    "CKV_AZURE_44": ("modules/storage.bicep", "minimumTlsVersion: 'TLS1_2'", "minimumTlsVersion: 'TLS1_0'"),
    "CKV_AZURE_14": ("modules/app.bicep", "httpsOnly: true", "httpsOnly: false"),
}
"""What checkov has to say of a copy with these faults."""


@pytest.mark.timeout(600)  # half a minute of one processor, most of it to load its checks
def test_checkov_reads_every_file_finds_nothing_and_would_find_something(tmp_path: Path) -> None:
    sound, faulty = (shutil.copytree(ROOT / "infra", tmp_path / name) for name in ("sound", "faulty"))
    for path, old, new in SEEDED.values():
        text = (faulty / path).read_text("utf-8")
        assert old in text
        (faulty / path).write_text(text.replace(old, new), "utf-8")
    done = subprocess.run([*CHECKOV, "--directory", str(tmp_path)], capture_output=True, text=True, check=False)
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["summary"]["parsing_errors"] == 0
    assert told["summary"]["resource_count"] > 2 * 20
    failed = {(Path(each["file_path"]).parts[1], each["check_id"]) for each in told["results"]["failed_checks"]}
    assert {folder for folder, _ in failed} == {faulty.name}
    assert {check for _, check in failed} >= set(SEEDED)
    assert {Path(each["file_path"]).parts[1] for each in told["results"]["passed_checks"]} == {sound.name, faulty.name}


def test_every_check_that_is_skipped_has_a_reason() -> None:
    text = (ROOT / "infra" / ".checkov.yaml").read_text("utf-8").partition("skip-check:\n")[2]
    for block in re.split(r"(?=^  # )", text, flags=re.MULTILINE):
        assert not block.strip() or re.match(r"  # \w.{10,}", block)
