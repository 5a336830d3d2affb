"""Objects between the host and its own worker process, over a socket of their own."""

import asyncio
import pickle  # nosec B403
import struct
from typing import Any, Final

LENGTH: Final = struct.Struct("!Q")


async def read_frame(reader: asyncio.StreamReader) -> Any:
    """Raises EOFError when the other side is gone."""
    try:
        (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
        return pickle.loads(await reader.readexactly(length))  # noqa: S301  both ends are ours  # nosec B301
    except OSError as error:
        raise EOFError from error


def write_frame(writer: asyncio.StreamWriter, what: Any) -> None:
    """Without waiting for the other side, which reads all the time."""
    data = pickle.dumps(what)
    writer.writelines((LENGTH.pack(len(data)), data))
