"""What tests of every folder share: an Azurite of their own, one per process of the run."""

import gc
import signal
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from local.azurite import Azurite
from tests import compiled_once, fresh_seed
from tests.run_order import in_order
from tests.watched_store import never_happened

_TESTS = Path(__file__).parent


def pytest_configure() -> None:
    fresh_seed.choose()
    compiled_once.share()
    # An example may take long on a loaded machine; each run has others.
    settings.register_profile("without a deadline", deadline=None, max_examples=50)
    settings.load_profile("without a deadline")


def pytest_report_header() -> str:
    return f"{fresh_seed.told()} (set it to replay)"


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """The tests stay until the end: nobody looks again and again whether they are garbage."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None, object, object]:
    """What needs an Azurite can be left out; what is left is put in order."""
    for item in items:
        if isinstance(item, pytest.Function) and any("azurite" in name for name in item.fixturenames):
            item.add_marker("azurite")
    done = yield
    items[:] = in_order([(item.path.relative_to(_TESTS).parts[0], item) for item in items])
    return done


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """A call that a test wants to break or to act at and that is never made fails it, as it then shows nothing."""
    never_happened()
    done = yield
    missed = never_happened()
    assert not missed, f"planned and never happened: {', '.join(missed)}"
    return done


def pytest_keyboard_interrupt(excinfo: pytest.ExceptionInfo[BaseException]) -> None:
    global _interrupted
    _interrupted = excinfo.type is KeyboardInterrupt


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Ctrl-C ends every command of ./dev with status 130; pytest's own is 2, as of a wrong option."""
    if _interrupted:
        session.exitstatus = 128 + signal.SIGINT


_interrupted = False


@pytest.fixture(scope="session")
def azurite() -> Iterator[str]:
    """The connection string of a running Azurite that keeps nothing."""
    with Azurite() as running:
        yield running.connection_string


@pytest.fixture
def app_roles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Callers sign in, and have app roles."""
    monkeypatch.setenv("AUTHORISATION", "app-roles")
    monkeypatch.setenv("WEBSITE_AUTH_ENABLED", "True")
