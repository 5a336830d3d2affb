"""What the commands of ./dev need installed: Python's and Node's packages side by side, at the level that is enough."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from typing import Callable

from local.setup.browser import set_up_browser
from local.setup.node import set_up_node
from local.setup.python import set_up_python
from local.setup.steps import LONGEST_WAIT, SIGNALS, Steps, only_one


def set_up_dev(*more: Callable[[Steps], None]) -> None:
    """What tests, checks and measurements need, which is more than the app does."""
    _set_up(lambda steps: set_up_python(steps, "dev"), _set_up_node_and_browser, *more)


def _set_up_node_and_browser(steps: Steps) -> None:
    set_up_node(steps, "dev")
    set_up_browser(steps)


def set_up_app() -> None:
    """What the app needs to be tried on this machine."""
    _set_up(lambda steps: set_up_python(steps, "local"), lambda steps: set_up_node(steps, "local"))


def set_up_commands() -> None:
    """What commands need that start no app."""
    _set_up(lambda steps: set_up_python(steps, "local"))


def _set_up(*parts: Callable[[Steps], None]) -> None:
    """Side by side; at once when everything is as pinned."""
    steps = Steps()
    with only_one(steps), SIGNALS.noted(), ThreadPoolExecutor() as together:
        try:
            running = [together.submit(each, steps) for each in parts]
            for each in running:
                while not each.done():
                    wait([each], timeout=LONGEST_WAIT)
                    SIGNALS.check()
                each.result()
        except BaseException:
            steps.stop()
            raise
