"""Any line that the compiler prints is a fault, whatever status it ends with: it only warns of what does not exist."""

from pathlib import Path

import pytest

from tests.infra.compiler import compiler_faults, snapshot_faults
from tests.infra.snapshots import DEFAULT, ROOT

INFRA = ROOT / "infra"


def compiler(folder: Path, script: str) -> str:
    """A compiler that does this."""
    file = folder / "bicep"
    file.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    file.chmod(0o755)
    return str(file)


def test_of_one_that_prints_nothing_but_what_it_made_nothing_is_said(tmp_path: Path) -> None:
    silent = compiler(tmp_path, 'case "$*" in *--stdout*) echo "{}";; esac')
    assert list(compiler_faults(silent, INFRA)) == []
    assert list(snapshot_faults(silent, INFRA, [DEFAULT])) == []


def test_a_warning_is_a_fault_although_it_ends_with_0_and_names_the_file_within_the_template(tmp_path: Path) -> None:
    warns = compiler(tmp_path, 'echo "$PWD/main.bicep(1,2) : Warning BCP037: no such property" >&2')
    assert list(compiler_faults(warns, INFRA)) == ["main.bicep(1,2) : Warning BCP037: no such property"] * 2
    assert any("BCP037" in line for line in snapshot_faults(warns, INFRA, [DEFAULT]))


@pytest.mark.parametrize("status", [1, 139])
def test_one_that_fails_without_a_word_is_a_fault(tmp_path: Path, status: int) -> None:
    found = list(compiler_faults(compiler(tmp_path, f"exit {status}"), INFRA))
    assert found == [
        f"bicep build main.bicep --stdout ended with status {status}",
        f"bicep lint main.bicep ended with status {status}",
    ]


def test_colours_are_left_out(tmp_path: Path) -> None:
    coloured = compiler(tmp_path, r"printf '\033[38;5;141m  ~ Microsoft.X\033[0m\n'; exit 1")
    assert "  ~ Microsoft.X" in list(snapshot_faults(coloured, INFRA, [DEFAULT]))
