"""The workflow: sound as actionlint and zizmor see it, its actions pinned, and doing what it is there for."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.infra.checkers import ACTIONLINT, WORKFLOWS, ZIZMOR
from tests.infra.snapshots import ROOT

VERIFY = WORKFLOWS / "verify.yml"


@pytest.mark.parametrize("command", [ACTIONLINT, ZIZMOR], ids=["actionlint", "zizmor"])
def test_a_checker_finds_nothing(command: list[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_action_is_pinned_to_a_commit_and_says_its_version() -> None:
    used = re.findall(r"uses: (.+)", VERIFY.read_text("utf-8"))
    assert used
    assert [each for each in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)] == []


@pytest.mark.parametrize("step", ["./dev check", "./dev test", "az bicep build", "az bicep lint", "sub what-if"])
def test_it_runs_what_it_has_to(step: str) -> None:
    assert step in VERIFY.read_text("utf-8")


@pytest.mark.parametrize(
    ("checker", "old", "new"),
    [
        (ACTIONLINT, "needs: [suite, template]", "needs: [suite, templates]"),
        (ACTIONLINT, "github.ref == 'refs/heads/main'", "github.reff == 'refs/heads/main'"),
        (ZIZMOR, '--location "$LOCATION" --template', '--location "${{ github.head_ref }}" --template'),
        (ZIZMOR, "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1", "actions/checkout@v7"),
        (ZIZMOR, "permissions: {}\n", "permissions: write-all\n"),
    ],
)
def test_a_planted_fault_is_noticed(checker: list[str], old: str, new: str, tmp_path: Path) -> None:
    text = VERIFY.read_text("utf-8")
    assert old in text
    copy = tmp_path / ".github" / "workflows" / "verify.yml"
    copy.parent.mkdir(parents=True)
    copy.write_text(text.replace(old, new), "utf-8")
    command = [*checker, str(copy)] if checker is ACTIONLINT else [*checker[:-1], str(copy)]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode
