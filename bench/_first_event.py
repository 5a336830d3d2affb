"""One worker process from its start to its first handled message, as a child of ``start``.

Ends with status 1 if the function failed. The process is loaded as the worker library loads it in Azure.
"""

import asyncio
import base64
import os
import sys
from pathlib import Path

from local.host.protos import TypedData
from local.host.worker import Worker


async def first_event(app: Path, name: str, body: bytes) -> bool:
    worker = Worker(60)
    functions = {each.name: each for each in await worker.load(app)}
    message = TypedData(bytes=base64.b64encode(body))
    result = await worker.call(functions[name], message, {"DequeueCount": TypedData(json="1")})
    if not result.succeeded:
        print(result.error, result.trace, file=sys.stderr)
    return result.succeeded


if __name__ == "__main__":
    folder, function, file = sys.argv[1:]
    succeeded = asyncio.run(first_event(Path(folder), function, Path(file).read_bytes()))
    sys.stderr.flush()
    os._exit(not succeeded)  # as a worker, which is ended and does not clean up
