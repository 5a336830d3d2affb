"""Bodies that a search makes up are taken or refused as they should be, and what a search once found stays mended."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.functions.children import ROOT
from tests.fuzz.readers import READERS
from tests.fuzz.seeds import SEEDS

FOUND = Path(__file__).parent / "found"
DEEP = {"events": 1_000_000, "queue-texts": 100_000, "rule-sets": 100_000, "questions": 100_000, "cases": 100_000}
ONLY_ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="atheris is built for Linux alone")


@pytest.mark.parametrize("file", sorted(FOUND.glob("*/*")), ids=lambda file: f"{file.parent.name}/{file.name}")
def test_what_was_found_once_stays_mended(file: Path) -> None:
    READERS[file.parent.name](file.read_bytes())


@pytest.mark.parametrize("name", SEEDS)
def test_what_the_search_starts_from_holds(name: str) -> None:
    ends = [READERS[name](body) for body in SEEDS[name]()]
    assert ends


def search(name: str, runs: int, folder: Path) -> None:
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, body in enumerate(SEEDS[name]()):
        (corpus / f"{number:04}").write_bytes(body)
    import resource  # not everywhere

    inherited = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024  # a child's peak begins with its parent's
    limits = ("-max_len=60000", "-timeout=10", f"-rss_limit_mb={inherited + 2048}")
    options = (f"-runs={runs}", "-seed=20260302", *limits, f"-artifact_prefix={folder}/")
    command = [sys.executable, "-m", "tests.fuzz.search", name, *options, str(corpus)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    made = re.search(r"Done (\d+) runs", done.stderr)
    assert made
    assert int(made[1]) >= runs  # it looks whether it is at the end only now and then


@ONLY_ON_LINUX
@pytest.mark.parametrize("name", SEEDS)
def test_a_search_finds_no_body_that_breaks_a_reader(name: str, tmp_path: Path) -> None:
    search(name, DEEP[name] // 50, tmp_path)


@ONLY_ON_LINUX
@pytest.mark.deep
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", SEEDS)
def test_a_long_search_finds_no_body_that_breaks_a_reader(name: str, tmp_path: Path) -> None:
    search(name, DEEP[name], tmp_path)
