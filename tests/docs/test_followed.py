"""README and the tutorials, followed from top to bottom in one run of ./dev up each, print what they say; the how-tos'
commands work.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.following import NOT_RUN, Followed, followed, is_as_said, options_of, steps
from tests.docs.pages import DOCS, blocks, name_of
from tests.host.hosts import ROOT

STORIES = [ROOT / "README.md", *sorted((DOCS / "tutorial").glob("*.md"))]
HOW_TO = sorted((DOCS / "how-to").glob("*.md"))
NOT_RUN_HERE = {
    "README.md": 3,
    "docs/tutorial/first-rule-change.md": 1,
    "docs/tutorial/running-the-programme.md": 1,
    "docs/tutorial/ten-questions.md": 1,
    "docs/how-to/approve-a-rule-set.md": 1,
    "docs/how-to/deploy.md": 10,
    "docs/how-to/operate.md": 5,
    "docs/how-to/subscribe.md": 2,
}
"""How many blocks of a page no test runs. A new one has to be counted here, so that none gets lost by its mark."""


@pytest.mark.deep
@pytest.mark.timeout(900)  # it takes 25 s of CPU, which a busy machine may be slow to give
@pytest.mark.parametrize("page", STORIES, ids=name_of)
def test_from_top_to_bottom_it_prints_what_the_page_says(page: Path, tmp_path: Path) -> None:
    with followed(tmp_path, *options_of(page)) as shell:
        for step in steps(page):
            shell.follow(step)


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Followed]:
    with followed(tmp_path_factory.mktemp("how-to"), "--no-events", until="ready http") as running:
        yield running


@pytest.mark.parametrize("page", [page for page in HOW_TO if [*steps(page)]], ids=name_of)
def test_what_a_how_to_says_to_run_does_what_it_says(shell: Followed, page: Path) -> None:
    if "curl" in page.read_text() and shutil.which("curl") is None:
        pytest.skip("no curl here, which this page's reader has")
    for step in steps(page):
        shell.follow(step)


@pytest.mark.parametrize("page", [*STORIES, *HOW_TO], ids=name_of)
def test_a_block_that_no_test_runs_says_why(page: Path) -> None:
    marked = [block for block in blocks(page) if block.info in NOT_RUN]
    others = {block.info for block in blocks(page)} - {"", "sh", *NOT_RUN}
    assert not [info for info in others if info.split()[0] in ("sh", "bash", "console")]
    assert len(marked) == NOT_RUN_HERE.get(name_of(page), 0)


@pytest.mark.parametrize(
    ("said", "printed", "right"),
    [
        ("a\nb\n", "a\nb", True),
        ("a\n...\nd\n", "a\nb\nc\nd\n", True),
        ("a\n...\nd\n", "a\nb\nc\n", False),
        ("a\nb\n", "a\nc\nb\n", False),
        ("a (...\n", "a (and 1 more)\n", False),
        ("C-1 is eligible on 2026-11-22, by rule set 1\n", "C-1 is eligible on 2027-01-01, by rule set 1\n", True),
        ("", "", True),
        ("", "a\n", False),
    ],
)
def test_only_a_line_of_dots_stands_for_what_is_left_out(said: str, printed: str, right: bool) -> None:
    assert is_as_said(said, printed) is right
