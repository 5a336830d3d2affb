"""The workflows: sound as actionlint and zizmor see them, their actions pinned, and doing what they are there for."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.infra.checkers import ACTIONLINT, WORKFLOWS, ZIZMOR
from tests.infra.snapshots import ROOT

VERIFY, WEEKLY = WORKFLOWS / "verify.yml", WORKFLOWS / "weekly.yml"


@pytest.mark.parametrize("command", [ACTIONLINT, ZIZMOR], ids=["actionlint", "zizmor"])
def test_a_checker_finds_nothing(command: list[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("workflow", [VERIFY, WEEKLY], ids=lambda path: path.stem)
def test_every_action_is_pinned_to_a_commit_and_says_its_version(workflow: Path) -> None:
    used = re.findall(r"uses: (.+)", workflow.read_text("utf-8"))
    assert used
    assert [each for each in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)] == []


@pytest.mark.parametrize(
    ("workflow", "step"),
    [
        *((VERIFY, step) for step in ("./dev check", "./dev test", "az bicep install --version v", "BICEP=")),
        (VERIFY, "sub what-if"),
        *((WEEKLY, step) for step in ("./dev check --security", "./dev pin", "git diff --exit-code", "cron:")),
    ],
)
def test_it_runs_what_it_has_to(workflow: Path, step: str) -> None:
    assert step in workflow.read_text("utf-8")


def test_what_would_change_is_asked_with_the_rights_of_a_reader() -> None:
    """Else Azure asks for the right to write each resource (Azure/arm-template-whatif#135)."""
    asked = VERIFY.read_text("utf-8").partition("sub what-if")[2]
    assert "--validation-level ProviderNoRbac" in asked


@pytest.mark.parametrize(
    ("checker", "old", "new"),
    [
        (ACTIONLINT, "needs: [suite]", "needs: [suites]"),
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
