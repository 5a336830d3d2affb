"""The documents' words: the glossary's are in use, and words that were replaced do not return."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, name_of, pages, prose
from tests.host.hosts import ROOT

GLOSSARY = DOCS / "reference" / "glossary.md"
REPLACED = re.compile(
    r"\b(?:told|whoever|anew|stands(?! in for)|in thought|came to be)\b|_tell\b|\b(?:Arrives|Leaves):", re.IGNORECASE
)
"""Say: logged or notified, a handler that, again, is in force or is stored, in memory, was committed."""
_GENERATED = re.compile(r"<!-- generated: .*?<!-- end -->", re.DOTALL)
_CODE = re.compile(r"`[^`]*`")
_TERM = re.compile(r"^\| ([^|`]+) \|", re.MULTILINE)

HERE = [page for page in pages() if page.is_relative_to(DOCS) or (page.parent == ROOT and page.name != "CHANGELOG.md")]
TERMS = [term for term in _TERM.findall(GLOSSARY.read_text("utf-8")) if term not in ("word", "---")]


def written_by_hand(page: Path) -> str:
    """Prose without code and without the parts that ``./dev reference`` writes from the code."""
    return _CODE.sub("", _GENERATED.sub("", prose(page)))


@pytest.mark.parametrize("page", HERE, ids=name_of)
def test_a_page_has_none_of_the_words_that_were_replaced(page: Path) -> None:
    assert REPLACED.findall(written_by_hand(page)) == []


def test_every_term_of_the_glossary_is_defined_once_and_used() -> None:
    others = "\n".join(page.read_text("utf-8") for page in HERE if page != GLOSSARY)
    code = "\n".join(
        file.read_text("utf-8") for name in ("shared", "functions") for file in (ROOT / name).rglob("*.py")
    )
    used = re.sub(r"[\s_-]+", " ", f"{others}\n{code}".lower())
    assert [term for term in TERMS if re.sub(r"-", " ", term) not in used] == []
    assert len(TERMS) == len(set(TERMS)) > 50


@pytest.mark.parametrize("said", ["no event has told", "decided Anew", "what stands", "it came to be", "Arrives: rows"])
def test_a_replaced_word_would_be_found(said: str) -> None:
    assert REPLACED.search(said)
