"""What makes exploring quick: few customers a page, few parts of due rows, no log, each rule set checked once."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import shared.workflow.population.walk as walking
import shared.workflow.steps as stepping
from shared import rule_books
from shared.logs import ROOT
from shared.storage import keys
from shared.workflow.population import places
from tests.compiled_once import CompiledOnce, parsed_once


@contextmanager
def quick(page: int) -> Iterator[None]:
    """Pages are so small that two customers have all that many have."""
    log = logging.getLogger(ROOT)
    settings = (
        (keys, "DUE_PARTS", keys.DUE_PARTS[:2]),
        (stepping, "PAGE", page),
        (stepping, "PAGES_PER_CALL", 2),
        (stepping, "DIRECTORY_PAGES", 2),
        (stepping, "SHARES", 2),
        (places, "PAGE", page),
        (places, "SHARES", 1),
        (walking, "PAGES_PER_CALL", 1),
        (rule_books, "parse_document", parsed_once),
        (rule_books, "RuleSet", CompiledOnce),
    )
    before = [getattr(module, name) for module, name, _ in settings]
    level = log.level
    for module, name, value in settings:
        setattr(module, name, value)
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for (module, name, _), value in zip(settings, before, strict=True):
            setattr(module, name, value)
        log.setLevel(level)
