"""./dev check that is stopped leaves no checker behind."""

import os
import signal
import subprocess
import sys
from contextlib import suppress

from local.setup.steps import ROOT
from tests.host.hosts import eventually, lives

CHECKER = "import os, signal; print(os.getpid(), flush=True); signal.pause()"
COMMAND = f"from local.commands import check; check.CHECKS = [['-c', {CHECKER!r}]]; raise SystemExit(check.main([]))"


def test_sigterm_ends_it_with_its_status_and_the_checker_that_runs() -> None:
    with subprocess.Popen([sys.executable, "-c", COMMAND], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("$ python -c")
        checker = int(process.stdout.readline())
        try:
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 128 + signal.SIGTERM
            eventually(lambda: not lives(checker))
        finally:
            with suppress(ProcessLookupError):
                os.kill(checker, signal.SIGKILL)
