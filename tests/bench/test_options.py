"""The benchmarks as commands: asked for help they measure nothing and write nothing."""

import subprocess
import sys

import pytest

from local.setup.steps import ROOT

BENCHMARKS = sorted(file.stem for file in (ROOT / "bench").glob("[!_]*.py"))


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_says_what_it_takes_and_refuses_what_it_does_not(name: str) -> None:
    for argument, status, told in (("--help", 0, f"usage: ./dev bench {name} [-h]"), ("--nonsense", 2, "")):
        ended = subprocess.run(
            [sys.executable, "-m", f"bench.{name}", argument],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (ended.returncode, ended.stdout[: len(told)]) == (status, told), ended.stderr
