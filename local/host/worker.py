"""Microsoft's worker library behind plain objects: the app is indexed and called by the code that does it in Azure."""

import asyncio
import json
import os
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from local.host import protos
from local.host.protos import Message, TypedData
from local.host.settings import AppError

TRIGGERS = ("httpTrigger", "queueTrigger", "serviceBusTrigger", "timerTrigger")


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the app; ``trigger`` is its trigger binding, as function.json would give it."""

    id: str
    name: str
    trigger: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """What a call came to; ``error`` is empty when it went well."""

    value: TypedData | None = None
    error: str = ""
    trace: str = ""

    @property
    def succeeded(self) -> bool:
        return not self.error


class Calls(Protocol):
    """What a host needs of a worker, wherever it runs."""

    async def load(self, app: Path) -> list[Function]: ...

    async def call(
        self, function: Function, argument: TypedData, metadata: Mapping[str, TypedData] | None = None
    ) -> Result: ...

    async def stop(self) -> None: ...


class Worker:
    """One loaded app in this process. The library keeps its state in modules: one per process."""

    def __init__(self, call_timeout: float | None) -> None:
        self._call_timeout = call_timeout

    async def load(self, app: Path) -> list[Function]:
        """Import and index the app; raises AppError with the library's own words."""
        from azure_functions_runtime import functions_metadata_request, start_threadpool_executor, worker_init_request

        os.chdir(app)
        # The app is last on the path, as in Azure, and the folder this host was started from is not on it at all.
        sys.path[:] = [*(path for path in sys.path if path not in ("", str(Path(__file__).parents[2]))), str(app)]
        start_threadpool_executor()
        init = Message(capabilities={}, function_app_directory=str(app))
        response = await worker_init_request(_request(worker_init_request=init))
        if response.result.status == protos.StatusResult.Failure:
            raise AppError(f"{response.result.exception.message}\n{response.result.exception.stack_trace}")
        found = await functions_metadata_request(_request())
        functions = [_function(each) for each in found.function_metadata_results or ()]
        if not functions:
            raise AppError(f"no functions found in {app / 'function_app.py'}")
        return functions

    async def call(
        self, function: Function, argument: TypedData, metadata: Mapping[str, TypedData] | None = None
    ) -> Result:
        from azure_functions_runtime import invocation_request

        invocation = Message(
            invocation_id=str(uuid.uuid4()),
            function_id=function.id,
            input_data=[protos.ParameterBinding(name=function.trigger["name"], data=argument)],
            trigger_metadata=metadata or {},
            trace_context=Message(trace_parent="", trace_state="", attributes={}),
            retry_context=Message(retry_count=0, max_retry_count=0, exception=None),
        )
        try:
            async with asyncio.timeout(self._call_timeout):
                response = await invocation_request(_request(invocation_request=invocation))
        except TimeoutError:  # the process is the host's own and cannot be killed: see WorkerProcess
            return Result(error=f"took longer than functionTimeout ({self._call_timeout:g} s)")
        if response.result.status == protos.StatusResult.Failure:
            exception = response.result.exception
            return Result(error=exception.message, trace=exception.stack_trace)
        return Result(value=response.return_value)

    async def stop(self) -> None:
        """Nothing: the process that it is in ends with it."""


def _request(**request: Message) -> Message:
    return Message(request=Message(**request), properties={"protos": protos, "host": "127.0.0.1"})


def _function(metadata: Any) -> Function:
    bindings = [json.loads(raw) for raw in metadata.raw_bindings]
    unknown = [each["type"] for each in bindings if each["type"] not in (*TRIGGERS, "http")]
    if unknown:
        raise AppError(f"function {metadata.name}: the development host does not know the binding {unknown[0]}")
    trigger = next(each for each in bindings if each["type"] in TRIGGERS)
    return Function(metadata.function_id, metadata.name, trigger)
