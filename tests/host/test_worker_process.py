"""The worker's process: what it says of an app it cannot load, and how another takes its place."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from local.host.protos import Message, TypedData
from local.host.settings import AppError
from local.host.worker import Function
from local.host.worker_process import DIED, WorkerProcess

APP = """
import asyncio, os, signal
import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route("told")
async def told(req: func.HttpRequest) -> func.HttpResponse:
    match req.method:
        case "DIE":
            os.kill(os.getpid(), signal.SIGKILL)
        case "BLOCK":
            signal.pause()
    return func.HttpResponse(str(os.getpid()))
"""


def argument(method: str) -> TypedData:
    body = TypedData(bytes=b"")
    return TypedData(http=Message(method=method, url="http://host/", headers={}, query={}, params={}, body=body))


async def ask(worker: WorkerProcess, function: Function, method: str = "GET") -> str:
    result = await worker.call(function, argument(method))
    return result.value.http.body.value.decode() if result.value else result.error


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110  the log tells nobody
            await asyncio.sleep(0.01)


@pytest.fixture
def app(tmp_path: Path) -> Path:
    (tmp_path / "function_app.py").write_text(APP)
    return tmp_path


async def test_another_process_takes_the_place_of_one_that_died(app: Path) -> None:
    worker = WorkerProcess(30)
    [function] = await worker.load(app)
    first = await ask(worker, function)
    assert await ask(worker, function) == first
    assert await ask(worker, function, "DIE") == DIED.error
    assert await ask(worker, function) != first
    await worker.stop()


async def test_a_function_that_blocks_its_process_is_killed_with_it(app: Path) -> None:
    worker = WorkerProcess(0.5)
    [function] = await worker.load(app)
    started = time.monotonic()
    assert "took longer than functionTimeout (0.5 s)" in await ask(worker, function, "BLOCK")
    assert time.monotonic() - started < 5
    assert (await ask(worker, function)).isdigit()
    await worker.stop()


async def test_a_worker_that_cannot_be_started_again_is_tried_until_it_can(
    app: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.host.worker_process.PAUSE", 0.01)
    worker = WorkerProcess(30)
    [function] = await worker.load(app)
    (app / "function_app.py").write_text("import no_such_module")
    assert await ask(worker, function, "DIE") == DIED.error
    answer = asyncio.create_task(ask(worker, function))
    await until(lambda: "No module named 'no_such_module'" in caplog.text)
    (app / "function_app.py").write_text(APP)
    assert (await answer).isdigit()
    await worker.stop()


async def test_an_app_whose_import_ends_the_process_is_an_error_with_its_status(tmp_path: Path) -> None:
    (tmp_path / "function_app.py").write_text("import os; os._exit(7)")
    with pytest.raises(AppError, match="the worker ended with status 7 while it loaded the app"):
        await WorkerProcess(30).load(tmp_path)
