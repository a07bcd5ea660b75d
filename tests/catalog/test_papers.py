"""What arXiv's answers change of papers and of the links to them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from catalog.clock import stamp
from catalog.connection import Catalog, open_catalog
from catalog.issues import drop_unmentioned
from catalog.papers import due_papers, save_papers
from catalog.records import PaperLook
from catalog.runs import begin_run
from tests.issues import read_links

NIGHT = datetime(2026, 11, 22, 4, tzinfo=UTC)
NEXT_WEEK = NIGHT + timedelta(days=8)
URL = "https://arxiv.org/abs/1812.00332v2"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Catalog]:
    catalog = open_catalog(tmp_path / "catalog.db")
    read_links(catalog, [URL], NIGHT)
    yield catalog
    catalog.close()


def look(db: Catalog, now: datetime, **answer: Any) -> None:
    run_id = begin_run(db, "enrich", now)
    (due,) = due_papers(db, run_id, now)
    found = PaperLook(paper_id=due.paper_id, arxiv_id=due.arxiv_id, looked_at=stamp(now), **answer)
    save_papers(db, run_id, [found], now)
    assert due_papers(db, run_id, now) == []


def test_a_paper_that_was_found_is_described_and_its_link_is_ok(db: Catalog) -> None:
    look(db, NIGHT, found=True, title="ProxylessNAS", authors=("H. Cai", "L. Zhu"), version=2)
    (paper,) = db["papers"].rows
    assert (paper["arxiv_id"], paper["state"], paper["title"]) == (
        "1812.00332",
        "ok",
        "ProxylessNAS",
    )
    assert paper["authors"] == '["H. Cai", "L. Zhu"]'
    (link,) = db["links"].rows
    assert link["standing"] == "ok"
    assert due_papers(db, 99, NIGHT + timedelta(days=1)) == []


def test_a_paper_that_arxiv_no_longer_knows_keeps_its_title(db: Catalog) -> None:
    look(db, NIGHT, found=True, title="ProxylessNAS")
    look(db, NEXT_WEEK, found=False)
    (paper,) = db["papers"].rows
    assert (paper["state"], paper["title"]) == ("gone", "ProxylessNAS")
    (link,) = db["links"].rows
    assert (link["standing"], link["reason"]) == ("broken", "paper_gone")


def test_a_paper_that_nothing_links_to_any_more_is_not_asked_about(db: Catalog) -> None:
    read_links(db, ["https://a.test/"], NIGHT)
    drop_unmentioned(db)
    assert due_papers(db, 99, NEXT_WEEK, everything=True) == []
    read_links(db, [URL], NEXT_WEEK)
    assert len(due_papers(db, 99, NEXT_WEEK)) == 1
