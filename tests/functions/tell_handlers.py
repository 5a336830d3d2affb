"""Prints each function's handler by name: whether it is a coroutine function, and its parameters."""

import inspect
import json

from function_app import app


def _told(handler: object) -> dict[str, object]:
    assert callable(handler)
    return {"async": inspect.iscoroutinefunction(handler), "parameters": list(inspect.signature(handler).parameters)}


print(json.dumps({each.get_function_name(): _told(each.get_user_function()) for each in app.get_functions()}))
