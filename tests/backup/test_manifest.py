"""What a manifest has to name."""

import json
from pathlib import Path

import pytest

from local.commands.app import CommandError
from local.commands.backup.manifest import Manifest
from shared.storage.store import Table


def written(folder: Path, *without: Table) -> Path:
    tables = {table.value: {"rows": 0, "sha256": ""} for table in Table if table not in without}
    (folder / "manifest.json").write_text(json.dumps({"format": 1, "tables": tables}))
    return folder


def test_an_export_of_a_version_without_the_population_index_is_taken(tmp_path: Path) -> None:
    assert set(Manifest.read(written(tmp_path, Table.HEADS)).tables) == set(Table) - {Table.HEADS}


def test_one_that_lacks_another_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="does not name work"):
        Manifest.read(written(tmp_path, Table.WORK))
