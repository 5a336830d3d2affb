"""General policies, as checkov knows them, of what would be deployed."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.infra.checkers import CHECKOV
from tests.infra.snapshots import FOLDER, NAMES, ROOT

SEEDED = {
    "CKV_AZURE_44": ('"minimumTlsVersion": "TLS1_2"', '"minimumTlsVersion": "TLS1_0"'),
    "CKV_AZURE_14": ('"httpsOnly": true', '"httpsOnly": false'),
}
"""What checkov has to say of a copy with these faults."""
SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


@pytest.mark.timeout(600)  # half a minute of one processor, most of it to load its checks
def test_checkov_reads_every_snapshot_finds_nothing_and_would_find_something(tmp_path: Path) -> None:
    for name in NAMES:
        text = (FOLDER / f"{name}.snapshot.json").read_text("utf-8")
        _as_template(tmp_path / "sound" / f"{name}.json", text)
        for old, new in SEEDED.values():
            assert old in text
            text = text.replace(old, new)
        _as_template(tmp_path / "faulty" / f"{name}.json", text)
    done = subprocess.run([*CHECKOV, "--directory", str(tmp_path)], capture_output=True, text=True, check=False)
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["summary"]["parsing_errors"] == 0
    assert told["summary"]["resource_count"] > 2 * 3 * 50
    failed = {(Path(each["file_path"]).parts[1], each["check_id"]) for each in told["results"]["failed_checks"]}
    assert {folder for folder, _ in failed} == {"faulty"}
    assert {check for _, check in failed} >= set(SEEDED)
    passed = {Path(each["file_path"]).parts[1:] for each in told["results"]["passed_checks"]}
    assert passed == {(folder, f"{name}.json") for folder in ("sound", "faulty") for name in NAMES}


def _as_template(file: Path, snapshot: str) -> None:
    """A snapshot is the resources of a template that has nothing left to work out."""
    resources = json.loads(snapshot)["predictedResources"]
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": resources}), "utf-8")


def test_every_check_that_is_skipped_has_a_reason() -> None:
    text = (ROOT / "infra" / ".checkov.yaml").read_text("utf-8").partition("skip-check:\n")[2]
    for block in re.split(r"(?=^  # )", text, flags=re.MULTILINE):
        assert not block.strip() or re.match(r"  # \w.{10,}", block)
