"""What makes exploring quick: few customers a page, few parts of due rows, no log, each rule set checked once."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import shared.workflow.population.walk as walking
import shared.workflow.steps as stepping
from shared import rule_books
from shared.logs import ROOT
from shared.rules.document import RuleSetDocument, parse_document
from shared.rules.rule_set import RuleSet
from shared.storage import keys
from shared.workflow.population import places

_parsed: dict[str, RuleSetDocument] = {}
_compiled: dict[tuple[int, int], RuleSet] = {}


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
        (rule_books, "parse_document", _parsed_once),
        (rule_books, "RuleSet", _CompiledOnce),
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


def _parsed_once(value: Any) -> RuleSetDocument:
    """Reading a rule set takes longer than everything else a handler does, and always comes to the same."""
    text = json.dumps(value)
    if text not in _parsed:
        _parsed[text] = parse_document(value)
    return _parsed[text]


class _CompiledOnce:
    @staticmethod
    def compile(document: RuleSetDocument, version: int) -> RuleSet:
        name = id(document), version  # documents are kept, above
        if name not in _compiled:
            _compiled[name] = RuleSet.compile(document, version)
        return _compiled[name]
