"""The benchmarks as commands: asked for help they measure nothing and write nothing."""

import runpy
import sys

import pytest

from local.setup.steps import ROOT

BENCHMARKS = sorted(file.stem for file in (ROOT / "bench").glob("[!_]*.py"))


@pytest.mark.parametrize("name", BENCHMARKS)
@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")
def test_a_benchmark_says_what_it_takes_and_refuses_what_it_does_not(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for argument, status, told in (("--help", 0, f"usage: ./dev bench {name} [-h]"), ("--nonsense", 2, "")):
        monkeypatch.setattr(sys, "argv", [name, argument])
        with pytest.raises(SystemExit) as ended:
            runpy.run_module(f"bench.{name}", run_name="__main__")
        said = capsys.readouterr()
        assert (ended.value.code, said.out[: len(told)]) == (status, told), said.err
