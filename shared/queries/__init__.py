"""What people and systems ask over HTTP: a file per noun, each answering with a JSON value or a problem.

``queries.NOUN`` loads its file when it is first named: the cold start of a worker that handles a message needs none.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.queries import check as check
    from shared.queries import customers as customers
    from shared.queries import health as health
    from shared.queries import parameters as parameters
    from shared.queries import partners as partners
    from shared.queries import post_events as post_events
    from shared.queries import previews as previews
    from shared.queries import quarantine as quarantine
    from shared.queries import rule_set_life as rule_set_life
    from shared.queries import rule_sets as rule_sets


def __getattr__(name: str) -> Any:
    try:
        return importlib.import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as fault:
        raise AttributeError(f"{__name__} has no {name}") from fault
