"""Run a module as ``python -m`` does, for ./dev; Ctrl-C ends it with status 130 and no traceback, at any moment."""

from __future__ import annotations

import runpy
import signal
import sys

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
INTERRUPTED = 128 + signal.SIGINT


def main() -> None:
    """The module's name and its arguments come as ours."""
    del sys.argv[0]
    try:
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)  # ./dev blocks them until here
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
