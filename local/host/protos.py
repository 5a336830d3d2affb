"""The message classes that Microsoft's worker library takes as a parameter, as plain objects instead of protobuf."""

from types import SimpleNamespace
from typing import Any


class Message(SimpleNamespace):
    """Any message without behaviour of its own."""


class TypedData:
    """One value tagged with its kind: ``bytes``, ``string``, ``json``, ``http``, ...; no kind at all is absence."""

    def __init__(self, **value: Any) -> None:
        self.kind: str | None = next(iter(value), None)
        self.value: Any = next(iter(value.values()), None)

    def WhichOneof(self, _group: str) -> str | None:  # noqa: N802  the library calls it by protobuf's name
        return self.kind

    def __getattr__(self, kind: str) -> Any:
        if kind == self.__dict__.get("kind"):
            return self.value
        raise AttributeError(kind)


class ParameterBinding(Message):
    """A named argument (in) or output (out) of a call."""

    def WhichOneof(self, _group: str) -> str:  # noqa: N802  as above
        return "data"


class StatusResult(Message):
    Failure, Success, Cancelled = 0, 1, 2


class BindingInfo(Message):
    """Direction and data type of a binding, numbered as in the library's own enumerations."""

    out, inout = 1, 2
    undefined, string, binary, stream = 0, 1, 2, 3


setattr(BindingInfo, "in", 0)


class RpcException(Message):
    message: str
    stack_trace: str


WorkerInitResponse = WorkerMetadata = FunctionMetadataResponse = FunctionLoadResponse = InvocationResponse = Message
RpcFunctionMetadata = RpcRetryOptions = RpcHttp = RpcHttpCookie = Message
NullableString = NullableBool = NullableDouble = NullableTimestamp = Message
