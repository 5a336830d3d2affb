"""Rule sets that stores hold, each read and compiled once in a process, whatever number of worlds have it.

To read one takes longer than most of what a handler does with it, and always comes to the same. What is refused is
read again each time.
"""

import json
from functools import lru_cache
from typing import Any

from shared import rule_books
from shared.rules.document import RuleSetDocument, parse_document
from shared.rules.rule_set import RuleSet


def parsed_once(value: Any) -> RuleSetDocument:
    return _parsed(json.dumps(value))


@lru_cache(500)
def _parsed(text: str) -> RuleSetDocument:
    return parse_document(json.loads(text))


class CompiledOnce:
    """In place of ``RuleSet`` where it is only compiled."""

    @staticmethod
    def compile(document: RuleSetDocument, version: int) -> RuleSet:
        return _compiled(_Same(document), version)


class _Same:
    """A document by its identity: equal ones need not be compared member by member."""

    def __init__(self, document: RuleSetDocument) -> None:
        self.document = document

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.document is self.document

    def __hash__(self) -> int:
        return id(self.document)


@lru_cache(500)
def _compiled(of: _Same, version: int) -> RuleSet:
    return RuleSet.compile(of.document, version)


def share() -> None:
    """From now on, in this process."""
    for name, value in (("parse_document", parsed_once), ("RuleSet", CompiledOnce)):
        setattr(rule_books, name, value)
