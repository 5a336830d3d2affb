"""The product under a development host of its own."""

from contextlib import AbstractContextManager
from pathlib import Path

from tests.host.hosts import ROOT, RunningHost, running


def running_app(
    connection: str, log: Path, *options: str, app: str = str(ROOT), **settings: str
) -> AbstractContextManager[RunningHost]:
    return running(connection, log, "--app", app, *options, EligibilityStorage=connection, **settings)
