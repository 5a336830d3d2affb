"""What is served of the portal: just what its source and the pinned packages make, within the budgets."""

import gzip
from pathlib import Path

import pytest

from local.commands.portal import PACKAGES, SERVED, VENDOR, make

KB = 1024
FIRST_LOAD, VENDORED, ONE_PAGE, REPEAT_VISIT = 60 * KB, 12 * KB, 8 * KB, 2 * KB


def contents(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def compressed(*files: Path) -> int:
    return sum(len(gzip.compress(file.read_bytes(), 9, mtime=0)) for file in files)


def test_what_is_committed_is_what_the_command_makes(tmp_path: Path) -> None:
    make(tmp_path / "vendor", tmp_path / "served")
    assert contents(tmp_path / "vendor") == contents(VENDOR), "run ./dev portal"
    assert contents(tmp_path / "served") == contents(SERVED), "run ./dev portal"


def test_the_packages_come_with_their_licences() -> None:
    told = (VENDOR / "LICENCES.txt").read_text()
    assert all(f"{each} " in told for each in PACKAGES)
    assert "Apache License" in told
    assert "The MIT License" in told


@pytest.mark.parametrize("page", sorted((SERVED / "pages").glob("*.js")), ids=lambda page: page.stem)
def test_a_page_and_the_first_load_of_it_stay_within_their_budgets(page: Path) -> None:
    assert compressed(page) <= ONE_PAGE
    first = (SERVED / "portal.html", SERVED / "portal.css", SERVED / "portal.js", page)
    assert compressed(*first) <= FIRST_LOAD


def test_a_visit_that_finds_all_files_in_the_cache_loads_the_page_alone_within_its_budget() -> None:
    assert compressed(SERVED / "portal.html") <= REPEAT_VISIT


def test_the_vendored_part_stays_within_its_budget() -> None:
    assert compressed(VENDOR / "vendor.js") <= VENDORED


def test_nothing_of_it_names_another_host_or_makes_code_of_text() -> None:
    for name, content in contents(SERVED).items():
        text = content.decode().replace("http://www.w3.org/", "")
        assert "://" not in text, name
        assert "eval(" not in text, name
        assert "new Function" not in text, name
