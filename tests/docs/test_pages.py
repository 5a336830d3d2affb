"""The documents lead somewhere: their links, the files they name, their examples; each says whom it is for."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from shared.domain.events import read_event
from shared.messaging.sender import Queue
from shared.storage.store import Table
from tests.docs.decisions import records
from tests.docs.pages import DOCS, FOLDERS, anchors, blocks, links, name_of, pages, paragraphs, prose
from tests.host.hosts import ROOT

PAGES = pages()
RECORDS = {record.file for record in records()}
GUIDES = [page for page in PAGES if page.is_relative_to(DOCS) and page not in RECORDS]
NAMED = re.compile(rf"`((?:{'|'.join(map(re.escape, FOLDERS))})/[\w./*-]+)`")
ENOUGH_FOR_ANY = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_within_the_project_leads_to_a_file_and_a_heading_of_it(page: Path) -> None:
    assert [link for link in links(page) if not leads_somewhere(page, link)] == []


def leads_somewhere(page: Path, link: str) -> bool:
    if re.match(r"[a-z]+:", link):
        return True
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return target.exists() and (not anchor or anchor in anchors(target))


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "CHANGELOG.md"], ids=name_of)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    assert [name for name in NAMED.findall(prose(page)) if not any(ROOT.glob(name.rstrip("/")))] == []


@pytest.mark.parametrize("page", GUIDES, ids=name_of)
def test_every_page_opens_by_saying_whom_it_is_for_and_what_they_get(page: Path) -> None:
    opening = next(paragraphs(page)).replace("\n", " ")
    assert re.match(r"For [^.:]+: [^.]+\.", opening), opening


@pytest.mark.parametrize("page", GUIDES, ids=name_of)
def test_every_page_is_within_reach_of_the_index(page: Path) -> None:
    index = DOCS / "README.md"
    listed = {(index.parent / link.partition("#")[0]).resolve() for link in links(index)}
    assert page == index or page in listed


def test_the_index_fits_on_one_screen() -> None:
    assert len((DOCS / "README.md").read_text("utf-8").splitlines()) <= 50


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_event_that_a_page_shows_is_accepted(page: Path) -> None:
    for block in blocks(page):
        if block.info == "json" and "specversion" in block.text:
            event = json.loads(block.text)
            if not event["type"].startswith("fasttrack.eligibility."):
                read_event(event, ENOUGH_FOR_ANY)


def test_the_drawing_names_every_queue_and_table_and_says_in_words_what_it_shows() -> None:
    drawing = ElementTree.parse(DOCS / "explanation" / "architecture.svg").getroot()
    words = " ".join(drawing.itertext())
    assert [name for name in (*Queue, *Table) if name not in words] == []
    assert {"title", "desc"} <= {each.tag.rpartition("}")[2] for each in drawing}
