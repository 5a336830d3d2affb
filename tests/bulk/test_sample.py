"""The sample spreadsheet is taken by its mapping, every row of it."""

import json
import shutil
from pathlib import Path

from local.commands.bulk.given import mapped_csv
from local.setup.steps import ROOT
from shared.domain.events import parse_event
from tests.backup.accounts import names
from tests.bulk.mapped import TIME, imported
from tests.world import START


async def test_every_row_of_the_sample_is_an_event(tmp_path: Path) -> None:
    for name in ("licences.csv", "licences.toml"):
        shutil.copy(ROOT / "samples" / name, tmp_path)
    sent = await imported(mapped_csv(tmp_path / "licences.csv", tmp_path / "licences.toml", TIME))
    found = [parse_event(json.dumps(each).encode(), START) for each in sent]
    assert [(each.owner_id, each.key, each.register.data["annualAmount"]) for each in found] == [
        ("C-8001", "L-1", "240000.00"),
        ("C-8001", "L-2", "96500"),
        ("C-8001", "L-3", "12000.00"),
        ("C-8002", "L-1", "180000.5"),
        ("C-8002", "L-2", "310000.00"),
        ("C-8003", "L-1", "75000"),
    ]
    assert names(tmp_path) == ["licences.csv", "licences.toml"]
